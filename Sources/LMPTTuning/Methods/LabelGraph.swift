// LabelGraph - class features that pass through a graph of classes seen together.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

/// A graph network over the text features of the classes.
///
///     X_0 = T,    X_l = leaky(A X_{l-1} W_l),    leaky(x) = x or 0.2 x below 0; none after the last
///
/// T are the features of zero-shot CLIP (`--templates`), of unit length, shape [C, E]; A, shape
/// [C, C], says which classes the images trained on show together, n_ij the images with i and j:
///
///     lt-gcn:  A_ii = 0.8,  A_ij = 0.2 n_ij / sum over k != i of n_ik
///              z_k = 10 cos(f, X_3k + T_k),    W_1 [E, 2 E], W_2 [2 E, 2 E], W_3 [2 E, E]
///     ml-gcn:  S_ij = 1 where n_ij / n_i >= 0.4, i != j;  R_ij = 0.25 S_ij / (sum over k of S_kj)
///              B = R + I,  D_i = sum over j of B_ij,  A = D^-1/2 B^T D^-1/2
///              z_k = <f, X_2k>,    W_1 and W_2 [E, E], f as the tower gives it
///
/// A class that is seen with no other has A_ii = 1. A is made once, of the images trained on, and
/// kept: no step changes it.
///
/// Adaptations, both: the image tower is CLIP's and frozen, the loss any of the ablations; T comes
/// from CLIP's frozen text tower.
/// T is of unit length; both codes take what stands for it as it comes.
/// lt-gcn: its loss is E7 with a weight of the class, sigmoid(0.01 N / n_i) + 0.1, in the place of the
/// rebalancing weight, summed and doubled; here E7 itself. Its 120 epochs are VOC-LT's, COCO-LT stops
/// after 16 of them. Its code spreads the 0.2 by a stored table (for VOC-LT the numbers look like cosines of
/// texts; for COCO-LT the share is 0, so that A is I); here by the training labels. It also tunes
/// the context and the tower, and adds a loss on weak and strong views and a moving average: all
/// left out. What CAPNET (arXiv 2511.20641) has beyond that - test-time ensembling, its adapters -
/// is left out too. Its OneCycle rate is a cosine here.
/// ml-gcn: the code cuts the gradient's norm at 10, not here; words were GloVe's, W_1 [300, 1024] and W_2 [1024, 2048]; f was the maximum over places.
/// The paper divides the rows of S by their sum (with 0.2 and 0.8, the same ratio), its code, which
/// is followed here, the columns, and transposes.
/// Source: the code of Wang-zuozheng/LT-GCN; Chen et al., "Multi-Label Image Recognition with Graph
/// Convolutional Networks" (CVPR 2019) and its published code.
package struct LabelGraph: Trainable {
  /// How the features of the last layer are compared with images.
  enum Comparison: Sendable {
    /// Added to T, by cosine.
    case cosines
    /// By inner product.
    case products
  }

  /// T, shape [C, E].
  let texts: Tensor
  /// A, shape [C, C].
  var adjacency: Tensor
  /// W_1, W_2, ...
  var weights: [Tensor]
  let comparison: Comparison
  /// L_cls.
  let classification: LossFunction

  /// Slope of the leaky rectifier below 0.
  static let slope: Float = 0.2
  /// lt-gcn's scale of the cosines.
  static let scale: Float = 10
  /// lt-gcn's share of the other classes.
  static let share = 0.2
  /// ml-gcn's least share of a class's images that makes an edge.
  static let threshold = 0.4
  /// ml-gcn's weight of all edges into a class; a class itself has 1.
  static let edges = 0.25

  /// The network at the published code's start.
  ///
  /// - Parameters:
  ///   - texts: T.
  ///   - adjacency: A.
  ///   - widths: the lengths of the features between layers, the first and the last E.
  ///   - comparison: how features are compared with images.
  ///   - classification: the loss.
  ///   - generator: torch's generator.
  init(
    texts: Tensor, adjacency: Tensor, widths: [Int], comparison: Comparison,
    classification: @escaping LossFunction, generator: inout Generator
  ) {
    (self.texts, self.adjacency, self.comparison) = (texts, adjacency, comparison)
    self.classification = classification
    // U(-b, b) with b of the width that leaves the layer.
    weights = zip(widths, widths.dropFirst()).map { inputs, outputs in
      LinearLayer.start([inputs, outputs], inputs: outputs, generator: &generator)
    }
  }

  /// The layers, under the published code's names.
  package var trained: [(name: String, path: TensorPath<Self>)] {
    weights.indices.map { ("gc\($0 + 1).weight", \.weights[$0]) }
  }

  /// A.
  package var buffers: [(name: String, path: TensorPath<Self>)] { [("adjacency", \.adjacency)] }

  /// The classification loss alone.
  package func losses(of batch: TrainingBatch) throws -> Losses {
    let z = try scores(batch.images.features, try classFeatures())  // [B, C]
    let cls = try classification(z, batch.labels)
    return Losses(cls: cls, cse: 0, total: cls)
  }

  /// What images are compared with, shape [C, E].
  private func classFeatures() throws -> Tensor {
    // A graph that was made has something on its diagonal.
    guard adjacency.values.contains(where: { $0 != 0 }) else { throw MethodError.imagesMissing }
    var x = texts
    for (layer, weight) in weights.enumerated() {
      if layer > 0 { x = relu(x) - Self.slope * relu(-1 * x) }
      x = matmul(adjacency, matmul(x, weight))  // [C, width]
    }
    return comparison == .cosines ? x + texts : x
  }

  private func scores(_ features: Tensor, _ classes: Tensor) throws -> Tensor {
    switch comparison {
    case .cosines: return try logits(features, classes, scale: Self.scale)
    case .products:
      guard features.rank == 2, features.shape[1] == classes.shape[1] else {
        throw ShapeError(
          name: "images", expected: [0, classes.shape[1]], found: features.shape)
      }
      return linear(features, weight: classes)
    }
  }

  /// z against the class features as they are.
  package func predictor() throws -> Predictor {
    let classes = try classFeatures().detached
    return { try scores($0.features, classes) }
  }

  /// A of lt-gcn from labels [N, C].
  static func spread(_ labels: Tensor) -> Tensor {
    relation(labels) { n in
      n.indices.map { i in
        let others = n[i].indices.reduce(0) { $1 == i ? $0 : $0 + n[i][$1] }
        return n[i].indices.map { j in
          guard others > 0 else { return j == i ? 1 : 0 }
          return j == i ? 1 - share : share * n[i][j] / others
        }
      }
    }
  }

  /// A of ml-gcn from labels [N, C].
  static func normalised(_ labels: Tensor) -> Tensor {
    relation(labels) { n in
      let classes = n.indices
      let seen = classes.map { i in
        classes.map { j in i != j && n[i][j] > 0 && n[i][j] >= threshold * n[i][i] }
      }
      let b = classes.map { i in
        classes.map { j -> Double in
          if i == j { return 1 }
          let into = classes.reduce(0.0) { $0 + (seen[$1][j] ? 1 : 0) }
          return seen[i][j] ? edges / into : 0
        }
      }
      let root = b.map { 1 / $0.reduce(0, +).squareRoot() }
      return classes.map { i in classes.map { j in root[i] * b[j][i] * root[j] } }
    }
  }

  /// A matrix over the classes from the numbers of images that show two classes together.
  private static func relation(
    _ labels: Tensor, _ make: (_ together: [[Double]]) -> [[Double]]
  ) -> Tensor {
    let classes = labels.shape[1]
    let n = matmul(labels, labels, .transposed, .none).values.map(Double.init)
    let rows = (0..<classes).map { Array(n[$0 * classes..<($0 + 1) * classes]) }
    return Tensor(make(rows).joined().map(Float.init), shape: [classes, classes])
  }
}

