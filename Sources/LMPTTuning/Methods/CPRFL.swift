// CPRFL - category prompts that one transformer layer refines with an image's places.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

/// Category-prompt refined feature learning.
///
///     p_i  = M_2 gelu(M_1 t_i + b_1) + b_2        t_i zero-shot CLIP's feature of class i, M_1 [E/2, E]
///     u    = [F x_1 + b, ..., F x_P + b, p_1, ..., p_C]     x_p place p of the image
///     v    = u + O attention(Q n(u)) + o          n a layer norm, 8 heads of E/4, O [E, 2 E]
///     w    = v + N_2 gelu(N_1 n'(v) + c_1) + c_2  N_1 and N_2 [E, E]
///     z_i  = <w_i, p_i>                           the refined prompt and the prompt itself
///
/// Q has no bias. Only the classes' rows of v and w are computed: nothing asks for the places'.
///
/// Adaptations: the places are those of CLIP's frozen tower at its own resolution, where the paper
/// trains a ResNet-101 from ImageNet at 448 pixels; for a vision transformer they are its patch
/// tokens; E stands for the width 2048 and for the texts' 1024, and the heads keep their share of it.
/// t is of unit length, there as the tower gives it. Its 80 epochs are COCO-LT's; a comment in the code
/// stops VOC-LT at the 30th. Biases and norms decay too. The text tower is
/// frozen (the code hands it to its optimiser). No dropout, no moving average, and a cosine in the
/// place of OneCycle. Any loss can stand for ASL.
/// Source: Yan et al., "Category-Prompt Refined Feature Learning for Long-Tailed Multi-Label Image
/// Classification" (arXiv 2408.08125) and its published code; rate 5e-5 by the name of the code's
/// configuration, whose command line starts from 1e-5.
package struct CPRFL: Trainable {
  /// t, shape [C, E].
  let texts: Tensor
  /// L_cls.
  let classification: LossFunction
  /// M_1 and M_2: prompts from texts.
  var first: LinearLayer
  var second: LinearLayer
  /// F: tokens from places.
  var place: LinearLayer
  /// n's scale and shift.
  var norm: Affine
  /// Q, shape [6 E, E]: queries, keys and values of all heads.
  var projection: Tensor
  /// O.
  var out: LinearLayer
  /// n'.
  var secondNorm: Affine
  /// N_1 and N_2.
  var expand: LinearLayer
  var contract: LinearLayer

  /// The scale and the shift of a layer norm.
  struct Affine: Sendable {
    var weight: Tensor  // [E]
    var bias: Tensor  // [E]

    init(_ width: Int) {
      (weight, bias) = (Tensor.ones([width]).tracked(), Tensor.zeros([width]).tracked())
    }

    func callAsFunction(_ x: Tensor) -> Tensor { layerNorm(x, weight: weight, bias: bias) }
  }

  /// Heads of the attention.
  static let heads = 8

  /// The method at torch's start.
  ///
  /// - Parameters:
  ///   - texts: t.
  ///   - classification: the loss.
  ///   - generator: torch's generator.
  init(
    texts: Tensor, classification: @escaping LossFunction, generator: inout Generator
  ) {
    let width = texts.shape[1]
    let inner = Self.heads * max(1, width / 4)
    func layer(_ inputs: Int, _ outputs: Int) -> LinearLayer {
      LinearLayer(inputs: inputs, outputs: outputs, generator: &generator)
    }
    (self.texts, self.classification) = (texts, classification)
    first = layer(width, max(1, width / 2))
    second = layer(max(1, width / 2), width)
    place = layer(width, width)
    norm = Affine(width)
    projection = LinearLayer.start([3 * inner, width], inputs: width, generator: &generator)
    out = layer(inner, width)
    secondNorm = Affine(width)
    expand = layer(width, width)
    contract = layer(width, width)
  }

  /// Everything but the towers, under the published code's names.
  package var trained: [(name: String, path: TensorPath<Self>)] {
    let layer = "attention.layers.0"
    return [
      ("label_emb.0.weight", \.first.weight), ("label_emb.0.bias", \.first.bias),
      ("label_emb.3.weight", \.second.weight), ("label_emb.3.bias", \.second.bias),
      ("fc.0.weight", \.place.weight), ("fc.0.bias", \.place.bias),
      ("\(layer).0.norm.weight", \.norm.weight), ("\(layer).0.norm.bias", \.norm.bias),
      ("\(layer).0.fn.to_qkv.weight", \.projection),
      ("\(layer).0.fn.to_out.0.weight", \.out.weight),
      ("\(layer).0.fn.to_out.0.bias", \.out.bias),
      ("\(layer).1.norm.weight", \.secondNorm.weight),
      ("\(layer).1.norm.bias", \.secondNorm.bias),
      ("\(layer).1.fn.net.0.weight", \.expand.weight),
      ("\(layer).1.fn.net.0.bias", \.expand.bias),
      ("\(layer).1.fn.net.3.weight", \.contract.weight),
      ("\(layer).1.fn.net.3.bias", \.contract.bias),
    ]
  }

  /// The classification loss alone.
  package func losses(of batch: TrainingBatch) throws -> Losses {
    let z = try scores(batch.images, prompts)  // [B, C]
    let cls = try classification(z, batch.labels)
    return Losses(cls: cls, cse: 0, total: cls)
  }

  /// p, shape [C, E].
  private var prompts: Tensor { second(gelu(first(texts))) }

  private func scores(_ images: ImageBatch, _ prompts: Tensor) throws -> Tensor {
    let grid = try images.grid(width: texts.shape[1])  // [B, P, E]
    let (batch, count, width) = (grid.shape[0], grid.shape[1], grid.shape[2])
    let classes = prompts.shape[0]
    let rows = count..<count + classes
    let own = prompts.reshaped([1, classes, width]).expanded(to: [batch, classes, width])
    let u = concatenate([place(grid), own], axis: 1)  // [B, P + C, E]
    let qkv = linear(norm(u), weight: projection)  // [B, P + C, 6 E]
    let heard = attention(qkv, heads: Self.heads, mask: .none)  // [B, P + C, 2 E]
    let v = own + out(heard.slice(rows, axis: 1))  // [B, C, E]
    let w = v + contract(gelu(expand(secondNorm(v))))  // [B, C, E]
    return sum(w * prompts, axis: -1)  // [B, C]
  }

  /// The same without a tape.
  package func predictor() -> Predictor {
    var frozen = self
    frozen.parameters = parameters.map(\.detached)
    let prompts = frozen.prompts
    return { [frozen] in try frozen.scores($0, prompts) }
  }
}

