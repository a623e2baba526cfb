// Layers - attention, LayerNorm, softmax and QuickGELU at the towers' sizes.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

enum LayerWork {
  /// Attention of the image tower (197 positions, 12 heads) and of the text tower (77 and 24
  /// positions, 8 heads), from packed queries, keys and values.
  static func attention() -> [Work] {
    let shapes: [(batch: Int, tokens: Int, heads: Int, causal: Bool)] = [
      (1, 197, 12, false), (8, 197, 12, false), (20, 77, 8, true), (20, 24, 8, true),
    ]
    return shapes.map { shape in
      let (b, t, h) = (shape.batch, shape.tokens, shape.heads)
      let (input, output) = (Operand(b * t * 3 * h * 64), Operand(b * t * h * 64))
      return Work(
        name: "attention \(b)x\(t) heads \(h)\(shape.causal ? " causal" : "")",
        amount: .operations(4 * Double(b * h * t * t) * 64),
        run: {
          attentionForward(
            qkv: input.base, out: output.base, probabilities: nil, batch: b, tokens: t, heads: h,
            headSize: 64, causal: shape.causal)
        }, request: "attention \(b) \(t) \(h) \(shape.causal ? 1 : 0)")
    }
  }

  /// One layer's rows of the image tower at batch 8.
  static func elementwise() -> [Work] {
    let x = EncoderWork.random([1576, 768])
    let wide = EncoderWork.random([1576, 3072])
    let (weight, bias) = (EncoderWork.random([768]), EncoderWork.random([768]))
    let scores = EncoderWork.random([12 * 197, 197])
    func work(_ name: String, _ x: Tensor, _ request: String, _ run: @escaping () -> Tensor) -> Work
    {
      Work(
        name: "elementwise \(name)", amount: .items(Double(x.count)), run: { _ = run() },
        request: "elementwise \(request)")
    }
    return [
      work("LayerNorm 1576x768", x, "layernorm 1576 768") {
        layerNorm(x, weight: weight, bias: bias)
      },
      work("QuickGELU 1576x3072", wide, "quickgelu 1576 3072") { quickGELU(wide) },
      work("GELU 1576x3072", wide, "gelu 1576 3072") { gelu(wide) },
      work("softmax 2364x197", scores, "softmax 2364 197") { softmax(scores) },
    ]
  }
}
