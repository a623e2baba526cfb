// TrainingOptions - everything that decides the numbers of a run, as one value that is saved.
// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Which parts of E6 are in the loss: the paper's ablation arms.
public enum EmbeddingTerm: String, Sendable, CaseIterable {
  /// No E6: prompt tuning with the classification loss alone.
  case none
  /// E6 with one fixed margin and no weights, torch's HingeEmbeddingLoss.
  case hinge
  /// + E4: margins by class count, no weights.
  case margin
  /// E5 without E4: a fixed margin, weights by class count.
  case weighted
  /// + E4 + E5: full LMPT (the released `softmargin`).
  case softmargin
}

/// Which epoch's prompts a run keeps.
public enum EpochSelection: String, Sendable, CaseIterable {
  /// Best mAP on held-out training images.
  case validation
  /// Best mAP on the test images: the released rule, which overstates.
  case test
  /// The last epoch.
  case last

  /// How outputs label a number that was chosen by this rule.
  public var label: String {
    switch self {
    case .validation: return "epoch chosen on a validation split of the training images"
    case .test: return "epoch chosen on the TEST images (released rule, overstates)"
    case .last: return "last epoch"
    }
  }
}

/// The options of a training run; defaults are those of the authors' published LMPT command.
///
/// The defaults of other methods: ``init(dataset:method:)``.
public struct TrainingOptions: Sendable, Equatable {
  /// What is trained (`--method`).
  public var method = MethodName.lmpt
  /// M, learnable context tokens per prompt (`--n_ctx`).
  public var contextCount = 16
  /// m, where the instance tokens begin (`--m_ctx`).
  public var split = 2
  /// Words that initialise the context; empty means random (`--ctx_init`).
  public var contextInit = ""
  /// Where the class name stands (`--class_token_position`).
  public var position = ClassTokenPosition.end
  /// Whether every class has a context of its own (`--csc`).
  public var sharing = ContextSharing.classSpecific
  /// The classification loss (`--loss_function`).
  public var loss = LossName.dbl
  /// Which reading of the equations (`--variant`).
  public var reading = Reading.paper
  /// Which parts of E6 are in the loss (`--cseloss`).
  public var embedding = EmbeddingTerm.softmargin
  /// What E3 compares.
  public var alignment = CaptionAlignment.sentence
  /// How long captions are cut (`--captions`).
  public var captionCut = CaptionCut.tokens
  /// Whether the weights of E5 sum to 1 or average 1.
  public var weightNormalization = WeightNormalization.sum
  /// E4's constant, and the fixed margin of `hinge`.
  public var margin = 0.2
  /// Weight of the classification loss in E8 (`--lam`).
  public var lambda = 0.5
  /// E7: centre of the rebalancing weight (`--gamma`).
  public var mu = 0.3
  /// E7: scale of the negatives (`--neg_scale`).
  public var negativeScale = 5.0
  /// The update rule (`--optimizer`).
  public var optimizer = OptimizerKind.sgd
  /// Which images an epoch shows, and how often.
  public var sampling = Sampling.uniform
  /// LTML: weight of the branches' disagreement.
  public var consistency = 0.1
  /// Step size (`--lr`).
  public var learningRate = 5e-4
  /// SGD's momentum.
  public var momentum = 0.9
  /// Weight decay.
  public var weightDecay = 1e-4
  /// The learning-rate schedule.
  public var schedule = ScheduleKind.plateau
  /// Images per step (`--batch_size`).
  public var batch = 64
  /// Passes over the training images (`--epochs`).
  public var epochs = 50
  /// Seeds the context, the order and the mirroring (`--seed`).
  public var seed = 0
  /// Which epoch is kept.
  public var selection = EpochSelection.validation
  /// Share of the training images held out.
  public var validationFraction = 0.2
  /// What images are ranked by.
  public var scores = ScoreKind.softmax

  /// The defaults.
  public init() {}