extension ImageBatch {
  /// The places without the mean or class token, shape [B, P, E].
  func grid(width: Int) throws -> Tensor {
    guard let places else { throw MethodError.inputMissing("local features") }
    guard places.rank == 3, places.shape[1] > 1, places.shape[2] == width else {
      throw ShapeError(name: "places", expected: [0, 0, width], found: places.shape)
    }
    return places.slice(1..<places.shape[1], axis: 1)
  }
}

extension Method {
  /// Category prompts that a transformer layer refines with an image's places.
  public static let cprfl = Method(
    "cprfl", title: "CPRFL on frozen features", source: "Yan et al., arXiv 2408.08125, adapted",
    sees: .places(.omitted), options: .classifier, own: [.templates],
    search: .usual.and(.choice(.gammaNegative, [1, 2, 3, 4])),
    defaults: { options, _ in
      (options.loss, options.embedding, options.scores) = (.asl, .none, .logit)
      (options.gammaNegative, options.gammaPositive) = (4, 0)
      (options.optimizer, options.learningRate, options.schedule) = (.adamw, 5e-5, .cosine)
      (options.batch, options.epochs) = (16, 80)
    }
  ) { parts in
    CPRFL(
      texts: try parts.zeroShot().classFeatures, classification: parts.loss,
      generator: &parts.generator)
  }
}
