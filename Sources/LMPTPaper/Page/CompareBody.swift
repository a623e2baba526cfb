// CompareBody - what the prose adds to a deviation: a lead, both readings' formulas, why no numbers.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning

/// The body of a block `compare`.
///
/// Lines `ours: TeX` and `released: TeX`, or `released TAG: TeX` for an equation with an anchor of its
/// own, are formulas; `no numbers: why` stands where the worked example cannot show the difference.
/// Other lines belong to what stands above them, the first ones to the lead.
struct CompareBody {
  /// The formulas of one reading.
  struct Formulas {
    var tag = ""
    /// Each of them as TeX.
    var lines: [String] = []
  }

  private(set) var lead: [String] = []
  private(set) var ours = Formulas()
  private(set) var released = Formulas()
  private(set) var noNumbers: String?

  private enum Part { case lead, ours, released, noNumbers }

  init(_ body: [String]) {
    var open = Part.lead
    for line in body {
      let parts = line.parts(between: ":", maxSplits: 1, omittingEmpty: false)
      let words = parts.count == 2 ? parts[0].words : []
      let text = trimmed(parts.last ?? "")
      switch (words.first, words.count) {
      case ("ours", 1):
        open = .ours
        ours.lines.append(text)
      case ("released", 1...2):
        open = .released
        if words.count == 2 { released.tag = words[1] }
        released.lines.append(text)
      case ("no", 2) where words[1] == "numbers":
        open = .noNumbers
        noNumbers = text
      default: add(line, to: open)
      }
    }
  }

  private mutating func add(_ line: String, to part: Part) {
    switch part {
    case .lead: lead.append(line)
    case .ours: ours.lines[ours.lines.count - 1] += " " + line
    case .released: released.lines[released.lines.count - 1] += " " + line
    case .noNumbers: noNumbers = (noNumbers ?? "") + "\n" + line
    }
  }
}
