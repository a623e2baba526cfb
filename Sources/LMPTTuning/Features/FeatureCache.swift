// FeatureCache - image features of the frozen tower, computed once and kept on disk.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging
import LMPTTensors
import LMPTWeights

/// What to do with a picture that cannot be decoded.
public enum BadImagePolicy: String, Sendable, CaseIterable {
  /// Stop, naming the file.
  case fail
  /// Leave it out; the run folder lists it and the counts change visibly.
  case skip
}

/// A slice of the blocks of a cache, so that several processes can fill it together.
package struct Shard: Sendable, Equatable {
  /// From 0.
  package let index: Int
  /// Number of shards.
  package let count: Int

  /// Shard `index` of `count`.
  package init(index: Int, count: Int) {
    self.index = index
    self.count = count
  }

  /// As on the command line, from 1.
  package var description: String { "\(index + 1)/\(count)" }

  /// All of the work.
  package static let whole = Shard(index: 0, count: 1)
}

/// The features of a list of pictures, stored in blocks as they are computed.
///
/// The image tower is frozen, so a picture's feature never changes while prompts are tuned: it is
/// computed once, plain and (for training) mirrored, and training never touches pixels again. The
/// folder's name is a hash of everything the features depend on: weights, activation, preprocessing,
/// input size, kernel, and the list of pictures. Each block is one file, written whole or not at all,
/// so an interrupted fill resumes where it stopped, several processes may fill different shards, and
/// the order in which blocks arrive does not matter. A block says which pictures of which cache it
/// holds, which is checked when it is read, and how their files were, so that the block of a picture
/// that was replaced is computed again.
package struct FeatureCache: Sendable {
  /// The folder of the blocks.
  package let folder: String
  /// Paths of the pictures, in the order of the features.
  package let paths: [String]
  /// Whether mirrored features are kept too.
  package let mirrored: Bool
  private let encoder: ImageEncoder
  private let key: String
  private let fingerprint: String
  private let preprocessing: Preprocessing
  private let orient: Bool
  private let content: Content

  /// What a cache keeps of a picture; caches of both share a folder.
  package enum Content: Sendable {
    /// The feature of the whole picture, [E].
    case features
    /// The features of the mean or class token and of every place, [1 + P, E].
    case places(ModifiedResNet.Positions)

    var blockName: String {
      switch self {
      case .features: "block"
      case .places(.added): "places"
      case .places(.omitted): "places-without-positions"
      }
    }
  }

  /// Pictures per block.
  package static let blockSize = 64

  /// The cache of some pictures under a cache root.
  ///
  /// - Parameters:
  ///   - root: the folder for all caches.
  ///   - encoder: the image tower that computes the features.
  ///   - activation: the nonlinearity of its layers.
  ///   - fingerprint: the identity of its weights (`CLIPModel.fingerprint`).
  ///   - preprocessing: the recipe from pixels to input.
  ///   - dataRoot: the folder that `paths` are relative to.
  ///   - paths: the pictures.
  ///   - mirrored: whether to keep features of the mirrored pictures too.
  ///   - content: what to keep of a picture.
  ///   - orient: whether the EXIF orientation is obeyed.
  package init(
    root: String, encoder: ImageEncoder, activation: Activation, fingerprint: String,
    preprocessing: Preprocessing, dataRoot: String, paths: [String], mirrored: Bool,
    content: Content = .features, orient: Bool = false
  ) {
    var hash = SHA256()
    hash.update("lmpt features 3\n\(fingerprint)\n\(activation.rawValue)\n")
    hash.update("\(preprocessing.rawValue) \(encoder.architecture.size) \(mirrored)\n")
    hash.update("\(KernelSet.current.arithmetic)\n")
    if orient { hash.update("oriented\n") }
    for path in paths { hash.update("\(path)\n") }
    key = String(hash.hexDigest().prefix(24))
    folder = "\(root)/\(key)"
    self.paths = paths.map { "\(dataRoot)/\($0)" }
    self.mirrored = mirrored
    self.content = content
    self.encoder = encoder
    self.fingerprint = fingerprint
    self.preprocessing = preprocessing
    self.orient = orient
  }

  private var blockCount: Int { (paths.count + Self.blockSize - 1) / Self.blockSize }
  private func blockPath(_ block: Int) -> String {
    "\(folder)/\(content.blockName)-\(block).safetensors"
  }
  private func images(of block: Int) -> Range<Int> {
    block * Self.blockSize..<min((block + 1) * Self.blockSize, paths.count)
  }

  /// Number of pictures whose features are not stored yet, or belong to files that were replaced.
  package var missing: Int {
    (0..<blockCount).filter { (try? needsWork($0, .skip)) ?? true }
      .reduce(0) { $0 + images(of: $1).count }
  }

  /// Computes the blocks of a shard that are not there yet.
  ///
  /// - Parameters:
  ///   - shard: which blocks are this process's.
  ///   - policy: what to do with pictures that cannot be decoded.
  ///   - progress: called with the number of pictures done and to do.
  /// - Returns: how many pictures had changed since their features were stored.
  /// - Throws: `FileError` naming a bad picture, or around `LockError` when another process fills
  ///   the same blocks; `RunError.interrupted` between two blocks.
  @discardableResult
  package func fill(
    shard: Shard = .whole, onBadImage policy: BadImagePolicy = .fail,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> Int {
    let mine = (0..<blockCount).filter { $0 % shard.count == shard.index }
    guard try mine.contains(where: { try needsWork($0, policy) }) else { return 0 }
    try makeFolder(folder)
    let locks = try lock(shard)
    defer { locks.forEach { $0.release() } }
    // Asked again, because another process may have done them before it gave the lock back.
    let missing = try mine.filter { try needsWork($0, policy) }
    let total = missing.reduce(0) { $0 + images(of: $1).count }
    var (done, changed) = (0, 0)
    var next = missing.first.map(coming)
    for (place, block) in missing.enumerated() {
      try Interruption.check()
      guard let now = next else { break }
      let inputs = now.pictures.inputs()
      // The next block is decoded while the tower computes.
      next = place + 1 < missing.count ? coming(missing[place + 1]) : nil
      next?.pictures.begin()
      if fileSize(blockPath(block)) != nil {
        changed += try replaced(Safetensors.read(blockPath(block)), block).count
      }
      try compute(block, now.stamps, inputs, policy)
      done += images(of: block).count
      progress(done, total)
    }
    return changed
  }

  /// Whether a block is not there, holds features of pictures that were replaced, or has left out
  /// pictures that the policy does not allow to.
  private func needsWork(_ block: Int, _ policy: BadImagePolicy) throws -> Bool {
    guard fileSize(blockPath(block)) != nil else { return true }
    let file = try Safetensors.read(blockPath(block))
    if try !replaced(file, block).isEmpty { return true }
    return policy == .fail && (file["bad"]?.count ?? 0) > 0
  }

  /// The pictures of a block whose files are not what they were when it was computed.
  private func replaced(_ file: WeightFile, _ block: Int) throws -> [Int] {
    let range = images(of: block)
    guard
      let stamps = PictureStamp.parse(file.metadata["pictures"] ?? "", count: range.count)
    else { throw FileError(file: blockPath(block), cause: CacheError.damaged) }
    return zip(range, stamps).filter { !$1.isCurrent(paths[$0]) }.map(\.0)
  }

  /// What a block says of itself, so that an intact file in the wrong place is noticed: the cache
  /// that it belongs to, its number in it, and what computed it.
  private func identity(_ block: Int) -> [String: String] {
    [
      "cache": key, "block": "\(content.blockName)-\(block)",
      "kernel": KernelSet.current.arithmetic,
      "weights": fingerprint,
    ]
  }

  /// Reads a block and checks that it is whole and the one that its place is for.
  private func read(_ block: Int) throws -> WeightFile {
    let file = try SealedFile.read(blockPath(block))
    for (name, expected) in identity(block).sorted(by: { $0.key < $1.key }) {
      let found = file.metadata[name] ?? ""
      guard found == expected else {
        throw FileError(
          file: blockPath(block),
          cause: CacheError.foreign(name, found: found, expected: expected))
      }
    }
    // Another data set with the same paths elsewhere may have filled it since.
    if let picture = try replaced(file, block).first {
      throw FileError(
        file: blockPath(block),
        cause: CacheError.foreign(
          "pictures", found: "another \(paths[picture].fileName)", expected: paths[picture]))
    }
    return file
  }

  /// The folder for this process alone, or for those that compute other shards of it.
  private func lock(_ shard: Shard) throws -> [FolderLock] {
    guard shard.count > 1 else {
      let lock = try FolderLock(folder)
      AtomicFile.removeLeftovers(in: folder)
      return [lock]
    }
    let part = try FolderLock(folder, name: ".lock-\(shard.index + 1)-of-\(shard.count)")
    return [part, try FolderLock(folder, .shared)]
  }

  /// The pictures of a block on their way from their files. A file's stamp is taken before it is
  /// decoded: one that changes meanwhile is noticed at the next use.
  private func coming(_ block: Int) -> (stamps: [PictureStamp], pictures: PicturesAhead) {
    let own = Array(paths[images(of: block)])
    let views = mirrored ? [false, true] : [false]
    return (
      own.map { PictureStamp(of: $0) },
      PicturesAhead(
        own, views: own.map { _ in views }, preprocessing: preprocessing,
        size: encoder.architecture.size, orient: orient)
    )
  }

  /// Encodes and stores one block.
  private func compute(
    _ block: Int, _ stamps: [PictureStamp], _ inputs: PictureInputs, _ policy: BadImagePolicy
  ) throws {
    // A picture that the system did not give is none that could be left out.
    if let error = policy == .fail ? inputs.firstError : inputs.systemError ?? inputs.goneError {
      throw error
    }
    let (range, bad) = (images(of: block), inputs.errors.keys.sorted())
    let views = mirrored ? 2 : 1
    let features =
      switch content {
      case .features: encoder(inputs.pixels)
      case .places(let positions):
        encoder.spatialFeatures(inputs.pixels, positions: positions)
      }
    for row in 0..<range.count * views where !features.gather([row]).isFinite {
      throw FileError(
        file: paths[range.lowerBound + row / views],
        cause: RunError.notFinite(what: "the image's feature", step: nil, last: nil))
    }
    try SealedFile.write(
      [
        NamedArray("features", features),
        NamedArray("bad", integers: bad.map { range.lowerBound + $0 }, shape: [bad.count]),
      ],
      metadata: identity(block).merging(["pictures": PictureStamp.text(stamps)]) { $1 },
      to: blockPath(block))
  }

  /// Maps all blocks of a cache of places.
  ///
  /// - Parameter bad: pictures to leave out, as `load` of the features names them.
  /// - Returns: the places of the others.
  /// - Throws: `FileError` naming a block that is missing or damaged.
  func loadPlaces(without bad: [Int]) throws -> PlaceTable {
    var rowLength: Int?  // places of a picture, the same in every block
    let blocks = try (0..<blockCount).map { block in
      let file = try read(block)
      guard let places = file["features"], places.shape.count == 3, places.shape[1] > 0,
        places.shape[0] == images(of: block).count * (mirrored ? 2 : 1),
        places.shape[2] == encoder.architecture.embedding,
        rowLength.map({ $0 == places.shape[1] }) ?? true
      else { throw FileError(file: blockPath(block), cause: CacheError.damaged) }
      rowLength = places.shape[1]
      guard let (base, owner) = places.contiguousFloats else {
        return Tensor(places)
      }
      return Tensor(borrowing: base, shape: places.shape, owner: owner)
    }
    let left = Set(bad)
    return PlaceTable(
      blocks: blocks, views: mirrored ? 2 : 1, kept: paths.indices.filter { !left.contains($0) })
  }

  /// Reads all blocks.
  ///
  /// - Returns: features [N, E] of the pictures as they are, of the mirrored ones when kept, and
  ///   the indices of pictures that could not be decoded.
  /// - Throws: `FileError` naming a block that is missing or damaged.
  package func load() throws -> (plain: Tensor, mirrored: Tensor?, bad: [Int]) {
    var plain: [Float] = []
    var flipped: [Float] = []
    var bad: [Int] = []
    let width = encoder.architecture.embedding
    for block in 0..<blockCount {
      let file = try read(block)
      let views = mirrored ? 2 : 1
      guard let features = file["features"], let list = file["bad"],
        features.shape == [images(of: block).count * views, width]
      else { throw FileError(file: blockPath(block), cause: CacheError.damaged) }
      let values = features.floats()
      guard values.allSatisfy(\.isFinite) else {
        throw FileError(
          file: blockPath(block),
          cause: RunError.notFinite(what: "a stored image feature", step: nil, last: nil))
      }
      for row in stride(from: 0, to: values.count, by: width * views) {
        plain += values[row..<row + width]
        if mirrored { flipped += values[row + width..<row + 2 * width] }
      }
      bad += try list.integers()
      guard bad.allSatisfy(paths.indices.contains) else {
        throw FileError(file: blockPath(block), cause: CacheError.damaged)
      }
    }
    return (
      Tensor(plain, shape: [paths.count, width]),
      mirrored ? Tensor(flipped, shape: [paths.count, width]) : nil, bad
    )
  }
}

/// A cache block that is not what its name says.
package enum CacheError: DiagnosticError, Equatable {
  /// The block has other tensors or shapes than it should.
  case damaged
  /// The block is whole, but of other pictures, weights, kernels or another place.
  case foreign(_ what: String, found: String, expected: String)

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .damaged:
      Diagnostic(
        "cache.damaged", "this cache block does not hold the features it should",
        hint: "delete the file; it will be computed again")
    case .foreign(let what, let found, let expected):
      Diagnostic(
        "cache.foreign",
        "this cache block belongs elsewhere: its \(what) is \(printable(String(found.prefix(24)))), "
          + "here \(expected.prefix(24))", hint: "delete the file; it will be computed again")
    }
  }
}
