// TuneDiagnosticsTable - what lies behind the figures of tuned methods, as a table of Markdown.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTTuning

/// The diagnostics of tuned methods, in the order of their figures.
struct TuneDiagnosticsTable {
  let rows: [TunedMethod]

  /// A column: its head, and a figure of a run.
  private typealias Column = (head: String, scale: Double, figure: (TunedDiagnostics) -> Double?)

  private static var columns: [Column] {
    [("slope", 100, \.slope), ("explained", 100, \.explained)]
      + ClassGroup.allCases.map { group -> Column in
        ("moved, \(group.rawValue)", 1, { $0.moved[group] })
      } + [
        ("active, first", 100, { $0.active.first[.tail] }),
        ("active, last", 100, { $0.active.last[.tail] }),
        ("partner", 100, \.partnerDrop),
      ]
  }

  var markdown: String {
    var text =
      "| behind the figures | " + Self.columns.map(\.head).joined(separator: " | ") + " |\n|---|"
      + String(repeating: "---:|", count: Self.columns.count) + "\n"
    for row in rows {
      let cells = Self.columns.map { column -> String in
        let values = row.values(column.figure)
        guard let over = MeanAndDeviation(values) else { return "" }
        let digits = column.scale == 1 ? 2 : 1
        let mean = fixed(over.mean * column.scale, digits)
        return over.deviation.map { mean + " ± " + fixed($0 * column.scale, digits) } ?? mean
      }
      text += "| \(row.method.title) | \(cells.joined(separator: " | ")) |\n"
    }
    return text + """

      Mean and sample deviation over the same runs. Slope: points of AP for ten times as many training
      images. Explained: the share, %, of AP's variance over classes that this line takes away. Moved:
      the mean distance 1 - cos of class features from zero-shot CLIP's, for methods that keep class
      features. Active: the share, %, of the tail's margins in E6 that are active in an epoch. Partner:
      how many points AP of a tail class falls where its most frequent partner is not in the picture.

      """
  }
}
