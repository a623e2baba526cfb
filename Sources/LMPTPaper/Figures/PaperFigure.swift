// PaperFigure - the figures of the annotated page, by name.
// SPDX-License-Identifier: Apache-2.0

import LMPTReports

/// One figure with the numbers that it draws.
package struct PaperFigure: Sendable {
  /// What the prose calls it.
  package let name: String
  /// One or more drawings, each readable on a phone, side by side where there is room.
  package let svg: String
  /// The numbers, a row of names first; nil where it draws no numbers.
  package let table: [[String]]?
  /// Commands that compute some of the numbers anew, from files; `lmpt paper --numbers` prints all.
  package let commands: [String]

  init(_ name: String, _ panels: [String], table: [[String]]? = nil, commands: [String] = []) {
    self.name = name
    svg = "<div class=\"panels\">\(panels.joined())</div>"
    (self.table, self.commands) = (table, commands)
  }
}

/// Every figure of the page.
package enum PaperFigures {
  /// Their names, in the order of the page.
  package static let names = [
    "counts", "clip", "prompt", "prediction", "distances", "margin-weight", "hinge", "balanced",
    "gradient", "training", "tape", "ladder", "text-tower", "tokens", "pixels", "average-precision",
    "results",
  ]

  /// A figure; nil for a name that is not in the list.
  ///
  /// - Throws: what reading the checkout's files and computing the numbers throws.
  package static func figure(_ name: String, _ example: WorkedExample) throws -> PaperFigure? {
    switch name {
    case "counts": try counts(example)
    case "clip": try clip(example)
    case "tape": try tape(example)
    case "prediction": try prediction(example)
    case "distances": try distances(example)
    case "margin-weight": try marginAndWeight(example)
    case "hinge": try hinge(example)
    case "balanced": try balanced(example)
    case "gradient": try gradient(example)
    case "training": try training(example)
    case "prompt": try prompt(example)
    case "ladder": try ladder(example)
    case "text-tower": try textTower(example)
    case "tokens": try tokens(example)
    case "pixels": try pixels(example)
    case "average-precision": averagePrecision()
    case "results": try results(example)
    default: nil
    }
  }
}

/// What the figures need beside `ChartStyle`.
package enum FigureStyle {
  /// The style sheet.
  package static let css = """
    .panels{display:flex;flex-wrap:wrap;gap:20px;align-items:flex-start}
    .panels .chart{flex:0 1 350px}
    .chart .box{fill:var(--soft);stroke:var(--rule);stroke-width:1}
    .chart .own{fill:none;stroke:var(--s0);stroke-width:1.8}
    .chart .named-box{fill:none;stroke:var(--s1);stroke-width:1.8}
    .chart .off{fill:none;stroke:var(--rule);stroke-width:1;stroke-dasharray:2 2}
    .chart .arrow{fill:none;stroke:var(--muted);stroke-width:1.4}
    .stages{display:flex;flex-wrap:wrap;gap:12px;list-style:none;margin:0;padding:0;font-size:13px}
    .stages li{width:104px}.stages img{image-rendering:pixelated;display:block}

    """
}
