// Terminal - what standard output may be asked to show: colours, block characters, width.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import Foundation
import LMPTTuning
import LMPTReports

enum Terminal {
  /// Colours on a terminal, unless NO_COLOR is set or the terminal is dumb (no-color.org).
  static var style: TerminalStyle {
    let environment = ProcessInfo.processInfo.environment
    let isRefused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    return isatty(1) == 1 && !isRefused && !isDumb ? .color : .plain
  }

  /// A terminal that cannot move its cursor.
  static var isDumb: Bool { ProcessInfo.processInfo.environment["TERM"] == "dumb" }

  /// A name from outside, fit to be printed: on a terminal, where it could move the cursor or
  /// recolour, control characters are escaped; programs get it as it is.
  static func shown(_ name: String) -> String {
    isatty(1) == 1 ? escaped(name) : name.showingCarriedBytes
  }

  /// The text with control characters, and bytes of a path that are no UTF-8, in their escaped form.
  static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.showingCarriedBytes.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator:
        out += "\\u{" + String(scalar.value, radix: 16) + "}"
      // Marks that turn the direction of what follows; joiners are part of names.
      case .format
      where (0x202A...0x202E).contains(scalar.value)
        || (0x2066...0x2069).contains(scalar.value):
        out += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// A message as one line of a terminal: control characters, which names and files may hold, are
  /// escaped, and the middle of what is very long is left out.
  static func oneLine(_ message: String) -> String {
    let spaced = message.unicodeScalars.map { $0 == "\n" ? " " : String($0) }.joined()
    let text = escaped(spaced)
    return text.count <= 2000 ? text : text.prefix(1000) + " ... " + text.suffix(500)
  }

  /// Block characters where the locale has them.
  static var glyphs: TerminalGlyphs {
    let environment = ProcessInfo.processInfo.environment
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }
      .first { !$0.isEmpty }
    let name = locale?.uppercased() ?? ""
    return name.contains("UTF-8") || name.contains("UTF8") ? .unicode : .ascii
  }

  /// The measured rows of a report.
  static func table(_ report: Report) -> String {
    var table = TerminalTable(
      [.init("mAP, %")] + ResultColumn.all.map { .init($0.name, .right) })
    for row in report.results where row.evidence == .measured {
      table.add(
        [row.method]
          + row.measures.map { measure in
            guard let measure else { return "-" }
            let mean = fixed(measure.mean * 100, 1)
            return measure.deviation.map { "\(mean) +-\(fixed($0 * 100, 1))" } ?? mean
          })
    }
    return table.text(style: style, glyphs: glyphs)
  }
}
