// OLTR - a feature with what a memory of class centres adds to it, on frozen features.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Meta-embedding of an image's feature f with a memory of the classes' centres.
///
///     o = softmax(H f + h)                        how much of each centre, H [C, E]
///     e = tanh(S f + s)                           which of its parts, S [E, E]
///     r = 10 / min over i of |f - m_i|            how near the nearest centre is
///     v = r (f + e * sum over i of o_i m_i)
///     z_i = 16 <v / (1 + |v|), w_i / |w_i|>       W [C, E]
///
/// m_i is the mean feature of the images trained on that show class i, shape [C, E]; a class without
/// images has the zero vector.
///
/// Adaptations: f comes from CLIP's frozen tower, and so m stays where it is: the code moves it with
/// a loss of its own (weight 0.01), after a first stage that also gives H its start, and attends to
/// the places of a feature map; and f passes one more layer and a relu there. L_cls is any loss; there it is the softmax of one label. A distance
/// counts as 1e-4 at least, since an image that is its class's only one is the centre itself. The
/// code draws four images of a class in a row, here one; the rate falls as a cosine, not in two steps,
/// and open classes are not asked for.
/// Source: Liu et al., "Large-Scale Long-Tailed Recognition in an Open World" (CVPR 2019) and its
/// published code.
package struct OLTR: Trainable {
  /// H and h.
  var hallucinator: LinearLayer
  /// S and s.
  var selector: LinearLayer
  /// W.
  var weight: Tensor
  /// m.
  var centroids: Tensor
  /// L_cls.
  let classification: LossFunction

  /// Scale of the nearness.
  static let reach: Float = 10
  /// The least distance from a centre.
  static let nearest: Float = 1e-4
  /// Scale of the cosines.
  static let scale: Float = 16

  /// The method at torch's start.
  ///
  /// - Parameters:
  ///   - centroids: m.
  ///   - classification: the loss.
  ///   - generator: torch's generator.
  init(
    centroids: Tensor, classification: @escaping LossFunction, generator: inout Generator
  ) {
    let (classes, width) = (centroids.shape[0], centroids.shape[1])
    (self.centroids, self.classification) = (centroids, classification)
    hallucinator = LinearLayer(inputs: width, outputs: classes, generator: &generator)
    selector = LinearLayer(inputs: width, outputs: width, generator: &generator)
    weight = LinearLayer.start([classes, width], inputs: width, generator: &generator)
  }

  /// The layers, under the published code's names.
  package var trained: [(name: String, path: TensorPath<Self>)] {
    [
      ("fc_hallucinator.weight", \.hallucinator.weight),
      ("fc_hallucinator.bias", \.hallucinator.bias), ("fc_selector.weight", \.selector.weight),
      ("fc_selector.bias", \.selector.bias), ("cosnorm_classifier.weight", \.weight),
    ]
  }

  /// m.
  package var buffers: [(name: String, path: TensorPath<Self>)] { [("centroids", \.centroids)] }

  /// The mean feature of each class, shape [C, E].
  static func centroids(_ images: TrainingImages) -> Tensor {
    let sums = matmul(images.labels, images.features, .transposed, .none)  // [C, E]
    let counts = sum(images.labels, axis: 0)  // [C]
    return sums / clamp(counts, min: 1).reshaped([counts.count, 1])
  }

  /// The classification loss alone.
  package func losses(of batch: TrainingBatch) throws -> Losses {
    let cls = try classification(scores(batch.images.features), batch.labels)
    return Losses(cls: cls, cse: 0, total: cls)
  }

  private func scores(_ f: Tensor) throws -> Tensor {
    let (classes, width) = (centroids.shape[0], centroids.shape[1])
    guard centroids.values.contains(where: { $0 != 0 }) else { throw MethodError.imagesMissing }
    guard f.rank == 2, f.shape[1] == width else {
      throw ShapeError(name: "images", expected: [0, width], found: f.shape)
    }
    let o = softmax(hallucinator(f))  // [B, C]
    let e = tanh(selector(f))  // [B, E]
    let r = nearness(f, classes)  // [B, 1]
    let v = r * (f + e * matmul(o, centroids))  // [B, E]
    // A zero vector has no direction, and its length no slope.
    let length = sqrt(sum(v * v, axis: -1) + 1e-24).reshaped([f.shape[0], 1])  // [B, 1]
    return Self.scale * matmul(v / (1 + length), normalize(weight), .none, .transposed)
  }

  /// r, a constant: neither images nor centres are trained.
  private func nearness(_ f: Tensor, _ classes: Int) -> Tensor {
    let squares = (0..<classes).map { i in
      let gap = f - centroids.slice(i..<i + 1)  // [B, E]
      return sum(gap * gap, axis: -1).values
    }
    let rows = (0..<f.shape[0]).map { b in
      let least = squares.reduce(Float.infinity) { min($0, $1[b]) }
      return Self.reach / max(least.squareRoot(), Self.nearest)
    }
    return Tensor(rows, shape: [f.shape[0], 1])
  }

  /// tanh(x) = 2 sigmoid(2 x) - 1.
  private func tanh(_ x: Tensor) -> Tensor { 2 * sigmoid(2 * x) - 1 }

  /// The same without a tape.
  package func predictor() -> Predictor {
    var frozen = self
    frozen.parameters = parameters.map(\.detached)
    return { [frozen] in try frozen.scores($0.features) }
  }
}

extension Method {
  /// A feature with what a memory of class centres adds to it.
  public static let oltr = Method(
    "oltr", title: "OLTR on frozen features", source: "Liu et al., CVPR 2019, adapted",
    options: .classifier, search: .usual.and(.choice(.loss, [.bce, .asl, .dbl])),
    defaults: { options, _ in
      (options.loss, options.embedding, options.scores) = (.bce, .none, .logit)
      (options.learningRate, options.weightDecay, options.schedule) = (0.1, 5e-4, .cosine)
      (options.sampling, options.batch, options.epochs) = (.classAware, 128, 60)
    }
  ) { parts in
    let (classes, width) = (parts.classes.names.count, parts.width)
    return OLTR(
      centroids: parts.images.map(OLTR.centroids) ?? .zeros([classes, width]),
      classification: parts.loss, generator: &parts.generator)
  }
}
