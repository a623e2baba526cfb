// MLCNC - class queries and a classifier that are fixed frames, with attention over places between.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Neural collapse for many labels: a fixed simplex frame in the place of a trained classifier.
///
///     x'_p = relu(V x_p + v)                      x_p place p of the image
///     h_i  = multi-head attention of the query q_i over x'    q a fixed frame, shape [C, E]
///     s_i  = h_i D_i + d_i, to unit length        D_i [E, 20], one projection a class
///     z_i  = tau <(s_1, ..., s_C), m_i>           m a fixed frame, shape [C, 20 C]
///     L    = L_cls + 0.5 mean of -[y log((1 + c) / 2) + (1 - y) log(1 - (C - 1) / C |1 / (C - 1) + c|)]
///            c_ki = cos(h_ki, q_i): a class that is there turns its feature to its query, one that
///            is not to the frame's cosine; both logarithms of a number + 1e-6
///
/// Keys and values of the attention are projected after it is weighed, for all heads at once: a
/// product of a few matrices says the same as a projection of every place. The bias of the keys adds
/// the same to all places and so nothing.
///
/// Adaptations: the places are those of CLIP's frozen tower (a ResNet-50 from ImageNet there), and
/// E stands for 768. The frames are drawn from torch's generator. In the code the classifier's frame
/// is handed to the optimiser; here it is fixed, as in the paper. L_cls is any of the losses, by
/// default ASL (4, 0) for its two-way loss. An epoch has N images, there C times those of the most
/// frequent class (13.6 N on VOC-LT, 47 N on COCO-LT). Biases and the temperature decay too; the contrast of running class means (weight 0.1),
/// the five epochs of the second term alone, dropout and moving average are left out; a cosine
/// stands for OneCycle.
/// Source: MLC-NC (AAAI 2025), its published code t1neo666/AAAI25_MLC-NC.
package struct MLCNC: Trainable {
  /// V and v.
  var embed: LinearLayer
  /// The projections of queries, keys and values, shape [3 E, E], and their bias [3 E].
  var inProjection: (weight: Tensor, bias: Tensor)
  /// The projection behind the heads.
  var outProjection: LinearLayer
  /// D, shape [C, E, 20].
  var projections: Tensor
  /// d, shape [C, 20].
  var projectionBias: Tensor
  /// tau, shape [1].
  var temperature: Tensor
  /// q, shape [C, E].
  var queries: Tensor
  /// m, shape [C, 20 C].
  var frame: Tensor
  /// L_cls.
  let classification: LossFunction

  /// Dimensions of a class's own space.
  static let dimensions = 20
  /// Weight of the second term.
  static let alignment: Float = 0.5
  /// Most heads; as many as divide E and this.
  static let heads = 8

  /// The method at torch's start.
  ///
  /// - Parameters:
  ///   - width: E.
  ///   - classes: C.
  ///   - classification: the loss.
  ///   - generator: torch's generator.
  /// - Throws: `MethodError.frame` when C is greater than E.
  init(
    width: Int, classes: Int, classification: @escaping LossFunction, generator: inout Generator
  ) throws {
    let size = Self.dimensions
    self.classification = classification
    queries = try simplexFrame(classes: classes, width: width, generator: &generator)
    frame = try simplexFrame(classes: classes, width: size * classes, generator: &generator)
    embed = LinearLayer(inputs: width, outputs: width, generator: &generator)
    outProjection = LinearLayer(inputs: width, outputs: width, generator: &generator)
    outProjection.bias = Tensor.zeros([width]).tracked()
    let bound = Float((6 / Double(4 * width)).squareRoot())  // Xavier of [3 E, E]
    let drawn = (0..<3 * width * width).map { _ in generator.uniform() * (bound + bound) - bound }
    inProjection = (
      Tensor(drawn, shape: [3 * width, width]).tracked(), Tensor.zeros([3 * width]).tracked()
    )
    let spread = (2 / Double(size * (width + classes))).squareRoot()  // Xavier of [C, E, 20]
    let start = generator.normal(count: classes * width * size, std: Float(spread))
    projections = Tensor(start, shape: [classes, width, size]).tracked()
    projectionBias = Tensor.zeros([classes, size]).tracked()
    temperature = Tensor.ones([1]).tracked()
  }

  /// Everything but the frames, under the published code's names.
  package var trained: [(name: String, path: TensorPath<Self>)] {
    [
      ("embed.weight", \.embed.weight), ("embed.bias", \.embed.bias),
      ("multihead_attn.in_proj_weight", \.inProjection.weight),
      ("multihead_attn.in_proj_bias", \.inProjection.bias),
      ("multihead_attn.out_proj.weight", \.outProjection.weight),
      ("multihead_attn.out_proj.bias", \.outProjection.bias),
      ("duplicate_proto", \.projections), ("duplicate_proto_bias", \.projectionBias),
      ("temperature", \.temperature),
    ]
  }

  /// Both frames.
  package var buffers: [(name: String, path: TensorPath<Self>)] {
    [("query_embed", \.queries), ("proto_classifier", \.frame)]
  }

  /// The classification loss, and the features of the classes against their queries.
  package func losses(of batch: TrainingBatch) throws -> Losses {
    let h = try classFeatures(batch.images)  // [B, C, E]
    let y = batch.labels
    let cls = try classification(scores(h), y)
    let count = Float(queries.shape[0])
    let c = sum(normalize(h) * queries, axis: -1)  // [B, C]
    let away = c + 1 / max(count - 1, 1)  // [B, C]
    let distance = relu(away) + relu(-1 * away)  // [B, C]
    let present = log((c + 1) / 2 + 1e-6)  // [B, C]
    let absent = log(1 - (count - 1) / count * distance + 1e-6)  // [B, C]
    let fit = -1 * mean(y * present + (1 - y) * absent)
    return Losses(cls: cls, cse: 0, total: cls + Self.alignment * fit)
  }

  /// h, shape [B, C, E].
  private func classFeatures(_ images: ImageBatch) throws -> Tensor {
    let width = queries.shape[1]
    let grid = try images.grid(width: width)  // [B, P, E]
    let (batch, classes) = (grid.shape[0], queries.shape[0])
    let heads = Self.heads(of: width)
    let size = width / heads
    let x = relu(embed(grid))  // [B, P, E]
    let (weight, bias) = inProjection
    let q = linear(
      queries, weight: weight.slice(0..<width), bias: bias.slice(0..<width))  // [C, E]
    let scaled = q / Float(size).squareRoot()
    // <q W_k x> of a head is <q W_k, x>: one row for each head and class.
    let asked = concatenate(
      (0..<heads).map { head in
        let part = head * size..<(head + 1) * size
        let keys = weight.slice(width + part.lowerBound..<width + part.upperBound)  // [size, E]
        return matmul(scaled.slice(part, axis: 1), keys)  // [C, E]
      })  // [heads C, E]
    let ofImages = (0..<batch).map { b in
      let places = x.slice(b..<b + 1).reshaped(Array(x.shape[1...]))  // [P, E]
      return matmul(softmax(matmul(asked, places, .none, .transposed)), places)
    }
    let together = [batch, heads, classes, width]
    let heard = ofImages.isEmpty ? .zeros(together) : concatenate(ofImages).reshaped(together)
    let values = concatenate(
      (0..<heads).map { head in
        let rows = 2 * width + head * size..<2 * width + (head + 1) * size
        let own = heard.slice(head..<head + 1, axis: 1).reshaped([batch, classes, width])
        return linear(own, weight: weight.slice(rows), bias: bias.slice(rows))  // [B, C, size]
      }, axis: 2)  // [B, C, E]
    return outProjection(values)
  }

  /// z of class features, shape [B, C].
  private func scores(_ h: Tensor) -> Tensor {
    let (batch, classes, width) = (h.shape[0], h.shape[1], h.shape[2])
    let own = (0..<classes).map { i in
      let feature = h.slice(i..<i + 1, axis: 1).reshaped([batch, width])
      let projection = projections.slice(i..<i + 1).reshaped([width, Self.dimensions])
      return normalize(matmul(feature, projection) + projectionBias.slice(i..<i + 1))
    }
    return temperature * linear(concatenate(own, axis: 1), weight: frame)
  }

  /// The heads of a width: the greatest divisor of both.
  private static func heads(of width: Int) -> Int {
    (1...heads).last { width % $0 == 0 && heads % $0 == 0 } ?? 1
  }

  /// The same without a tape.
  package func predictor() -> Predictor {
    var frozen = self
    frozen.parameters = parameters.map(\.detached)
    return { [frozen] in frozen.scores(try frozen.classFeatures($0)) }
  }
}

extension Method {
  /// Class queries and a classifier that are fixed frames.
  public static let mlcNC = Method(
    "mlc-nc", title: "MLC-NC on frozen features", source: "MLC-NC, AAAI 2025, adapted",
    sees: .places(.omitted), options: .classifier,
    search: .usual.and(.choice(.gammaNegative, [1, 2, 3, 4])),
    defaults: { options, _ in
      (options.loss, options.embedding, options.scores) = (.asl, .none, .logit)
      (options.sampling, options.epochs) = (.classAware, 100)
      (options.optimizer, options.learningRate, options.schedule) = (.adam, 1e-4, .cosine)
    }
  ) { parts in
    try MLCNC(
      width: parts.width, classes: parts.classes.names.count, classification: parts.loss,
      generator: &parts.generator)
  }
}
