// Source - the data set and the weights of a command line, opened and checked.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import CLIP
import Foundation
import Imaging
import PromptTuning
import Tensors
import Weights

/// Which pictures and which weights a command works on.
struct Source {
  let spec: DatasetSpec
  let dataset: LongTailDataset
  let model: CLIPModel
  let weightsPath: String
  let fingerprint: String
  let preprocessing: Preprocessing
  /// Whether nothing says which activation the weights were trained with; in a run, when it began.
  let activationIsAssumed: Bool
  /// What describes a data set of one's own; nil for the known ones.
  private let description: String?
  private let cacheRoot: String
  private let onBadImage: BadImagePolicy
  private let allowOutside: Bool

  init(_ arguments: Arguments, readsWords: Bool = true) throws {
    try self.init(
      dataset: arguments.string("dataset") ?? "mini", data: arguments.string("data"),
      weights: arguments.string("weights"), activation: try arguments.choice("activation"),
      preprocessing: try arguments.choice("preprocess") ?? .lmpt,
      cache: arguments.string("cache"), onBadImage: try arguments.choice("on-bad-image") ?? .fail,
      allowOutside: arguments.flag("allow-outside"), readsWords: readsWords)
  }

  init(
    dataset name: String, data: String?, weights: String?, activation: Activation? = nil,
    preprocessing: Preprocessing = .lmpt, cache: String? = nil,
    onBadImage: BadImagePolicy = .fail, allowOutside: Bool = false, readsWords: Bool = true,
    assumed: Bool = false
  ) throws {
    spec = try DatasetSpec.named(name)
    let isMini = spec.name == "mini"
    guard let root = try data ?? (isMini ? Installed.fixtures() + "/mini" : nil) else {
      throw UsageError.conflict("the data set \(spec.name) needs --data DIR")
    }
    guard
      let weights = try weights ?? (isMini ? Installed.fixtures() + "/mini/clip.safetensors" : nil)
    else { throw UsageError.conflict("the data set \(spec.name) needs --weights FILE") }
    dataset = try LongTailDataset(spec, root: root)
    if !allowOutside { try dataset.requirePathsInside() }
    model = try openModel(weights, activation: activation, readsWords: readsWords)
    activationIsAssumed = assumed || model.activationOrigin == .assumed
    fingerprint = model.fingerprint
    weightsPath = weights
    self.preprocessing = preprocessing
    cacheRoot = cache ?? defaultCacheRoot()
    description = name == spec.name ? nil : name
    self.onBadImage = onBadImage
    self.allowOutside = allowOutside
  }

  /// Where features are computed and kept.
  var featureSource: FeatureSource {
    FeatureSource(
      model: model, fingerprint: fingerprint, preprocessing: preprocessing, cacheRoot: cacheRoot,
      onBadImage: onBadImage)
  }

  /// The image features, computed where the cache lacks them.
  func features(
    _ progress: ProgressLine, view: ImageView = .features
  ) throws -> DatasetFeatures {
    let features = try DatasetFeatures(dataset, from: featureSource, view: view) { done, total in
      progress.show("encoding pictures \(done)/\(total)")
    }
    progress.finish()
    if features.changed > 0 {
      let pictures = features.changed == 1 ? "1 picture has" : "\(features.changed) pictures have"
      StandardStreams.tell(
        "lmpt: \(pictures) changed since the features were stored, and were encoded again\n")
    }
    return features
  }

  /// Says on standard error where the activation was assumed.
  func noteAssumption() { lmpt.noteAssumption(activationIsAssumed, weightsPath) }

  /// The activation in a command's JSON.
  var activationFields: [(key: String, value: JSON)] {
    lmpt.activationFields(model.activation, assumed: activationIsAssumed)
  }

  /// What a run folder keeps of the source without comparing it: how to open it again.
  var access: (key: String, value: JSON) {
    (
      "access",
      .object([
        ("description", description.map(JSON.string) ?? .null), ("cache", .string(cacheRoot)),
        ("on_bad_image", .string(onBadImage.rawValue)), ("allow_outside", .bool(allowOutside)),
        ("activation_assumed", .bool(activationIsAssumed)),
      ])
    )
  }

  /// What identifies the source in a run folder: resuming compares it.
  var configuration: [(key: String, value: JSON)] {
    [
      ("dataset", .string(spec.name)), ("data", .string(dataset.root)),
      ("weights", .string(weightsPath)), ("weights_fingerprint", .string(fingerprint)),
      ("activation", .string(model.activation.rawValue)),
      ("preprocess", .string(preprocessing.rawValue)),
      ("classes", .array(dataset.classNames.map { .string($0) })),
      ("train_images", .integer(dataset.train.count)),
      ("test_images", .integer(dataset.test.count)),
      ("lists_sha256", .string(dataset.fingerprint)),
      ("kernel", .string(KernelSet.current.name)),
    ]
  }
}

/// The CLIP model in a weight file, without NaN, and fit for any text unless only its images matter.
func openModel(
  _ path: String, activation: Activation?, readsWords: Bool = true
) throws -> CLIPModel {
  let file = try WeightFile.read(path)
  return try inFile(path) {
    if let name = file.firstNotFinite {
      throw RunError.notFinite(what: "tensor '\(name)'", step: nil, last: nil)
    }
    let model = try CLIPModel.load(file, path: path, activation: activation)
    if readsWords { try model.checkVocabulary() }
    return model
  }
}
