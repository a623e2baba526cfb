// TextWidth - text in lines of a given width, and how wide the terminal is.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How many columns a stream has: COLUMNS, the terminal's own width, or 80 where there is none.
enum TextWidth {
  static func columns(of descriptor: Int32 = 1) -> Int {
    if let told = ProcessInfo.processInfo.environment["COLUMNS"].flatMap({ Int($0) }), told > 0 {
      return max(told, narrowest)
    }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return max(Int(size.ws_col), narrowest)
  }

  /// Below this, broken lines are harder to read than cut ones.
  private static let narrowest = 40

  /// Lines of at most a width, broken between words; a word that is longer has a line of its own.
  static func lines(_ text: String, width: Int) -> [String] {
    broken(text.split(separator: " ").map(String.init), joined: " ", width: width)
  }

  /// Entries with commas between them, in lines of at most a width, broken between entries, and
  /// behind the bars of one that is longer.
  static func list(_ entries: [String], width: Int) -> [String] {
    let units = entries.dropLast().map { $0 + "," } + entries.suffix(1)
    let parts = units.flatMap { $0.count > width ? alternatives($0, width: width) : [$0] }
    return broken(parts, joined: " ", width: width)
  }

  /// `a|b|c` in lines of at most a width, broken behind the bars.
  static func alternatives(_ text: String, width: Int) -> [String] {
    let words = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    return broken(words.dropLast().map { $0 + "|" } + words.suffix(1), joined: "", width: width)
  }

  /// A command line in lines of at most a width, broken between its words as a shell reads it.
  static func command(_ text: String, width: Int) -> [String] {
    var words: [String] = [""]
    var quote: Character?
    for character in text {
      if character == quote {
        quote = nil
      } else if quote == nil, character == "\"" || character == "'" {
        quote = character
      }
      if character == " ", quote == nil {
        words.append("")
      } else {
        words[words.count - 1] += "\(character)"
      }
    }
    // An option and its value stay together.
    let units = words.reduce(into: [String]()) { list, word in
      if let last = list.last, last.hasPrefix("--"), !last.contains(" "), !word.hasPrefix("-") {
        list[list.count - 1] += " " + word
      } else {
        list.append(word)
      }
    }
    // Beside the margins and the backslash.
    let lines = broken(units, joined: " ", width: width - 8)
    return lines.enumerated().map { index, line in
      (index == 0 ? "" : "    ") + line + (index + 1 < lines.count ? " \\" : "")
    }
  }

  /// Words in lines of at most a width, broken between them; lines after the first are indented.
  static func broken(
    _ words: [String], joined gap: String, indent: String = "", width: Int
  ) -> [String] {
    var lines: [String] = []
    for word in words {
      if let last = lines.last, last.count + gap.count + word.count <= width {
        lines[lines.count - 1] = last + gap + word
      } else {
        lines.append((lines.isEmpty ? "" : indent) + word)
      }
    }
    return lines
  }
}
