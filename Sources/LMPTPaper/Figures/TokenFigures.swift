// TokenFigures - prompts as boxes, the skipped work of the text tower, a caption's way to its ids.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTReports
import LMPTTensors
import LMPTTuning

extension PaperFigures {
  /// Which kind of box a token gets.
  private enum Kind { case frozen, context, name }

  /// The tail class' prompt with its name in the three positions, under both readings.
  static func prompt(_ example: WorkedExample) throws -> PaperFigure {
    let name = WorkedExample.names[2]
    var table = [["reading", "position", "tokens"]]
    var panels: [String] = []
    for reading in [Reading.paper, .released] {
      let rows = try ClassTokenPosition.allCases.map { position in
        let boxes = try prompt(example, position, reading)
        table.append(
          [reading.name, position.rawValue, boxes.map(\.text).joined(separator: " ")])
        return (title: position.rawValue, boxes: boxes)
      }
      panels.append(drawn("\u{201C}\(name)\u{201D}, \(reading.name)", rows))
    }
    return PaperFigure("prompt", panels, table: table)
  }

  /// The tokens of a prompt by the rows that the learner lays out: each is looked up among the
  /// frozen embeddings, and what is none of them is context.
  private static func prompt(
    _ example: WorkedExample, _ position: ClassTokenPosition, _ reading: Reading
  ) throws -> [(text: String, kind: Kind)] {
    let tokenizer = try Tokenizer.clip()
    let tower = example.model.text
    let name = WorkedExample.names[2]
    var generator = Generator(seed: 0)
    let learner = try PromptLearner(
      classNames: [name], start: .random(count: 4), position: position, reading: reading,
      tokenEmbedding: tower.tokenEmbedding, tokenizer: tokenizer, generator: &generator)
    let rows = learner.prompts()
    let width = rows.shape[2]
    let values = rows.values
    let own = learner.context.values
    let pieces = tokenizer.encode(name)
    let known = [Tokenizer.startOfText] + pieces + tokenizer.encode(".") + [Tokenizer.endOfText]
    return try (0..<rows.shape[1]).map { place in
      let row = Array(values[(place * width)..<((place + 1) * width)])
      if let slot = (0..<4).first(where: { Array(own[($0 * width)..<(($0 + 1) * width)]) == row }) {
        return ("v\(slot + 1)", .context)
      }
      guard let id = known.first(where: { tower.embed([$0]).values == row }) else {
        throw PaperError.excerpt("prompt", what: "position \(place) is no token of the prompt")
      }
      switch id {
      case Tokenizer.startOfText: return ("start", .frozen)
      case Tokenizer.endOfText: return ("end", .frozen)
      default: return (try tokenizer.decode([id]), pieces.contains(id) ? .name : .frozen)
      }
    }
  }

  /// Rows of boxes, wrapped into lines.
  private static func drawn(
    _ title: String, _ rows: [(title: String, boxes: [(text: String, kind: Kind)])]
  ) -> String {
    var canvas = SVGCanvas(width: Plot.width, height: 0)
    canvas.text(title, x: 4, y: 14, "b")
    var y = 38.0
    for row in rows {
      canvas.text(row.title, x: 4, y: y, "m")
      var x = 4.0
      y += 8
      for box in row.boxes {
        let width = max(24, SVGCanvas.textWidth(box.text) + 8)
        if x + width > Plot.width { (x, y) = (4, y + 30) }
        canvas.rect(x: x, y: y, width: width, height: 24, "box")
        if box.kind == .context { canvas.rect(x: x, y: y, width: width, height: 24, "own") }
        if box.kind == .name { canvas.rect(x: x, y: y, width: width, height: 24, "named-box") }
        canvas.text(box.text, x: x + width / 2, y: y + 16, "t", anchor: .middle)
        x += width + 5
      }
      y += 50
    }
    canvas.height = y
    let taken = canvas.legend(
      [
        (
          "learned", { canvas, x, y in canvas.path([(x: x - 11, y: y), (x: x + 11, y: y)], "own") }
        ),
        (
          "class name",
          { canvas, x, y in canvas.path([(x: x - 11, y: y), (x: x + 11, y: y)], "named-box") }
        ),
      ], y: y)
    canvas.height = y + taken
    return canvas.svg(title)
  }

