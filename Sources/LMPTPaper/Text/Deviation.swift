// Deviation - an entry of docs/Deviations.md, which the page shows from there.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning

/// A difference between the released code and what the paper means.
struct Deviation: Equatable, Sendable {
  let number: String
  let title: String
  /// What `names` lists, each with its Markdown.
  let parts: [String: String]

  /// The anchor of its heading where the document is shown: letters and digits, hyphens for spaces.
  var anchor: String {
    String(
      "\(number). \(title)".lowercased().compactMap { letter -> Character? in
        if letter == " " { return "-" }
        return letter.isLetter || letter.isNumber || "-_".contains(letter) ? letter : nil
      })
  }

  /// The parts that an entry has.
  static let names = ["Released", "Where", "Consequence", "Ours", "Option", "Test"]

  /// The numbered entries of the document.
  static func all(in text: String) -> [Deviation] {
    var found: [Deviation] = []
    var (number, title, parts, open) = ("", "", [String: String](), "")
    func close() {
      if !number.isEmpty { found.append(Deviation(number: number, title: title, parts: parts)) }
    }
    for line in text.parts(between: "\n", omittingEmpty: false) {
      if line.hasPrefix("## ") {
        close()
        (number, title, parts, open) = ("", "", [:], "")
        let heading = line.dropFirst(3)
        let digits = heading.prefix { $0.isNumber }
        guard !digits.isEmpty, heading.dropFirst(digits.count).hasPrefix(". ") else { continue }
        (number, title) = (String(digits), String(heading.dropFirst(digits.count + 2)))
      } else if let name = names.first(where: { line.hasPrefix("* **\($0)**: ") }) {
        open = name
        parts[name] = String(line.dropFirst(name.count + 8))
      } else if line.hasPrefix("  "), !open.isEmpty {
        parts[open, default: ""] += "\n" + trimmed(line)
      } else {
        open = ""
      }
    }
    close()
    return found
  }
}
