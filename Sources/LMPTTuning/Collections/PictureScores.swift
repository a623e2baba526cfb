// PictureScores - the best classes of a picture, as an object, a line of JSON or a row of a table.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// The best classes of a picture, and its labels.
package struct PictureScores: Sendable {
  /// How predictions stand in a file, by its ending.
  package enum Form: String, Sendable, CaseIterable {
    /// A table with a heading.
    case csv
    /// An object a line.
    case jsonl
  }

  /// The picture's path.
  package let picture: String
  /// The classes above the threshold; nil where scores only rank.
  package let labels: [String]?
  /// The best classes, the best first, always as many.
  package let best: [(name: String, score: Double)]

  /// What was found of a picture.
  package init(picture: String, labels: [String]?, best: [(name: String, score: Double)]) {
    (self.picture, self.labels, self.best) = (picture, labels, best)
  }

  /// As an object.
  package var json: JSON {
    .object([
      ("image", .string(picture)),
      ("labels", labels.map { .array($0.map { .string($0) }) } ?? .null),
      (
        "scores",
        .array(best.map { .object([("class", .string($0.name)), ("score", .number($0.score))]) })
      ),
    ])
  }

  /// As a line, line end included.
  package func line(_ form: Form) -> String {
    switch form {
    case .jsonl: json.text() + "\n"
    case .csv:
      CSV.line(
        [.text(picture)] + (labels.map { [.text($0.joined(separator: ";"))] } ?? [])
          + best.flatMap { [.text($0.name), .number($0.score)] })
    }
  }

  /// The first line of a table.
  static func heading(_ form: Form, labels: Bool, best count: Int) -> String {
    guard form == .csv else { return "" }
    return CSV.line(
      (["image"] + (labels ? ["labels"] : [])
        + (1...max(count, 1)).flatMap { ["class\($0)", "score\($0)"] })
        .map(CSV.Cell.text))
  }
}

extension CollectionRecord {
  /// What predictions depend on.
  ///
  /// - Parameters:
  ///   - facts: everything but what follows.
  ///   - form: how they are stored.
  ///   - threshold: the score above which a class is a label; nil where scores only rank.
  ///   - best: how many classes each picture has.
  ///   - shard: which part this is.
  ///   - total: entries of the whole list.
  package init(
    predictions facts: [(name: String, value: String)], _ form: PictureScores.Form,
    threshold: Double?, best: Int, shard: Shard, total: Int
  ) {
    self.init(
      facts: facts + [
        ("threshold", threshold.map { "\($0)" } ?? Self.none), ("format", form.rawValue),
      ], shard: shard, total: total, width: best, dtype: nil)
  }

  private static let none = "none"

  /// How predictions are stored; nil for features.
  package var predictionForm: PictureScores.Form? {
    dtype == nil ? fact("format").flatMap(PictureScores.Form.init) : nil
  }

  /// What stands before the lines of predictions.
  var heading: [UInt8] {
    predictionForm.map {
      Array(PictureScores.heading($0, labels: fact("threshold") != Self.none, best: width).utf8)
    } ?? []
  }
}