  /// Every option by name, in a fixed order: what `config.json` holds and what resuming compares.
  public var fields: [(key: String, value: JSON)] {
    [
      ("method", .string(method.rawValue)), ("n_ctx", .integer(contextCount)),
      ("m_ctx", .integer(split)),
      ("ctx_init", .string(contextInit)), ("class_token_position", .string(position.rawValue)),
      ("context", .string(sharing.rawValue)), ("loss_function", .string(loss.rawValue)),
      ("variant", .string(reading.rawValue)), ("cseloss", .string(embedding.rawValue)),
      ("alignment", .string(alignment.rawValue)), ("captions", .string(captionCut.rawValue)),
      ("weights_sum", .string(weightNormalization.rawValue)), ("margin", .number(margin)),
      ("lam", .number(lambda)), ("gamma", .number(mu)), ("neg_scale", .number(negativeScale)),
      ("sampling", .string(sampling.rawValue)), ("consistency", .number(consistency)),
      ("optimizer", .string(optimizer.rawValue)), ("lr", .number(learningRate)),
      ("momentum", .number(momentum)), ("weight_decay", .number(weightDecay)),
      ("schedule", .string(schedule.rawValue)), ("batch_size", .integer(batch)),
      ("epochs", .integer(epochs)), ("seed", .integer(seed)),
      ("select", .string(selection.rawValue)), ("validation", .number(validationFraction)),
      ("scores", .string(scores.rawValue)),
    ]
  }

  /// Reads options back from their fields.
  ///
  /// - Throws: `RunError.notARun` naming the first field that is missing or has no such value.
  public init(json: JSON) throws {
    func missing(_ key: String) -> RunError { .notARun(missing: "option '\(key)'") }
    func text(_ key: String) throws -> String {
      guard let value = json[key]?.string else { throw missing(key) }
      return value
    }
    func number(_ key: String) throws -> Double {
      guard let value = json[key]?.double else { throw missing(key) }
      return value
    }
    func whole(_ key: String) throws -> Int {
      guard let value = json[key]?.int else { throw missing(key) }
      return value
    }
    func choice<C: RawRepresentable>(_ key: String) throws -> C where C.RawValue == String {
      guard let value = C(rawValue: try text(key)) else { throw missing(key) }
      return value
    }
    method = try choice("method")
    contextCount = try whole("n_ctx")
    split = try whole("m_ctx")
    contextInit = try text("ctx_init")
    position = try choice("class_token_position")
    sharing = try choice("context")
    loss = try choice("loss_function")
    reading = try choice("variant")
    embedding = try choice("cseloss")
    alignment = try choice("alignment")
    captionCut = try choice("captions")
    weightNormalization = try choice("weights_sum")
    margin = try number("margin")
    lambda = try number("lam")
    mu = try number("gamma")
    negativeScale = try number("neg_scale")
    sampling = try choice("sampling")
    consistency = try number("consistency")
    optimizer = try choice("optimizer")
    learningRate = try number("lr")
    momentum = try number("momentum")
    weightDecay = try number("weight_decay")
    schedule = try choice("schedule")
    batch = try whole("batch_size")
    epochs = try whole("epochs")
    seed = try whole("seed")
    selection = try choice("select")
    validationFraction = try number("validation")
    scores = try choice("scores")
    try validate()
  }

  /// Checks what would be divided by or allocated without a further check.
  ///
  /// - Throws: `MethodError.parameter` naming the first option outside its range.
  func validate() throws(MethodError) {
    func check(
      _ holds: Bool, _ name: String, _ found: Double, _ expected: String
    ) throws(MethodError) {
      guard holds else { throw .parameter(name: name, found: found, expected: expected) }
    }
    try check(batch > 0, "batch_size", Double(batch), "1 or more")
    try check(epochs >= 0, "epochs", Double(epochs), "0 or more")
    try check(
      (0..<1).contains(validationFraction), "validation", validationFraction, "0 up to below 1")
    try check((0...64).contains(contextCount), "n_ctx", Double(contextCount), "0 to 64")
    try check((0...64).contains(split), "m_ctx", Double(split), "0 to 64")
  }
}
