// WorkedNumbers - E1 to E8 and A1 on the worked example, under one reading.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors
import LMPTTuning

/// What the example is made of.
struct WorkedInputs: Sendable {
  let model: CLIPModel
  let classes: TrainingClasses
  let captions: [String]
  let labels: Tensor
  let images: Tensor
}

/// Every tensor between the prompts and the loss, by the functions that training calls.
package struct WorkedNumbers: Sendable {
  /// Which reading.
  package let reading: Reading
  /// The options of the example.
  package let options: TrainingOptions
  /// The prompts before the step.
  package let prompts: Prompts
  /// E1, the prompts of all classes, shape [C, T, D].
  package let rows: Tensor
  /// Their features g, shape [C, E].
  package let texts: Tensor
  /// What E3 compares of the captions, shape [B, E] or [B, T, D].
  package let captions: Tensor
  /// What E3 compares of the prompts, shape [C, E] or [C, T, D].
  package let compared: Tensor
  /// E2, shape [B, C].
  package let logits: Tensor
  /// E3, shape [B, C].
  package let distance: Tensor
  /// E4, shape [C].
  package let margin: Tensor
  /// E5, shape [C].
  package let weight: Tensor
  /// E6.
  package let cse: Float
  /// E7.
  package let cls: Float
  /// E8.
  package let total: Float
  /// What the step does.
  package let step: WorkedUpdate

  init(_ given: WorkedInputs, reading: Reading) throws {
    var options = TrainingOptions(dataset: KnownDataset.mini.name)
    options.contextInit = WorkedExample.words
    options.reading = reading
    if reading.isReleased { (options.alignment, options.captionCut) = (.tokensAll, .characters) }
    // The published rate moves nothing that five digits show; that of the mini benchmark does.
    (options.optimizer, options.learningRate) = (.adam, 1e-2)
    let tokenizer = try Tokenizer.clip()
    let tower = given.model.text
    let texts = try Captions(
      given.captions, alignment: options.alignment, cut: options.captionCut, tokenizer: tokenizer,
      tower: tower)
    let batch = TrainingBatch(
      images: ImageBatch(features: given.images), labels: given.labels, captions: texts)
    let tuner = try PromptTuner(model: given.model, classes: given.classes, options: options)
    let rows = tuner.prompts.learner.prompts(tuner.objective.extent).detached
    let features = tuner.prompts.classFeatures()
    let n = given.classes.countTensor

    (self.reading, self.options, self.prompts, self.rows) = (reading, options, tuner.prompts, rows)
    self.texts = features
    logits = try LMPTTuning.logits(given.images, features, scale: given.model.logitScale)
    if let sentences = texts.features {
      (captions, compared) = (sentences, features)
      distance = try captionDistance(sentences: sentences, prompts: features)
    } else {
      let length = rows.shape[1]
      let padded = texts.tokens.map { $0 + [Int32](repeating: 0, count: length - $0.count) }
      captions = concatenate(
        padded.map { tower.embed($0).reshaped([1, length, rows.shape[2]]) })
      compared = rows
      distance = try captionDistance(
        tokens: captions, prompts: rows, offset: options.instanceOffset, reduction: .sum)
    }
    margin = try classMargin(n, scale: options.margin)
    weight = try classWeight(
      n, gamma: options.weightGamma, normalization: options.weightNormalization)
    let losses = try tuner.losses(of: batch)
    (cls, cse, total) = (losses.cls.item, losses.cse.item, losses.total.item)
    step = try WorkedUpdate(tuner, batch, losses)
  }
}

/// A1's update: gradients, and the prompts behind one step.
package struct WorkedUpdate: Sendable {
  /// d (lambda L_cls) / d ctx.
  package let classification: Tensor
  /// d ((1 - lambda) L_cse) / d ctx.
  package let embedding: Tensor
  /// The tuner behind one step.
  package let tuner: PromptTuner
  /// The losses of the same batch after the step.
  package let losses: LossParts<Float>

  init(_ start: PromptTuner, _ batch: TrainingBatch, _ losses: Losses) throws {
    let share = Float(start.objective.lambda)
    classification = share * gradient(of: losses.cls, in: start.prompts.context)
    embedding = (1 - share) * gradient(of: losses.cse, in: start.prompts.context)
    var options = TrainingOptions(dataset: KnownDataset.mini.name)
    (options.optimizer, options.learningRate) = (.adam, 1e-2)
    var optimizer = options.makeOptimizer
    var tuner = start
    _ = try tuner.step(batch, optimizer: &optimizer)
    self.tuner = tuner
    self.losses = try tuner.losses(of: batch).map(\.item)
  }
}

extension Tensor {
  /// The length of each of the first axis' entries.
  package var norms: [Double] {
    let stride = count / max(1, shape.first ?? 1)
    let all = values
    return (0..<(shape.first ?? 0)).map { row in
      all[(row * stride)..<((row + 1) * stride)].reduce(0.0) { $0 + Double($1) * Double($1) }
        .squareRoot()
    }
  }
}
