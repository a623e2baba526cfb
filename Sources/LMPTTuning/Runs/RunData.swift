// RunData - the pictures and the weights that runs work on, and what a run folder keeps of them.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging
import LMPTTensors
import LMPTWeights

/// A data set with the model whose features its pictures get.
public struct RunData: Sendable {
  /// Where data and weights are and how they are read; nil leaves it to a default, or to a run's record.
  package struct Request: Sendable {
    /// The data set, or its description.
    package var dataset: String?
    /// The data folder.
    package var root: String?
    /// The weights.
    package var weights: String?
    /// Their activation.
    package var activation: Activation?
    /// From pixels to the model's input.
    package var preprocessing: Preprocessing?
    /// Where image features are kept.
    package var cache: String?
    /// What to do with a picture that cannot be decoded.
    package var onBadImage: BadImagePolicy?
    /// Whether pictures are turned as their EXIF orientation asks; false leaves it to the record.
    package var orient = false
    /// Whether list paths may leave the data folder; false leaves it to the record.
    package var allowOutside = false
    /// Training images in the place of the test images; nil for the data set as it is.
    package var heldOut: HeldOut?

    /// Requests that agree in it want the same model.
    var modelKey: String {
      [weights, activation?.rawValue, preprocessing?.rawValue].map { $0 ?? "" }
        .joined(separator: "\n")
    }

    /// Nothing is said.
    package init() {}

    /// The data set; the mini benchmark, which brings its own data and weights, where none is named.
    package var datasetName: String { dataset ?? KnownDataset.mini.name }
  }

  /// What the data set is.
  package let spec: DatasetSpec
  /// Its lists, opened.
  public private(set) var dataset: LongTailDataset
  /// The model.
  public let model: CLIPModel
  /// The file of its weights.
  package let weightsPath: String
  /// The identity of its weights.
  package let fingerprint: String
  /// From pixels to the model's input.
  package var preprocessing: Preprocessing { model.preprocessing }
  /// Whether the activation is assumed, because nothing says it.
  package var activationIsAssumed: Bool { model.activationOrigin == .assumed }
  /// What describes a data set of one's own; nil for the known ones.
  private let description: String?
  /// The training images that stand for test images, and the data set that they are taken from.
  private var part: (heldOut: HeldOut, of: LongTailDataset)?
  private let cacheRoot: String
  private let onBadImage: BadImagePolicy
  private let allowOutside: Bool
  /// Whether pictures are turned as their EXIF orientation asks.
  package let orient: Bool

  /// Opens a data set and weights.
  ///
  /// - Parameters:
  ///   - name: a known data set, or the path of a description.
  ///   - root: the folder with the lists.
  ///   - weights: the file of the weights.
  ///   - activation: the weights' activation, where the file is silent.
  ///   - preprocessing: from pixels to the model's input.
  ///   - cache: where image features are kept; the user's cache folder where it is nil.
  ///   - onBadImage: what to do with a picture that cannot be decoded.
  ///   - allowOutside: whether list paths may leave the data folder.
  ///   - orient: whether pictures are turned as their EXIF orientation asks.
  /// - Throws: `FileError` naming what cannot be read, or does not fit.
  public init(
    dataset name: String, root: String, weights: String, activation: Activation? = nil,
    preprocessing: Preprocessing = .lmpt, cache: String? = nil,
    onBadImage: BadImagePolicy = .fail, allowOutside: Bool = false, orient: Bool = false
  ) throws {
    dataset = try LongTailDataset(named: name, root: root, allowOutside: allowOutside)
    spec = dataset.spec
    var model = try openModel(weights, activation: activation)
    model.preprocessing = preprocessing
    self.model = model
    fingerprint = model.fingerprint
    weightsPath = weights
    cacheRoot = cache ?? defaultCacheRoot()
    description = name == spec.name ? nil : name
    self.onBadImage = onBadImage
    self.allowOutside = allowOutside
    self.orient = orient
  }

