// PictureScorer - from a picture to its best classes, as a command line asked for them.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging
import LMPTReports
import LMPTTensors
import LMPTTuning

/// Scores pictures as `lmpt predict` was asked to.
struct PictureScorer {
  let classifier: Classifier
  /// The kind of the scores.
  let kind: ScoreKind
  /// The score above which a class is a label; nil where scores only rank.
  let threshold: Double?
  let shown: ShownScores
  /// How many classes of a picture are shown.
  let top: Int
  /// Whether pictures are turned as their EXIF orientation asks.
  let orient: Bool

  static let most = DefaultOption("top", "K", 5, in: 1...100_000, "classes to show")

  init(_ arguments: Arguments) throws {
    let top = try arguments[Self.most]
    classifier = try Classifier(arguments)
    let asked: ScoreKind? = try arguments.choice("scores")
    kind = asked ?? classifier.scores
    threshold = try classifier.threshold(arguments, scores: kind)
    shown = ShownScores(asked: asked, kind: kind, threshold: threshold)
    orient = arguments.flag("orient") || classifier.orient
    self.top = min(top, classifier.names.count)
  }

  /// S, the height and width of the model's input.
  var size: Int { classifier.model.architecture.imageSize }

  /// What is found of a picture's file.
  func scored(_ path: String) throws -> ScoredPicture {
    let recipe = classifier.preprocessing
    let pixels = recipe.input(
      try RGBImage(path: path, orient: orient).resized(to: size, as: recipe))
    return try scored([path], Tensor(pixels, shape: [1, 3, size, size]))[0]
  }

  /// What is found of pictures, from their preprocessed pixels, shape [n, 3, S, S].
  func scored(_ paths: [String], _ pixels: Tensor) throws -> [ScoredPicture] {
    let images = ImageBatch(pixels: pixels, model: classifier.model, view: classifier.view)
    // One by one behind the tower: methods that compute prompts for every picture need the room.
    return try paths.enumerated().map { row, path in
      let image = ImageBatch(
        features: images.features.gather([row]), places: images.places?.gather([row]),
        pixels: images.pixels?.gather([row]))
      return scored(path, try classifier.predict(image))
    }
  }

  private func scored(_ path: String, _ z: Tensor) -> ScoredPicture {
    let (scores, logits) = (kind.scores(z).values, z.values)  // [1, C]
    let order = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }.prefix(top)
    let best = order.map { index in
      ScoredPicture.Class(
        name: classifier.names[index], score: Double(scores[index]),
        number: shown.number(score: Double(scores[index]), logit: Double(logits[index])),
        bar: shown.bar(score: Double(scores[index])))
    }
    let labels = threshold.map { limit in
      scores.indices.filter { Double(scores[$0]) > limit }.map { classifier.names[$0] }
    }
    return ScoredPicture(path: path, labels: labels, best: best)
  }

  /// What the numbers are.
  var legend: String? { shown.legend(threshold: threshold) }

  /// What the scores are, in JSON.
  var fields: [(key: String, value: JSON)] {
    [
      ("kind", .string(kind.rawValue)), ("threshold", threshold.map { .number($0) } ?? .null),
    ]
  }

  /// The activation in JSON, and a note where it was assumed.
  var activation: [(key: String, value: JSON)] {
    activationFields(classifier.model.activation, assumed: classifier.activationIsAssumed)
  }
  var notes: [String] { assumptionNotes(classifier.activationIsAssumed, classifier.weights) }
}

/// A picture with its best classes.
struct ScoredPicture {
  /// A class of a picture, with what is shown of it.
  struct Class {
    let name: String
    /// What the threshold compares.
    let score: Double
    let number: String
    /// The length of its bar, in [0, 1]; nil for none.
    let bar: Double?

    /// Its line of a page.
    var onPage: Report.Example.Score {
      var score = Report.Example.Score(name, bar ?? .nan)
      score.text = number
      return score
    }
  }

  let path: String
  let labels: [String]?
  let best: [Class]

  /// What files and programs have of it.
  var row: PictureScores {
    PictureScores(picture: path, labels: labels, best: best.map { ($0.name, $0.score) })
  }

  /// Its labels, and its best classes with their numbers.
  var text: String {
    let names = best.map { TerminalText.harmless($0.name) }
    let width = names.map(TerminalText.width).max() ?? 0
    var text = TerminalText.harmless(path)
    if let labels {
      let shown = labels.map(TerminalText.harmless).joined(separator: ", ")
      text += labels.isEmpty ? ": no label above the threshold" : ": \(shown)"
    }
    text += "\n"
    for (name, found) in zip(names, best) {
      let padding = String(repeating: " ", count: width - TerminalText.width(name))
      text += "  \(name)\(padding)  "
      if let bar = found.bar {
        text +=
          TerminalBar.text(bar, width: 30, style: Terminal.style, glyphs: Terminal.glyphs) + "  "
      }
      text += found.number + "\n"
    }
    return text
  }
}
