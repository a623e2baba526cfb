// Excerpt - lines of a source file, as they stand there.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning

/// Lines of Swift, with their file and their numbers.
package struct Excerpt: Equatable, Sendable {
  /// The file, from the checkout.
  package let file: String
  /// The number of the first line, from 1.
  package let first: Int
  /// The lines, their common indentation left out.
  package let lines: [String]

  /// The number of the last line.
  package var last: Int { first + lines.count - 1 }
}

/// The sources of a checkout, searched for excerpts.
package struct ExcerptFinder: Sendable {
  private let files: [(path: String, lines: [String])]

  /// - Parameter files: path from the checkout and text of each source file.
  package init(files: [(path: String, text: String)]) {
    self.files = files.map { file in
      var lines = file.text.parts(between: "\n", omittingEmpty: false)
      if lines.last?.isEmpty ?? false { lines.removeLast() }
      return (file.path, lines)
    }
  }

  /// The declaration whose comment carries an equation's tag, without the comment.
  ///
  /// - Parameters:
  ///   - tag: a tag of docs/Equations.md; the comment says `Equation TAG:`.
  ///   - from: what the first line holds, for a part of the declaration.
  ///   - to: what the last line holds.
  /// - Returns: the lines with their place.
  /// - Throws: `PaperError.excerpt` for a tag or a text that is not there.
  package func excerpt(tag: String, from: String? = nil, to: String? = nil) throws -> Excerpt {
    for file in files {
      guard let comment = file.lines.firstIndex(where: { Self.carries($0, tag) }) else { continue }
      var start = comment
      while start < file.lines.count, trimmed(file.lines[start]).hasPrefix("//") { start += 1 }
      if let from {
        start = try line(holding: from, in: file, from: start, tag)
      }
      let end =
        try to.map { try line(holding: $0, in: file, from: start, tag) }
        ?? declarationEnd(file.lines, start)
      return cut(file, start, end)
    }
    throw PaperError.excerpt(tag, what: "no comment says 'Equation \(tag):'")
  }

  /// The lines of a file from one that holds a text to one that holds another.
  package func excerpt(file path: String, from: String, to: String?) throws -> Excerpt {
    guard let file = files.first(where: { $0.path == path }) else {
      throw PaperError.excerpt(path, what: "no such file")
    }
    let start = try line(holding: from, in: file, from: 0, path)
    let end =
      try to.map { try line(holding: $0, in: file, from: start, path) }
      ?? declarationEnd(file.lines, start)
    return cut(file, start, end)
  }

  private static func carries(_ line: String, _ tag: String) -> Bool {
    let text = trimmed(line)
    return text.hasPrefix("//") && text.contains("Equation \(tag):")
  }

  private func line(
    holding text: String, in file: (path: String, lines: [String]), from start: Int, _ name: String
  ) throws -> Int {
    guard let found = file.lines[start...].firstIndex(where: { $0.contains(text) }) else {
      throw PaperError.excerpt(
        name, what: "no line of \(file.path) from \(start + 1) on holds '\(text)'")
    }
    return found
  }

  /// The last line of what begins at a line: the brace at its indentation that closes it.
  private func declarationEnd(_ lines: [String], _ start: Int) -> Int {
    let indentation = lines[start].prefix { $0 == " " }
    var hasOpened = false
    for index in start..<lines.count {
      let text = trimmed(lines[index])
      let isLevel = lines[index].prefix { $0 == " " } == indentation
      // A signature of several lines closes its own bracket before the body opens.
      if isLevel, hasOpened, text.hasPrefix("}") { return index }
      if text.hasSuffix("{") || text.contains("{ ") {
        if index == start || isLevel || trimmed(lines[index]).hasSuffix("{") { hasOpened = true }
        if isLevel, text.hasSuffix("}") { return index }
      }
      if index > start, !hasOpened, text.isEmpty { return index - 1 }
    }
    return lines.count - 1
  }

  private func cut(_ file: (path: String, lines: [String]), _ start: Int, _ end: Int) -> Excerpt {
    let lines = file.lines[start...end]
    let indentation = lines.filter { !trimmed($0).isEmpty }.map { $0.prefix { $0 == " " }.count }
    let common = indentation.min() ?? 0
    return Excerpt(
      file: file.path, first: start + 1, lines: lines.map { String($0.dropFirst(common)) })
  }
}
