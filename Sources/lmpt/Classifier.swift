// Classifier - what `lmpt predict` names classes with: a tuned run, or zero-shot CLIP.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging
import LMPTTuning

/// What names the classes of a picture: a tuned run, or zero-shot CLIP.
struct Classifier {
  let model: CLIPModel
  /// What pages call it.
  let title: String
  /// Where the model comes from.
  let weights: String
  /// Whether its activation is assumed.
  var activationIsAssumed: Bool { model.activationOrigin == .assumed }
  /// What the method looks at.
  let view: ImageDetail
  let names: [String]
  let predict: Predictor
  let preprocessing: Preprocessing
  /// The scores that the run was evaluated with.
  let scores: ScoreKind
  /// Whether the run turned its pictures.
  let orient: Bool
  /// The run's threshold of labels; nil for zero-shot, which only ranks.
  private let chosen: Double?
  /// The checksum of what the run learned, with its options; nil for zero-shot.
  let learned: String?

  /// How pictures are prepared and scored without a run.
  static let (zeroShotPreprocessing, zeroShotScores) = (Preprocessing.clip, ScoreKind.softmax)
  /// Which scores name a label; the default is the run's own choice.
  static let threshold = DefaultOption(
    "threshold", "auto|T", "auto",
    "labels have a greater score; auto is the run's, chosen on its validation split")

  init(_ arguments: Arguments) throws {
    let recipe: Preprocessing? = try arguments.choice("preprocess")
    if let folder = arguments.string("run") {
      guard arguments.string("classes") == nil else {
        throw UsageError.conflict("--run and --classes exclude each other")
      }
      guard arguments.string("activation") == nil else {
        throw UsageError.conflict("--activation is the run's own with --run")
      }
      let run = try openRun(folder)
      model = try run.configuration.model(weights: arguments.string("weights"))
      weights = arguments.string("weights") ?? folder
      title = "\(run.options.method.title) (\(folder.fileName))"
      (view, names, scores) = (run.options.method.sees, run.classNames, run.options.scores)
      predict = try run.predictor(model)
      preprocessing = try recipe ?? run.configuration.preprocessing()
      (orient, chosen) = (run.configuration.orient, run.labelThreshold)
      var hash = SHA256()
      hash.update(JSON.object(run.options.fields).text())
      try FileBytes(path: "\(folder)/\(run.options.method.resultFile)").withBytes {
        hash.update($0)
      }
      learned = hash.hexDigest()
      return
    }
    guard let list = arguments.string("classes") else {
      throw UsageError.missingOption("--run DIR or --classes NAMES", command: "predict")
    }
    names =
      list.fileExtension == "txt"
      ? try ClassNames.named(list)
      : list.parts(between: ",").map { name in
        name.parts(between: " ").joined(separator: " ")
      }.filter { !$0.isEmpty }
    guard !names.isEmpty else {
      throw UsageError.badValue(option: "--classes", found: list, expected: "names and commas")
    }
    guard Set(names).count == names.count else {
      throw UsageError.badValue(option: "--classes", found: list, expected: "every name once")
    }
    weights = try arguments.required("weights")
    model = try openModel(weights, activation: try arguments.choice("activation"))
    (view, scores) = (.features, Self.zeroShotScores)
    title = Method.zeroShotTitle
    let (texts, scale) = (try model.zeroShot(classNames: names).classFeatures, model.logitScale)
    predict = { try logits($0.features, texts, scale: scale) }
    preprocessing = recipe ?? Self.zeroShotPreprocessing
    (orient, chosen, learned) = (false, nil, nil)
  }

  /// The score above which a label is named; nil where scores only rank.
  func threshold(_ arguments: Arguments, scores kind: ScoreKind) throws -> Double? {
    guard let text = try arguments.given(Self.threshold) else {
      return kind == scores ? chosen : nil
    }
    guard text == Self.threshold.initial else {
      guard let limit = Double(text), abs(limit) <= 1e30 else {
        throw UsageError.badValue(
          option: "--threshold", found: text, expected: "auto or a number from -1e30 to 1e30")
      }
      return limit
    }
    guard let chosen else {
      throw UsageError.conflict(
        "--threshold auto needs a run that held images out to choose it; give a number")
    }
    guard kind == scores else {
      throw UsageError.conflict("--threshold auto is of \(scores.rawValue) scores; give a number")
    }
    return chosen
  }
}
