// DatasetFeatures - the image features of a data set: training images twice, test images once.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging
import LMPTTensors

/// Where a data set's features come from.
package struct FeatureSource: Sendable {
  /// The image tower that computes them.
  package let encoder: ImageEncoder
  /// The nonlinearity of its layers.
  package let activation: Activation
  /// The identity of its weights (`CLIPModel.fingerprint`).
  package let fingerprint: String
  /// From pixels to the model's input.
  package let preprocessing: Preprocessing
  /// The folder for all caches.
  package let cacheRoot: String
  /// What to do with a picture that cannot be decoded.
  package let onBadImage: BadImagePolicy
  /// Whether pictures are turned as their EXIF orientation asks.
  package let orient: Bool

  /// A source of features with the image tower alone.
  package init(
    encoder: ImageEncoder, activation: Activation, fingerprint: String,
    preprocessing: Preprocessing = .lmpt, cacheRoot: String = defaultCacheRoot(),
    onBadImage: BadImagePolicy = .fail, orient: Bool = false
  ) {
    self.encoder = encoder
    self.activation = activation
    self.fingerprint = fingerprint
    self.preprocessing = preprocessing
    self.cacheRoot = cacheRoot
    self.onBadImage = onBadImage
    self.orient = orient
  }

  /// A source of features; `fingerprint` is the model's, which takes a second to compute, if known.
  package init(
    model: CLIPModel, fingerprint: String? = nil, preprocessing: Preprocessing = .lmpt,
    cacheRoot: String = defaultCacheRoot(), onBadImage: BadImagePolicy = .fail,
    orient: Bool = false
  ) {
    self.init(
      encoder: model.visual, activation: model.activation,
      fingerprint: fingerprint ?? model.fingerprint, preprocessing: preprocessing,
      cacheRoot: cacheRoot, onBadImage: onBadImage, orient: orient)
  }

  /// The cache of a data set's training images, plain and mirrored.
  package func trainCache(_ dataset: LongTailDataset) -> FeatureCache {
    cache(dataset, dataset.train, mirrored: true)
  }

  /// The cache of a data set's test images.
  package func testCache(_ dataset: LongTailDataset) -> FeatureCache {
    cache(dataset, dataset.test, mirrored: false)
  }

  fileprivate func cache(
    _ dataset: LongTailDataset, _ images: [ListedImage], mirrored: Bool,
    content: FeatureCache.Content = .features
  ) -> FeatureCache {
    FeatureCache(
      root: cacheRoot, encoder: encoder, activation: activation, fingerprint: fingerprint,
      preprocessing: preprocessing,
      dataRoot: dataset.root,
      paths: images.map(\.path), mirrored: mirrored, content: content, orient: orient)
  }
}

/// The images of a data set in the form that a method looks at.
public struct DatasetFeatures: Sendable {
  /// The data set without the pictures that were left out.
  public let dataset: LongTailDataset
  /// Paths of pictures that could not be decoded and were left out.
  public let skipped: [String]
  /// Pictures whose files had changed since their features were stored; they were encoded again.
  package let changed: Int
  /// Training images, plain and mirrored.
  public let trainImages: ImageTable
  /// Test images.
  public let testImages: ImageTable

  /// Images whose features are at hand.
  package init(
    _ dataset: LongTailDataset, trainImages: ImageTable, testImages: ImageTable,
    skipped: [String] = [], changed: Int = 0
  ) {
    self.dataset = dataset
    (self.skipped, self.changed) = (skipped, changed)
    self.trainImages = trainImages
    self.testImages = testImages
  }

  /// Computes what the caches lack and reads the rest.
  ///
  /// - Parameters:
  ///   - dataset: whose pictures.
  ///   - source: the model and where its features are kept.
  ///   - view: what the method looks at.
  ///   - progress: called with pictures done and to do, over both lists.
  /// - Throws: `FileError` naming a bad picture unless the source skips them, or a cache that cannot
  ///   be written, or a list of which skipping leaves a class without training image, or no test
  ///   image; `RunError.interrupted`.
  package init(
    _ dataset: LongTailDataset, from source: FeatureSource, view: ImageDetail = .features,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    let trainCache = source.trainCache(dataset)
    let testCache = source.testCache(dataset)
    var caches = [trainCache, testCache]
    if case .places(let positions) = view {
      caches += [(dataset.train, true), (dataset.test, false)].map {
        source.cache(dataset, $0, mirrored: $1, content: .places(positions))
      }
    }
    let missing = caches.map(\.missing)
    let total = missing.reduce(0, +)
    var changed = 0
    for (index, cache) in caches.enumerated() {
      let before = missing[..<index].reduce(0, +)
      let found = try cache.fill(onBadImage: source.onBadImage) { done, _ in
        progress(before + done, total)
      }
      if index < 2 { changed += found }  // caches of places hold the same pictures
    }
    self.changed = changed
    let stored = try trainCache.load()
    let test = try testCache.load()
    self.dataset = dataset.without(train: stored.bad, test: test.bad)
    skipped = stored.bad.map { dataset.train[$0].path } + test.bad.map { dataset.test[$0].path }
    guard !self.dataset.test.isEmpty || dataset.test.isEmpty else {
      throw FileError(file: "\(dataset.root)/\(dataset.spec.test)", cause: DatasetError.noImages)
    }
    func table(
      _ images: [ListedImage], _ features: Tensor, places: PlaceTable?
    ) -> ImageTable {
      var table = ImageTable(features: features, count: images.count)
      if let places { table.places = { places.gather($0) } }
      if case .pixels = view {
        let pixels = PixelTable(
          paths: images.map { "\(dataset.root)/\($0.path)" },
          preprocessing: source.preprocessing, size: source.encoder.architecture.size,
          orient: source.orient)
        table.pixels = { try pixels.gather($0) }
      }
      return table
    }
    trainImages = table(
      self.dataset.train,
      concatenate([stored.plain, stored.mirrored ?? stored.plain].map { $0.dropping(stored.bad) }),
      places: caches.count > 2 ? try caches[2].loadPlaces(without: stored.bad) : nil)
    testImages = table(
      self.dataset.test, test.plain.dropping(test.bad),
      places: caches.count > 2 ? try caches[3].loadPlaces(without: test.bad) : nil)
    try self.dataset.requireEveryClass()
  }
}

extension Tensor {
  /// The rows that are not listed.
  fileprivate func dropping(_ rows: [Int]) -> Tensor {
    guard !rows.isEmpty else { return self }
    let dropped = Set(rows)
    return gather((0..<shape[0]).filter { !dropped.contains($0) })
  }
}
