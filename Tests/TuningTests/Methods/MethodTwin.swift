// MethodTwin - the stored six steps of every compared method, and the tiny CLIP that repeats them.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTTuning
import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

/// A stored run of `generators/baselines.py` or a generator beside it, and the options that repeat it.
struct MethodTwinRun: CustomTestStringConvertible, Sendable {
  let name: String
  let method: Method
  var loss: Loss?
  var sharing: ContextSharing?
  var embedding = EmbeddingTerm.none
  var optimizer = OptimizerKind.sgd
  var rate = 0.05
  /// The file of its losses and tensors in Fixtures/training.
  var file = "baselines"
  /// Options that the method alone reads, as words.
  var own: [String: String] = [:]
  var testDescription: String { name }

  /// The runs of a method.
  static func of(_ methods: Method...) -> [MethodTwinRun] {
    all.filter { methods.contains($0.method) }
  }

  static let all = baselines + adapters + lmclip + field

  private static let baselines = [
    MethodTwinRun(name: "coop", method: .coop),
    MethodTwinRun(name: "coop-asl", method: .coop, loss: .asl, sharing: .classSpecific),
    MethodTwinRun(name: "cocoop", method: .cocoop),
    MethodTwinRun(name: "cocoop-e6", method: .cocoop, embedding: .softmargin),
    MethodTwinRun(name: "dualcoop", method: .dualcoop, rate: 0.01),
    MethodTwinRun(name: "dualcoop-e6", method: .dualcoop, embedding: .softmargin, rate: 0.01),
    MethodTwinRun(name: "tai-dpt", method: .taiDPT),
    MethodTwinRun(name: "tai-dpt-e6", method: .taiDPT, embedding: .softmargin),
    MethodTwinRun(name: "linear-probe", method: .linearProbe, optimizer: .adamw, rate: 0.01),
    MethodTwinRun(
      name: "linear-probe-inv", method: .linearProbe, loss: .inverse, optimizer: .adamw,
      rate: 0.01),
    MethodTwinRun(name: "finetune-head", method: .finetuneHead, optimizer: .adamw, rate: 0.01),
    MethodTwinRun(name: "ltml", method: .ltml, rate: 0.5),
    MethodTwinRun(name: "finetune", method: .finetune, rate: 0.01),
  ]

  private static let adapters = [
    MethodTwinRun(name: "task-res", method: .taskRes, rate: 0.5, file: "adapters"),
    MethodTwinRun(
      name: "task-res-scale", method: .taskRes, loss: .bce, optimizer: .adam, rate: 0.01,
      file: "adapters", own: ["residual_scale": "2"]),
    MethodTwinRun(name: "clip-adapter", method: .clipAdapter, file: "adapters"),
    MethodTwinRun(
      name: "clip-adapter-ratio", method: .clipAdapter, loss: .asl, file: "adapters",
      own: ["adapter_ratio": "0.7"]),
    MethodTwinRun(name: "logit-adjustment", method: .logitAdjustment, file: "adapters"),
    MethodTwinRun(name: "tip-adapter", method: .tipAdapter, file: "adapters"),
    MethodTwinRun(name: "tip-adapter-f", method: .tipAdapterF, rate: 0.01, file: "adapters"),
    MethodTwinRun(
      name: "tip-adapter-f-cache", method: .tipAdapterF, loss: .bce, rate: 0.05, file: "adapters",
      own: ["cache_weight": "3", "cache_sharpness": "5.5"]),
  ]

  private static let lmclip = [
    MethodTwinRun(
      name: "lm-clip", method: .lmclip, optimizer: .adamw, rate: 0.01, file: "lm_clip"),
    MethodTwinRun(
      name: "lm-clip-specific", method: .lmclip, sharing: .classSpecific, file: "lm_clip",
      own: [
        "ctx_init": "", "class_token_position": "middle", "cls_weight": "5", "contrast": "0.5",
        "rarity": "1.6", "smoothing": "0.01", "gamma_pos": "1",
      ]),
    MethodTwinRun(
      name: "lm-clip-contrast", method: .lmclip, file: "lm_clip", own: ["cls_weight": "0"]),
    MethodTwinRun(
      name: "lm-clip-asl", method: .lmclip, loss: .asl, file: "lm_clip",
      own: ["contrast": "0", "cls_weight": "1"]),
    MethodTwinRun(
      name: "lm-clip-e6", method: .lmclip, embedding: .softmargin, file: "lm_clip"),
  ]

