// BaselineTwinTests - six steps of every baseline against its PyTorch twin.
// SPDX-License-Identifier: Apache-2.0

import CLIP
import PromptTuning
import Support
import Tensors
import Testing

/// A stored run of `generators/baselines.py` and the options that repeat it.
struct BaselineRun: CustomTestStringConvertible, Sendable {
  let name: String
  let method: Method
  var loss: Loss?
  var sharing: ContextSharing?
  var embedding = EmbeddingTerm.none
  var optimizer = OptimizerKind.sgd
  var rate = 0.05
  var testDescription: String { name }

  static let all = [
    BaselineRun(name: "coop", method: .coop),
    BaselineRun(name: "coop-asl", method: .coop, loss: .asl, sharing: .classSpecific),
    BaselineRun(name: "cocoop", method: .cocoop),
    BaselineRun(name: "cocoop-e6", method: .cocoop, embedding: .softmargin),
    BaselineRun(name: "dualcoop", method: .dualcoop, rate: 0.01),
    BaselineRun(name: "dualcoop-e6", method: .dualcoop, embedding: .softmargin, rate: 0.01),
    BaselineRun(name: "tai-dpt", method: .taiDPT),
    BaselineRun(name: "tai-dpt-e6", method: .taiDPT, embedding: .softmargin),
    BaselineRun(name: "linear-probe", method: .linearProbe, optimizer: .adamw, rate: 0.01),
    BaselineRun(
      name: "linear-probe-inv", method: .linearProbe, loss: .inverse, optimizer: .adamw,
      rate: 0.01),
    BaselineRun(name: "finetune-head", method: .finetuneHead, optimizer: .adamw, rate: 0.01),
    BaselineRun(name: "ltml", method: .ltml, rate: 0.5),
    BaselineRun(name: "finetune", method: .finetune, rate: 0.01),
  ]

  /// The settings of the run: a method's defaults but for what the twin makes smaller.
  var options: TrainingOptions {
    var options = TrainingOptions(dataset: "voc-lt", method: method)
    options.contextCount = 4
    options.optimizer = optimizer
    options.learningRate = rate
    options.weightDecay = 1e-4
    options.embedding = embedding
    if let loss { options.loss = loss }
    if let sharing { options.sharing = sharing }
    return options
  }
}

/// The twin's tiny CLIP with the inputs of the baselines.
struct BaselineTwin {
  let training: TrainingFixture
  let stored: FixtureTensors
  let classes: TrainingClasses

  init() throws {
    training = try TrainingFixture.stored()
    stored = try FixtureTensors("training/baselines.safetensors")
    classes = TrainingClasses(
      names: training.classNames,
      counts: try training.tensor("counts").values.map { Int($0) }, images: 1142)
  }

  /// Row `step` of an array of steps.
  private func row(_ array: Tensor, _ step: Int) -> Tensor {
    array.slice(step..<step + 1).reshaped(Array(array.shape[1...]))
  }

  private func tensor(_ name: String) throws -> Tensor {
    let array = try stored[name]
    return Tensor(array)
  }

  /// The batch of a step; the second sampler's is that of the mirrored step.
  func batch(_ step: Int, _ options: TrainingOptions) throws -> TrainingBatch {
    let (features, labels) = (try training.tensor("features"), try training.tensor("labels"))
    let detail: Captions.Detail = options.method == .taiDPT ? .everyToken : .alignment
    let captions = try Captions(
      training.captions, alignment: .sentence, detail: detail, tokenizer: try Tokenizer.clip(),
      tower: training.model.text)
    var batch = TrainingBatch(
      images: ImageBatch(features: row(features, step)), labels: row(labels, step),
      captions: captions)
    switch options.method {
    case .dualcoop: batch.images.places = row(try tensor("places"), step)
    case .finetune:
      batch.images.pixels = row(try tensor("pixels"), step)
      batch.labels = batch.labels.slice(0..<4)
    case .ltml:
      let other = features.shape[0] - 1 - step
      batch.second = (ImageBatch(features: row(features, other)), row(labels, other))
    default: break
    }
    return batch
  }
}

@Suite("baselines against their PyTorch twins")
struct BaselineTwinTests {
  @Test("six steps give the twin's losses and tensors", arguments: BaselineRun.all)
  func sixSteps(run: BaselineRun) throws {
    let twin = try BaselineTwin()
    let options = run.options
    var method = try options.makeMethod(model: twin.training.model, classes: twin.classes)
    var optimizer = Optimizer(
      run.optimizer, learningRate: run.rate, momentum: 0.9, weightDecay: 1e-4)
    var losses: [Double] = []
    for step in 0..<6 {
      let parts = try method.step(try twin.batch(step, options), optimizer: &optimizer)
      losses += [parts.cls, parts.cse, parts.total].map(Double.init)
    }
    // Up to three layers and six updates in single precision against Double.
    expectClose(
      losses, try twin.stored.doubles("\(run.name)/losses"), atol: 1e-9, rtol: 1e-5, run.name)
    // AdamW divides by the gradient's own size and so passes its relative error on to the step.
    let bound = run.optimizer == .sgd ? 2e-6 : 1e-5
    for (name, value) in zip(method.names, method.parameters) {
      expectClose(
        value.values, try twin.stored.floats("\(run.name)/\(name)"), atol: bound, rtol: 1e-5,
        "\(run.name) \(name)")
    }
  }

  @Test("class features of eighty templates, and of the released cut of them")
  func templates() throws {
    let stored = try FixtureTensors("training/baselines.safetensors")
    let model = try CLIPModel.load(path: Fixtures.path("mini/clip.safetensors"))
    let dataset = try LongTailDataset(
      try DatasetSpec.named("mini"), root: Fixtures.path("mini"))
    for (set, name) in [(TemplateSet.ensemble, "mini/ensemble"), (.released, "mini/released")] {
      let found = try ZeroShot.classFeatures(dataset.classNames, model: model, set: set)
      // Four layers in single precision; the features have unit length.
      expectClose(found.values, try stored.floats(name), atol: 1e-6, rtol: 0, name)
    }
  }
}
