// GraphFigures - CLIP as boxes with the example's cosines, and the tape of one loss.
// SPDX-License-Identifier: Apache-2.0

import LMPTReports
import LMPTTensors
import LMPTTuning

extension PaperFigures {
  /// Both towers with the first picture and the three sentences, and the cosines that they give.
  static func clip(_ example: WorkedExample) throws -> PaperFigure {
    var canvas = SVGCanvas(width: Plot.width, height: 274)
    canvas.text("A picture and three sentences", x: 4, y: 14, "b")
    box(&canvas, x: 4, y: 30, width: 120, ["picture \(example.pictures[0])"])
    for (place, name) in WorkedExample.names.enumerated() {
      let y = 30 + Double(place) * 30
      box(&canvas, x: 166, y: y, width: 180, ["\u{201C}\(WorkedExample.words) \(name).\u{201D}"])
    }
    canvas.line(64, 54, 64, 134, "arrow")
    canvas.line(256, 114, 256, 134, "arrow")
    box(&canvas, x: 4, y: 134, width: 120, ["image tower", "frozen"])
    box(&canvas, x: 166, y: 134, width: 180, ["text tower", "frozen"])
    canvas.text("f", x: 70, y: 190, "t")
    canvas.text("g, one for each sentence", x: 262, y: 190, "t", anchor: .middle)
    canvas.line(64, 176, 64, 200, "arrow")
    canvas.line(180, 176, 180, 200, "arrow")

    let cosines = (example.paper.logits / example.model.logitScale).values
    var table = [["class", "cosine"]]
    for (place, name) in WorkedExample.names.enumerated() {
      let value = cell(Double(cosines[place]))
      box(&canvas, x: 4 + Double(place) * 116, y: 206, width: 110, [name, value])
      table.append([name, value])
    }
    canvas.text("cosine of f and each g", x: 4, y: 266, "m")
    return PaperFigure(
      "clip", [canvas.svg("CLIP: two towers and their cosines")], table: table)
  }

  /// The tensors between the context and the loss, with the norm of the gradient that arrives at each.
  static func tape(_ example: WorkedExample) throws -> PaperFigure {
    let numbers = example.paper
    let context = numbers.prompts.context
    let rows = numbers.prompts.learner.prompts()
    let texts = numbers.prompts.features(rows)
    let z = try logits(example.images, texts, scale: example.model.logitScale)
    let d = try captionDistance(sentences: numbers.captions, prompts: texts)
    let cls = try distributionBalancedLoss(
      z, labels: example.labels, counts: example.classes.countTensor,
      images: Double(example.classes.images), constants: numbers.options.balanced)
    let cse = try embeddingLoss(
      d, labels: example.labels, margin: numbers.margin, weight: numbers.weight)
    let total = try objective(cls, cse, lambda: numbers.options.lambda)

    // Left edge, top edge, name and tensor; the two losses stand side by side.
    let (left, middle, right) = (4.0, 91.0, 178.0)
    let stages: [(x: Double, y: Double, name: String, tensor: Tensor)] = [
      (middle, 30, "E1 context v", context), (middle, 94, "E1 prompts t", rows),
      (middle, 158, "text features g", texts), (left, 222, "E2 logits z", z),
      (right, 222, "E3 distances d", d), (left, 286, "E7 loss", cls), (right, 286, "E6 loss", cse),
      (middle, 350, "E8 loss", total),
    ]
    let gradients = gradients(of: total, in: stages.map(\.tensor))
    var canvas = SVGCanvas(width: Plot.width, height: 398)
    canvas.text("Forward from top to bottom, gradients back up", x: 4, y: 14, "b")
    for (from, to) in [(0, 1), (1, 2), (2, 3), (2, 4), (3, 5), (4, 6), (5, 7), (6, 7)] {
      canvas.line(
        stages[from].x + 84, stages[from].y + 42, stages[to].x + 84, stages[to].y, "arrow")
    }
    var table = [["tensor", "shape", "norm of its gradient"]]
    for (stage, gradient) in zip(stages, gradients) {
      let shape = stage.tensor.shape.isEmpty ? "a number" : "\(stage.tensor.shape)"
      let flat = gradient.reshaped([1, gradient.count])
      let norm = cell(flat.norms[0])
      box(&canvas, x: stage.x, y: stage.y, width: 168, [stage.name, "gradient \(norm)"])
      table.append([stage.name, shape, norm])
    }
    return PaperFigure("tape", [canvas.svg("The tape of the worked example")], table: table)
  }

  /// A box with one or two lines of text.
  private static func box(
    _ canvas: inout SVGCanvas, x: Double, y: Double, width: Double, _ lines: [String]
  ) {
    let height = lines.count == 1 ? 24.0 : 42.0
    canvas.rect(x: x, y: y, width: width, height: height, "box")
    for (row, line) in lines.enumerated() {
      canvas.text(
        line, x: x + width / 2, y: y + 16 + Double(row) * 18, row == 0 ? "t" : "m", anchor: .middle)
    }
  }
}
