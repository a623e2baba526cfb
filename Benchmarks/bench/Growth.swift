// Growth - what the work costs as it grows: classes, context, batch; and the image tower by layer.
// SPDX-License-Identifier: Apache-2.0

import LMPTTuning
import LMPTTensors

enum GrowthWork {
  /// Steps and towers at growing sizes; threads are the report's own axis.
  static func all() throws -> [Work] {
    let classes = try [20, 40, 80, 160].flatMap { count in
      try [ContextSharing.shared, .classSpecific].map {
        try EncoderWork.textStep(count, context: 16, $0, peerPositions: 0)
      }
    }
    let contexts = try [4, 32].map {
      try EncoderWork.textStep(20, context: $0, .classSpecific, peerPositions: 0)
    }
    let batches = try [16, 256].map { try TrainStepWork.step(.classSpecific, batch: $0) }
    let images = try [1, 2, 4, 8].map(EncoderWork.transformer)
    return (classes + contexts + batches + images).map { $0.withoutPeer }
  }

  /// The parts of one block of ViT-B/16's image tower at batch 16; twelve make the tower.
  static func layers() -> [Work] {
    let (images, tokens, width) = (16, 197, 768)
    let rows = images * tokens
    let x = EncoderWork.random([images, tokens, width])
    let wide = EncoderWork.random([images, tokens, 4 * width])
    let qkv = EncoderWork.random([images, tokens, 3 * width])
    let bias = EncoderWork.random([4 * width])
    let own = bias.slice(0..<width)
    func weight(_ n: Int, _ k: Int) -> Tensor { EncoderWork.random([n, k]) }
    let (into, out) = (weight(3 * width, width), weight(width, width))
    let (expand, contract) = (weight(4 * width, width), weight(width, 4 * width))
    let threeBias = bias.slice(0..<3 * width)
    func product(_ name: String, _ n: Int, _ k: Int, _ run: @escaping () -> Tensor) -> Work {
      Work(
        name: "layer \(name)", amount: .operations(2 * Double(rows) * Double(n) * Double(k)),
        run: { _ = run() })
    }
    return [
      Work(
        name: "layer LayerNorm", amount: .items(Double(x.count)),
        run: { _ = layerNorm(x, weight: own, bias: own) }),
      product("queries, keys, values", 3 * width, width) {
        linear(x, weight: into, bias: threeBias)
      },
      Work(
        name: "layer attention",
        amount: .operations(4 * Double(images * 12 * tokens * tokens) * 64),
        run: { _ = attention(qkv, heads: 12, mask: .none) }),
      product("output + residual", width, width) {
        linear(x, weight: out, bias: own, addedTo: x)
      },
      product("expand + QuickGELU", 4 * width, width) {
        linearQuickGELU(x, weight: expand, bias: bias)
      },
      product("contract + residual", width, 4 * width) {
        linear(wide, weight: contract, bias: own, addedTo: x)
      },
    ]
  }
}

extension Work {
  /// The same without a request to the reference program.
  var withoutPeer: Work { Work(name: name, amount: amount, run: run) }
}
