// StepFigures - E2, E3 and A1 on the worked example: scores, distances, shares of the gradient.
// SPDX-License-Identifier: Apache-2.0

import LMPTReports
import LMPTTensors
import LMPTTuning

extension PaperFigures {
  /// Cosine, logit and softmax of both pictures.
  static func prediction(_ example: WorkedExample) throws -> PaperFigure {
    let z = example.paper.logits
    let stages = [
      ("cosine", (z / example.model.logitScale).values), ("logit z", z.values),
      ("softmax p", probabilities(z).values),
    ]
    var table = [["picture"] + stages.map { $0.0 }]
    let panels = example.pictures.enumerated().map { row, picture in
      var groups: [BarGroup] = []
      for (name, values) in stages {
        let own = (0..<3).map { Double(values[row * 3 + $0]) }
        groups.append(BarGroup(name: name, values: own, scale: nil))
      }
      for place in 0..<3 {
        table.append(
          ["\(picture), \(WorkedExample.names[place])"] + groups.map { cell($0.values[place]) })
      }
      return bars(
        "Picture \(picture): \(labelNames(example, row))", groups, example)
    }
    return PaperFigure("prediction", panels, table: table, commands: try example.commands("E2"))
  }

  /// E3 before and after one step.
  static func distances(_ example: WorkedExample) throws -> PaperFigure {
    let step = example.paper.step
    let after = try captionDistance(
      sentences: example.paper.captions, prompts: step.tuner.prompts.classFeatures())
    let (before, behind) = (example.paper.distance.values, after.values)
    var table = [["picture, class", "label", "before", "after", "margin"]]
    let panels = example.pictures.enumerated().map { row, picture in
      let own = { (all: [Float]) in (0..<3).map { Double(all[row * 3 + $0]) } }
      let groups = [
        BarGroup(name: "d before", values: own(before), scale: 1),
        BarGroup(name: "d after", values: own(behind), scale: 1),
        BarGroup(
          name: "margin \u{03BC}", values: example.paper.margin.values.map(Double.init), scale: 1),
      ]
      for place in 0..<3 {
        table.append([
          "\(picture), \(WorkedExample.names[place])",
          "\(Int(example.labels.values[row * 3 + place]))", cell(groups[0].values[place]),
          cell(groups[1].values[place]), cell(groups[2].values[place]),
        ])
      }
      return bars("\u{201C}\(example.captions[row])\u{201D}", groups, example)
    }
    return PaperFigure("distances", panels, table: table, commands: try example.commands("E3"))
  }

  /// What each term of E8 sends to the context of each class.
  static func gradient(_ example: WorkedExample) throws -> PaperFigure {
    let step = example.paper.step
    let (cls, cse) = (step.classification.norms, step.embedding.norms)
    var table = [
      ["class", "weights", "lambda |grad L_cls|", "(1 - lambda) |grad L_cse|", "share of L_cse"]
    ]
    var panels: [String] = []
    for normalization in WeightNormalization.allCases {
      // E5's sum scales E6 and its gradient: averaging 1 is C times summing to 1.
      let factor = normalization == .sum ? 1 : Double(WorkedExample.names.count)
      let own = cse.map { $0 * factor }
      let shares = zip(cls, own).map { $1 / ($0 + $1) }
      let title =
        normalization == .sum
        ? "Share of E6 in the gradient, weights sum to 1" : "The same, weights average 1"
      for place in 0..<3 {
        table.append([
          WorkedExample.names[place], normalization.rawValue, cell(cls[place]), cell(own[place]),
          cell(shares[place]),
        ])
      }
      panels.append(
        bars(
          title,
          [
            BarGroup(name: "E7", values: shares.map { 1 - $0 }, scale: 1),
            BarGroup(name: "E6", values: shares, scale: 1),
          ], example))
    }
    return PaperFigure("gradient", panels, table: table)
  }

  private static func labelNames(_ example: WorkedExample, _ row: Int) -> String {
    (0..<3).filter { example.labels.values[row * 3 + $0] == 1 }
      .map { WorkedExample.names[$0] }.joined(separator: " and ")
  }

  /// One quantity of all classes.
  private struct BarGroup {
    let name: String
    let values: [Double]
    /// The value of a whole bar; nil for the greatest.
    let scale: Double?
  }

  /// Horizontal bars, a block for each quantity and a bar for each class.
  private static func bars(
    _ title: String, _ groups: [BarGroup], _ example: WorkedExample
  ) -> String {
    let height = 28 + Double(groups.count) * 86
    var canvas = SVGCanvas(width: Plot.width, height: height)
    canvas.text(SVGCanvas.shortened(title, to: Plot.width), x: 4, y: 14, "b")
    var y = 36.0
    for group in groups {
      canvas.text(group.name, x: 4, y: y, "m")
      let largest = group.values.map(abs).max() ?? 1
      let unit = 170 / (group.scale.map { max($0, largest) } ?? max(largest, 1e-12))
      for (place, value) in group.values.enumerated() {
        let top = y + 8 + Double(place) * 20
        canvas.text(WorkedExample.names[place], x: 78, y: top + 11, "t", anchor: .end)
        canvas.rect(
          x: 86, y: top, width: abs(value) * unit, height: 14,
          "f-\(groupName(example.classes.counts[place]))")
        canvas.text(cell(value), x: 92 + abs(value) * unit, y: top + 11, "t")
      }
      y += 86
    }
    return canvas.svg(title)
  }
}