  /// The steps from the caption to its token ids.
  static func tokens(_ example: WorkedExample) throws -> PaperFigure {
    let tokenizer = try Tokenizer.clip()
    var table = [["caption", "piece", "merges", "tokens", "ids"]]
    let panels = example.captions.map { caption in
      let pieces = tokenizer.explain(caption).pieces
      var canvas = SVGCanvas(width: Plot.width, height: 0)
      canvas.text("\u{201C}\(caption)\u{201D}", x: 4, y: 14, "b")
      canvas.text("piece", x: 4, y: 36, "m")
      canvas.text("last merge of how many", x: 70, y: 36, "m")
      canvas.text("id", x: 346, y: 36, "m", anchor: .end)
      for (place, piece) in pieces.enumerated() {
        let y = 60 + Double(place) * 24
        let ids = piece.ids.map { "\($0)" }.joined(separator: " ")
        let last = piece.merges.last.map { "\($0.left) + \($0.right)" } ?? "none"
        canvas.line(4, y - 16, 346, y - 16, "grid")
        canvas.text(piece.text, x: 4, y: y, "b")
        canvas.text("\(last)  (\(piece.merges.count))", x: 70, y: y, "t")
        let room = SVGCanvas.textWidth(ids) + 10
        canvas.rect(x: 346 - room, y: y - 13, width: room, height: 18, "box")
        canvas.text(ids, x: 341, y: y, "t", anchor: .end)
        table.append([
          caption, piece.text,
          piece.merges.map { "\($0.left)+\($0.right)" }.joined(separator: " "),
          piece.tokens.joined(separator: " "), ids,
        ])
      }
      canvas.height = 60 + Double(pieces.count) * 24
      return canvas.svg("From the caption to its token ids: \(caption)")
    }
    return PaperFigure(
      "tokens", panels, table: table,
      commands: example.captions.map { "lmpt tokenize --explain \"\($0)\"" })
  }

  /// The positions of the text tower that are computed, for the example and for a long context.
  static func textTower(_ example: WorkedExample) throws -> PaperFigure {
    let tokenizer = try Tokenizer.clip()
    var table = [["context", "positions of all prompts", "up to the ends", "shared once"]]
    let names = example.dataset.classNames
    let panels = try [4, 16].map { count in
      var generator = Generator(seed: 0)
      let learner = try PromptLearner(
        classNames: names, start: .random(count: count),
        tokenEmbedding: example.model.text.tokenEmbedding, tokenizer: tokenizer,
        generator: &generator)
      let all = names.count * example.model.text.contextLength
      let needed = learner.endPositions.map { $0 + 1 }.reduce(0, +)
      let shared = needed - (names.count - 1) * learner.sharedPrefix
      let title = "\(names.count) classes, \(count) shared context tokens"
      var canvas = SVGCanvas(
        width: Plot.width, height: 64 + Double(names.count) * 9)
      canvas.text(title, x: 4, y: 14, "b")
      canvas.text("77 positions; computed ones are filled", x: 4, y: 32, "m")
      let unit = 342.0 / Double(example.model.text.contextLength)
      for (row, end) in learner.endPositions.enumerated() {
        let y = 40 + Double(row) * 9
        let own = row == 0 ? 0 : learner.sharedPrefix
        canvas.rect(x: 4, y: y, width: 342, height: 7, "off")
        canvas.rect(
          x: 4 + Double(own) * unit, y: y, width: Double(end + 1 - own) * unit, height: 7, "f-s0",
          title: "\(names[row]): \(end + 1 - own) positions")
      }
      let text = "\(shared) of \(NumberText.count(all)) positions are computed"
      canvas.text(text, x: 4, y: 56 + Double(names.count) * 9, "t")
      table.append(["\(count)", "\(all)", "\(needed)", "\(shared)"])
      return canvas.svg("\(title): \(text)")
    }
    return PaperFigure("text-tower", panels, table: table)
  }
}
