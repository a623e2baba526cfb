// ClassFigures - figures over the real class counts: the long tail, margins and weights.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTReports
import LMPTTensors
import LMPTTuning

extension PaperFigures {
  /// The class counts of both sets as bars, coloured by group.
  static func counts(_ example: WorkedExample) throws -> PaperFigure {
    let sets = [PublishedCounts.voc(example), .coco]
    var table = [["set", "class", "group", "training images"]]
    for set in sets {
      table += set.ordered.map { [set.title, $0.name, groupName($0.count), "\($0.count)"] }
    }
    return PaperFigure(
      "counts", sets.map(bars), table: table, commands: ["lmpt data stats --dataset mini"])
  }

  private static func bars(_ set: PublishedCounts) -> String {
    let rows = set.ordered
    let title = "\(set.title): \(NumberText.count(set.images)) images, \(rows.count) classes"
    var plot = Plot(
      title, ("classes, the most frequent first", "training images that show the class"),
      x: [0, Double(rows.count)], y: rows.map { Double($0.count) }, logarithmic: (false, true))
    let width = plot.x.position(1) - plot.x.position(0)
    let bottom = plot.y.start
    for (place, row) in rows.enumerated() {
      let top = plot.y.position(Double(row.count))
      plot.canvas.rect(
        x: plot.x.position(Double(place)) + width * 0.08, y: top, width: width * 0.84,
        height: bottom - top, "f-\(groupName(row.count))", title: "\(row.name): \(row.count)")
    }
    for place in [0, rows.count - 1] {
      plot.label(
        "\(rows[place].name) \(rows[place].count)",
        (Double(place) + 0.5, Double(rows[place].count)),
        dx: place == 0 ? 10 : -6, dy: place == 0 ? 4 : -8)
    }
    let members = { (group: ClassGroup) in
      rows.filter { ClassGroup(count: Double($0.count)) == group }.count
    }
    plot.legend(ClassGroup.allCases.map { ("\(members($0)) \($0.rawValue)", "k-\($0.rawValue)") })
    return plot.canvas.svg(title)
  }

  /// E4 and E5 by count, on the real counts of both sets.
  static func marginAndWeight(_ example: WorkedExample) throws -> PaperFigure {
    var table = [["set", "class", "n", "margin (E4)", "weight (E5)"]]
    var panels: [String] = []
    for set in [PublishedCounts.voc(example), .coco] {
      let rows = set.ordered
      let n = Tensor(rows.map { Float($0.count) })
      let margins = try classMargin(n).values.map(Double.init)
      let weights = try classWeight(n).values.map(Double.init)
      for (place, row) in rows.enumerated() {
        table.append(
          [set.title, row.name, "\(row.count)", cell(margins[place]), cell(weights[place])])
      }
      panels.append(
        scatter("\(set.title): margin by count", "\u{03BC}, E4", rows, margins, isLog: false))
      panels.append(
        scatter("\(set.title): weight by count", "\u{03C9}, E5", rows, weights, isLog: true))
    }
    return PaperFigure("margin-weight", panels, table: table)
  }

  private static func scatter(
    _ title: String, _ name: String, _ rows: [(name: String, count: Int)], _ values: [Double],
    isLog: Bool
  ) -> String {
    let counts = rows.map { Double($0.count) }
    var plot = Plot(
      title, ("n, training images", name), x: counts, y: isLog ? values : values + [0],
      logarithmic: (true, isLog))
    plot.line(Array(zip(counts, values)), "k-ref")
    for (row, value) in zip(rows, values) {
      plot.mark(
        0, (Double(row.count), value), "f-\(groupName(row.count)) halo",
        title: "\(row.name), n = \(row.count): \(cell(value))")
    }
    if let first = rows.first, let last = rows.last, let low = values.first,
      let high = values.last
    {
      plot.label("\(last.name) \(cell(high))", (Double(last.count), high), dx: 8, dy: 4)
      plot.label("\(first.name) \(cell(low))", (Double(first.count), low), dx: -4, dy: -10)
    }
    return plot.canvas.svg(title)
  }
}
