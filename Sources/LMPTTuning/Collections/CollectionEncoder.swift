// CollectionEncoder - rows of any number of pictures or texts, a group at a time.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging
import LMPTTensors
import LMPTWeights

/// Encodes a part of a list into a growing store, or predicts its pictures.
///
/// Memory holds two groups and the names, whatever the number.
package struct CollectionEncoder {
  /// How rows are stored.
  package enum Rows: Sendable {
    /// As the tower gives them, or of unit length.
    case plain
    case normalized
  }

  private let list: CollectionList
  private let store: RowStore
  private let rows: Rows

  /// What was done so far and how long the rest will take.
  package struct Progress {
    /// Entries that are done, of all of this part.
    package let done: Int
    package let total: Int
    /// Entries a second since this process began.
    package let rate: Double

    /// As a line.
    package var text: String {
      let left = rate > 0 ? ", \(duration(Double(total - done) / rate)) left" : ""
      return "\(done) of \(total), \(fixed(rate, rate < 10 ? 1 : 0)) a second\(left)"
    }
  }

  /// An encoder of what is left of a store's part.
  package init(_ list: CollectionList, into store: RowStore, rows: Rows = .plain) {
    (self.list, self.store, self.rows) = (list, store, rows)
  }

  /// Pictures of a group.
  private static let pictures = 32
  /// Texts of a group.
  private static let texts = 256

  /// How pictures come from their files.
  package struct Pictures {
    let preprocessing: Preprocessing
    let size: Int
    let orient: Bool
    let policy: BadImagePolicy

    /// - Parameters:
    ///   - preprocessing: the recipe from pixels to input.
    ///   - size: the height and width of the model's input.
    ///   - orient: whether the EXIF orientation is obeyed.
    ///   - policy: what to do with pictures that cannot be decoded.
    package init(
      _ preprocessing: Preprocessing, size: Int, orient: Bool, onBadImage policy: BadImagePolicy
    ) {
      (self.preprocessing, self.size) = (preprocessing, size)
      (self.orient, self.policy) = (orient, policy)
    }
  }

  /// Encodes pictures. The next group is decoded while the tower computes.
  ///
  /// - Parameters:
  ///   - pictures: how they come from their files.
  ///   - tower: the image tower.
  ///   - progress: called after every group.
  /// - Throws: `FileError` naming a bad picture; `RunError.interrupted` between two groups. What was done
  ///   is noted.
  package func encode(
    _ pictures: Pictures, _ tower: ImageEncoder, progress: (Progress) -> Void
  ) throws {
    try groups(pictures, progress) { pixels, _ in .features(tower(pixels)) }
  }

  /// Predicts pictures.
  ///
  /// - Parameters:
  ///   - pictures: how they come from their files.
  ///   - progress: called after every group.
  ///   - lines: from preprocessed pixels, shape [n, 3, S, S], and the places of the pictures in the list
  ///     to a line each, line ends included.
  /// - Throws: as `encode`, and what `lines` throws.
  package func predict(
    _ pictures: Pictures, progress: (Progress) -> Void,
    lines: (_ pixels: Tensor, _ entries: [Int]) throws -> [String]
  ) throws {
    try groups(pictures, progress) { pixels, entries in
      .lines(entries.isEmpty ? [] : try lines(pixels, entries))
    }
  }

  private func groups(
    _ pictures: Pictures, _ progress: (Progress) -> Void,
    _ made: (_ pixels: Tensor, _ entries: [Int]) throws -> Made
  ) throws {
    func ahead(_ range: Range<Int>) -> PicturesAhead {
      PicturesAhead(
        range.map { list[$0] }, views: range.map { _ in [false] },
        preprocessing: pictures.preprocessing, size: pictures.size, orient: pictures.orient)
    }
    let part = list.range(of: store.record.shard)
    var waiting: (range: Range<Int>, pictures: PicturesAhead)?
    try groups(of: Self.pictures, progress) { range, following in
      let mine = waiting?.range == range ? waiting?.pictures : nil
      let inputs = (mine ?? ahead(range)).inputs()
      if let error = pictures.policy == .fail ? inputs.firstError : inputs.systemError {
        throw error
      }
      // A few lines at the end of a list may well be of a folder that is gone.
      if range.count == Self.pictures || range == part, let error = inputs.goneError { throw error }
      waiting = following.map { ($0, ahead($0)) }
      waiting?.pictures.begin()
      let good = (0..<range.count).filter { inputs.errors[$0] == nil }
      let entries = good.map { range.lowerBound + $0 }
      let rows = try made(
        good.count == range.count ? inputs.pixels : inputs.pixels.gather(good), entries)
      let bad = inputs.errors.sorted { $0.key < $1.key }
      return (rows, entries, bad.map { (range.lowerBound + $0.key, $0.value) })
    }
    // A result without a row is none; a part of one may be.
    if store.record.shard == .whole, store.rows == 0, store.skippedCount > 0 {
      throw CollectionError.nothing
    }
  }

  /// Encodes texts.
  ///
  /// - Parameters:
  ///   - model: the model, whose vocabulary is CLIP's.
  ///   - source: what errors call the list.
  ///   - tokenizer: its tokenizer.
  ///   - truncation: what happens to texts of too many tokens.
  ///   - progress: called after every group.
  /// - Throws: `FileError` naming a line whose text cannot be encoded; `RunError.interrupted`.
  package func encode(
    texts model: CLIPModel, of source: String, _ tokenizer: Tokenizer,
    truncation: Tokenizer.Truncation, progress: (Progress) -> Void
  ) throws {
    try groups(of: Self.texts, progress) { range, _ in
      let tokens = try range.map { index in
        try inLine(index, of: source) {
          guard !list[index].carriesBytes else { throw CollectionError.notText }
          return try tokenizer.tokenize(
            list[index], contextLength: model.text.contextLength, truncate: truncation)
        }
      }
      try model.check(tokens)
      return (.features(model.encode(tokens: tokens)), Array(range), [])
    }
  }

  private func inLine<Result>(
    _ index: Int, of source: String, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch let error as any DiagnosticError {
      throw FileError(file: source, cause: LineError(line: index + 1, cause: error))
    }
  }

  /// What becomes of a group.
  private enum Made {
    case features(Tensor)
    case lines([String])
  }

  private typealias Group = (
    rows: Made, entries: [Int], bad: [(entry: Int, error: any Error)]
  )

  private func groups(
    of size: Int, _ progress: (Progress) -> Void,
    _ encode: (_ range: Range<Int>, _ following: Range<Int>?) throws -> Group
  ) throws {
    let part = list.range(of: store.record.shard)
    let begin = ContinuousClock.now
    let first = part.lowerBound + store.entries
    // What was done is noted whatever ends the loop.
    defer { try? store.note() }
    var start = first
    while start < part.upperBound {
      try Interruption.check()
      let end = min(start + size, part.upperBound)
      let following = end < part.upperBound ? end..<min(end + size, part.upperBound) : nil
      let (rows, entries, bad) = try encode(start..<end, following)
      let left = bad.map { entry, error in
        JSON.object([
          ("name", .string(list[entry])),
          ("error", .string((error as? any DiagnosticError)?.message ?? "\(error)")),
        ])
      }
      switch rows {
      case .features(let features): try append(features, entries, left)
      case .lines(let lines):
        var text = lines.joined()
        try text.withUTF8 {
          try store.append(lines: UnsafeRawBufferPointer($0), rows: entries.count, left: left)
        }
      }
      start = end
      let seconds = (ContinuousClock.now - begin) / .seconds(1)
      progress(
        Progress(
          done: start - part.lowerBound, total: part.count,
          rate: Double(start - first) / max(seconds, 1e-3)))
    }
  }

  /// Whether the number is finite as it is stored.
  private func isStorable(_ value: Float) -> Bool {
    store.record.dtype == .f16 ? abs(value) < 65_520 : value.isFinite
  }

  private func append(_ features: Tensor, _ entries: [Int], _ left: [JSON]) throws {
    let features = rows == .normalized && !entries.isEmpty ? normalize(features) : features
    let width = store.record.width
    let values = features.values
    for (row, entry) in entries.enumerated()
    where !values[row * width..<(row + 1) * width].allSatisfy(isStorable) {
      throw FileError(
        file: list[entry],
        cause: RunError.notFinite(what: "the feature", step: nil, last: nil))
    }
    let names = entries.map { JSON.string(list[$0]) }
    if store.record.dtype == .f16 {
      try values.map(HalfFloat.narrowToHalf).withUnsafeBytes {
        try store.append($0, names: names, left: left)
      }
    } else {
      try values.withUnsafeBytes { try store.append($0, names: names, left: left) }
    }
  }
}
