// ProseLines - what a single line of the prose is.
// SPDX-License-Identifier: Apache-2.0

import LMPTTuning

extension ProseReader {
  /// A line of a list: its kind and its text.
  static func item(_ line: String) -> (isOrdered: Bool, text: String)? {
    for mark in ["- ", "* "] where line.hasPrefix(mark) {
      return (false, trimmed(String(line.dropFirst(2))))
    }
    let digits = line.prefix { $0.isASCII && $0.isNumber }
    guard !digits.isEmpty, line.dropFirst(digits.count).hasPrefix(". ") else { return nil }
    return (true, trimmed(String(line.dropFirst(digits.count + 2))))
  }

  /// Whether a line ends the paragraph above it.
  static func startsBlock(_ line: String) -> Bool {
    let marks = ["#", "```", ":::", "|", ">"]
    return marks.contains { line.hasPrefix($0) } || item(line) != nil
  }

  /// The cells of a line of a table; `\|` is a bar.
  static func cells(_ line: String) -> [String] {
    var cells = [""]
    var isEscaped = false
    for character in line.dropFirst() {
      if character == "|", !isEscaped {
        cells.append("")
      } else {
        if isEscaped, character == "|" { cells[cells.count - 1].removeLast() }
        cells[cells.count - 1].append(character)
      }
      isEscaped = character == "\\" && !isEscaped
    }
    if trimmed(cells[cells.count - 1]).isEmpty { cells.removeLast() }
    return cells.map(trimmed)
  }

  /// The anchor of a heading that names none: its letters and digits, joined by hyphens.
  static func anchor(_ text: String) -> String {
    let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return words.joined(separator: "-")
  }
}

/// A text without the blanks behind it.
func trimmedEnd(_ text: String) -> String {
  var text = text
  while let last = text.last, last == " " || last == "\t" || last == "\r" { text.removeLast() }
  return text
}