  /// The same data with training images in the place of the test images, none of which is opened.
  package func holdingOut(_ heldOut: HeldOut) -> RunData {
    var data = self
    data.part = (heldOut, dataset.withoutTest)
    data.dataset = dataset.holdingOut(heldOut)
    return data
  }

  /// Where features are computed and kept.
  package var featureSource: FeatureSource {
    FeatureSource(
      model: model, fingerprint: fingerprint, preprocessing: preprocessing, cacheRoot: cacheRoot,
      onBadImage: onBadImage, orient: orient)
  }

  /// The image features, computed where the cache lacks them.
  ///
  /// - Parameters:
  ///   - view: what the method looks at of an image.
  ///   - progress: called with pictures done and to do.
  /// - Returns: the data set with its features.
  /// - Throws: as `DatasetFeatures` does.
  public func features(
    for view: ImageDetail = .features,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> DatasetFeatures {
    guard let part else {
      return try DatasetFeatures(dataset, from: featureSource, view: view, progress: progress)
    }
    return try DatasetFeatures(part.of, from: featureSource, view: view, progress: progress)
      .holdingOut(part.heldOut)
  }

  /// What a run folder keeps without comparing it: how to open the data again.
  package var access: (key: String, value: JSON) {
    (
      "access",
      .object([
        ("description", description.map(JSON.string) ?? .null), ("cache", .string(cacheRoot)),
        ("on_bad_image", .string(onBadImage.rawValue)), ("allow_outside", .bool(allowOutside)),
        ("activation_assumed", .bool(activationIsAssumed)),
      ])
    )
  }

  /// What identifies the data in a run folder: resuming compares it.
  package var configuration: [(key: String, value: JSON)] {
    [
      ("dataset", .string(spec.name)), ("data", .string(dataset.root)),
      ("weights", .string(weightsPath)), ("weights_fingerprint", .string(fingerprint)),
      ("activation", .string(model.activation.rawValue)),
      ("preprocess", .string(preprocessing.rawValue)),
      ("classes", .array(dataset.classNames.map { .string($0) })),
      ("train_images", .integer(dataset.train.count)),
      ("test_images", .integer(dataset.test.count)),
      ("lists_sha256", .string(dataset.fingerprint)),
      ("kernel", .string(KernelSet.current.arithmetic)),
      ("arithmetic", .integer(KernelSet.arithmeticVersion)),
    ]
      // Only where it is not as published, so that older runs compare equal.
      + (orient ? [("orient", .bool(true))] : [])
      + (spec.groups == .published
        ? []
        : [("groups", .array([.integer(spec.groups.head), .integer(spec.groups.medium)]))])
  }
}

/// The CLIP model in a weight file, without NaN, and fit for any text.
package func openModel(_ path: String, activation: Activation?) throws -> CLIPModel {
  let file = try finiteWeights(path)
  return try inFile(path) {
    let model = try CLIPModel.load(file, path: path, activation: activation)
    try model.checkVocabulary()
    return model
  }
}

/// The tensors of a weight file, none of which holds NaN or infinity.
func finiteWeights(_ path: String) throws -> WeightFile {
  let file = try WeightFile.read(path)
  // Looking at values takes room for the largest tensor in single precision.
  try inFile(path) { try requireMemory((file.tensors.map(\.count).max() ?? 0) * 4) }
  if let name = file.firstNotFinite {
    let error = RunError.notFinite(what: "tensor '\(name)'", step: nil, last: nil)
    throw FileError(file: path, cause: error)
  }
  return file
}

extension LongTailDataset {
  /// A known or described data set. Its pictures must lie in its folder unless they may leave it.
  init(named name: String, root: String, allowOutside: Bool) throws {
    try self.init(try DatasetSpec.named(name), root: root)
    if !allowOutside { try requirePathsInside() }
  }
}
