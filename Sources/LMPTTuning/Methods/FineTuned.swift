// FineTuned - the whole vision transformer and a linear layer, trained on pixels.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

/// CLIP's vision transformer trained with a linear classifier on its feature.
///
///     z = W visual(x) + b,    W [C, E], b [C], and every tensor of the tower is trained
///
/// The tower runs on the tape, so the images of a batch are decoded and encoded at every step.
///
/// Adaptation: vision transformers only; the released program would also take a residual network,
/// whose batch normalisation it leaves in training mode.
/// Source: the released finetune_clip/fc.py with `--from_scratch`, which in spite of its name starts
/// from CLIP's weights: the released E7, AdamW, learning rate 1e-4, weight decay 1e-5.
package struct FineTuned: Trainable {
  /// The image tower.
  private(set) var tower: VisionTransformer
  /// W and b.
  private(set) var classifier: LinearLayer
  /// The loss in place of L_cls.
  let classification: LossFunction
  private var towerTensors: [Tensor]
  private let towerNames: [String]

  /// The method at its start: the tower as loaded, the layer as torch's.
  ///
  /// - Parameters:
  ///   - encoder: the image tower.
  ///   - classes: C.
  ///   - classification: the loss.
  ///   - generator: torch's generator.
  /// - Throws: `MethodError.towerNotTrainable` for a residual network.
  package init(
    _ encoder: ImageEncoder, classes: Int, classification: @escaping LossFunction,
    generator: inout Generator
  ) throws {
    guard case .transformer(let tower) = encoder else { throw MethodError.towerNotTrainable }
    let tensors = tower.tensors
    towerNames = tensors.map(\.name)
    towerTensors = tensors.map { $0.value.tracked() }
    self.tower = tower.replacing(towerTensors)
    classifier = LinearLayer(
      inputs: tower.architecture.embedding, outputs: classes, generator: &generator)
    self.classification = classification
  }

  /// The tower's tensors under OpenAI's names, then the layer's.
  package var trained: [(name: String, path: TensorPath<Self>)] {
    towerNames.enumerated().map { ($1, \.[towerTensor: $0]) }
      + [("fc.weight", \.classifier.weight), ("fc.bias", \.classifier.bias)]
  }

  private subscript(towerTensor index: Int) -> Tensor {
    get { towerTensors[index] }
    set {
      towerTensors[index] = newValue
      tower = tower.replacing(towerTensors)
    }
  }

  /// The tower's tensors and the layer's; set together, the tower is put together once.
  package var parameters: [Tensor] {
    get { towerTensors + classifier.parameters }
    set {
      towerTensors = Array(newValue.dropLast(2))
      tower = tower.replacing(towerTensors)
      classifier.parameters = Array(newValue.suffix(2))
    }
  }

  /// The classification loss alone.
  package func losses(of batch: TrainingBatch) throws -> Losses {
    let cls = try classification(scores(batch.images), batch.labels)
    return Losses(cls: cls, cse: 0, total: cls)
  }

  private func scores(_ images: ImageBatch) throws -> Tensor {
    guard let pixels = images.pixels else { throw MethodError.inputMissing("pixels") }
    return classifier(tower(pixels))  // [B, C]
  }

  /// The same without a tape.
  package func predictor() -> Predictor {
    var frozen = self
    frozen.parameters = parameters.map(\.detached)
    return { [frozen] in try frozen.scores($0) }
  }
}

extension Method {
  /// The released `finetune_clip --from_scratch`: linear layer and image tower.
  public static let finetune = Method(
    "finetune", title: "fine-tuned CLIP", source: "the released code", sees: .pixels,
    options: .classifier, search: .usual.and(.choice(.loss, [.dbl, .bce, .asl]), costs: 6),
    defaults: { options, _ in options.setReleasedFineTuning(weightDecay: 1e-5) }
  ) { parts in
    try FineTuned(
      parts.model.visual, classes: parts.classes.names.count, classification: parts.loss,
      generator: &parts.generator)
  }
}