extension Method {
  /// A graph network over class texts with a residual, compared by cosine.
  public static let ltGCN = Method(
    "lt-gcn", title: "LT-GCN on frozen features", source: "LT-GCN's code, adapted; CAPNET's idea",
    options: .classifier, own: [.templates],
    search: .usual.and(.choice(.loss, [.dbl, .bce, .asl])),
    defaults: { options, _ in
      (options.loss, options.embedding, options.scores) = (.dbl, .none, .logit)
      (options.optimizer, options.learningRate, options.schedule) = (.adam, 1e-3, .cosine)
      (options.batch, options.epochs) = (32, 120)
    }
  ) { parts in
    let e = parts.width
    return try graph(
      &parts, widths: [e, 2 * e, 2 * e, e], comparison: .cosines, LabelGraph.spread)
  }

  /// A graph network over class texts that makes the rows of a classifier.
  public static let mlGCN = Method(
    "ml-gcn", title: "ML-GCN on frozen features", source: "Chen et al., CVPR 2019, adapted",
    options: .classifier, own: [.templates],
    search: .usual.and(.choice(.loss, [.mls, .asl, .dbl])),
    defaults: { options, _ in
      (options.loss, options.embedding, options.scores) = (.mls, .none, .logit)
      (options.learningRate, options.schedule) = (0.1, .constant)
      (options.batch, options.epochs) = (16, 20)
    }
  ) { parts in
    let e = parts.width
    return try graph(
      &parts, widths: [e, e, e], comparison: .products, LabelGraph.normalised)
  }

  private static func graph(
    _ parts: inout MethodParts, widths: [Int], comparison: LabelGraph.Comparison,
    _ adjacency: (Tensor) -> Tensor
  ) throws -> LabelGraph {
    let classes = parts.classes.names.count
    return LabelGraph(
      texts: try parts.zeroShot().classFeatures,
      adjacency: parts.images.map { adjacency($0.labels) } ?? .zeros([classes, classes]),
      widths: widths, comparison: comparison, classification: parts.loss,
      generator: &parts.generator)
  }
}