  private static let field = [
    MethodTwinRun(name: "lt-gcn", method: .ltGCN, file: "field_methods"),
    MethodTwinRun(
      name: "lt-gcn-adam", method: .ltGCN, loss: .asl, optimizer: .adam, rate: 1e-3,
      file: "field_methods"),
    MethodTwinRun(name: "ml-gcn", method: .mlGCN, file: "field_methods"),
    MethodTwinRun(name: "cprfl", method: .cprfl, rate: 0.1, file: "field_methods"),
    MethodTwinRun(
      name: "cprfl-bce", method: .cprfl, loss: .bce, optimizer: .adamw, rate: 1e-3,
      file: "field_methods"),
    MethodTwinRun(name: "mlc-nc", method: .mlcNC, rate: 0.1, file: "field_methods"),
    MethodTwinRun(name: "mlc-nc-bce", method: .mlcNC, loss: .bce, file: "field_methods"),
    MethodTwinRun(name: "bbn", method: .bbn, rate: 0.1, file: "field_methods"),
    MethodTwinRun(name: "oltr", method: .oltr, rate: 0.1, file: "field_methods"),
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
    for option in TrainingOptions.table {
      if let word = own[option.name] {
        require(option.take(.string(word), in: &options), "\(name): \(word)")
      }
    }
    return options
  }
}

/// The twin's tiny CLIP with the inputs of the compared methods.
struct MethodTwin {
  let training: TrainingFixture
  let stored: FixtureTensors
  /// Places and pixels of the batches.
  private let inputs: FixtureTensors
  let classes: TrainingClasses
  /// The images of all steps, as those trained on.
  let images: TrainingImages

  init(_ file: String = "baselines") throws {
    training = try TrainingFixture.stored()
    stored = try FixtureTensors("training/\(file).safetensors")
    inputs = try FixtureTensors("training/baselines.safetensors")
    classes = TrainingClasses(
      names: training.classNames,
      counts: try training.tensor("counts").values.map { Int($0) }, images: 1142)
    images = TrainingImages(
      features: Self.joined(try training.tensor("features")),
      labels: Self.joined(try training.tensor("labels")))
  }

  /// The rows of every step of an array of steps.
  private static func joined(_ array: Tensor) -> Tensor {
    array.reshaped([array.shape[0] * array.shape[1], array.shape[2]])
  }

  /// Row `step` of an array of steps.
  private func row(_ array: Tensor, _ step: Int) -> Tensor {
    array.slice(step..<step + 1).reshaped(Array(array.shape[1...]))
  }

  private func tensor(_ name: String) throws -> Tensor {
    let array = try inputs[name]
    return Tensor(array)
  }

  /// A method at its start.
  func method(_ options: TrainingOptions) throws -> any Trainable {
    try options.makeMethod(model: training.model, classes: classes, images: images)
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
    switch options.method.sees {
    case .features: break
    case .places: batch.images.places = row(try tensor("places"), step)
    case .pixels:
      batch.images.pixels = row(try tensor("pixels"), step)
      batch.labels = batch.labels.slice(0..<4)
    }
    if options.method.secondSampling != nil {
      let other = features.shape[0] - 1 - step
      batch.second = (ImageBatch(features: row(features, other)), row(labels, other))
    }
    batch.elapsed = Float(step) / Float(features.shape[0])
    return batch
  }
}

extension Method {
  /// The method with four context tokens on the twin's tiny CLIP.
  func small() throws -> (any Trainable, MethodTwin) {
    let twin = try MethodTwin()
    var options = TrainingOptions(dataset: "voc-lt", method: self)
    options.contextCount = 4
    return (try twin.method(options), twin)
  }
}

/// Six steps give the twin's losses and tensors.
func expectSixSteps(
  _ run: MethodTwinRun, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let twin = try MethodTwin(run.file)
  let options = run.options
  var method = try twin.method(options)
  var optimizer = Optimizer(
    run.optimizer, learningRate: run.rate, momentum: 0.9, weightDecay: 1e-4)
  var losses: [Double] = []
  for step in 0..<6 {
    let parts = try method.step(try twin.batch(step, options), optimizer: &optimizer)
    losses += [parts.cls, parts.cse, parts.total].map(Double.init)
  }
  // Up to three layers and six updates in single precision against Double.
  expectClose(
    losses, try twin.stored.doubles("\(run.name)/losses"), atol: 1e-9, rtol: 1e-5, run.name,
    sourceLocation: sourceLocation)
  // Adam divides by the gradient's own size and so passes its relative error on to the step.
  let bound = run.optimizer == .sgd ? 2e-6 : 1e-5
  for (name, value) in zip(method.names, method.parameters) {
    expectClose(
      value.values, try twin.stored.floats("\(run.name)/\(name)"), atol: bound, rtol: 1e-5,
      "\(run.name) \(name)", sourceLocation: sourceLocation)
  }
}
