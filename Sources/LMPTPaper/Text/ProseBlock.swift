// ProseBlock - what a page of prose consists of.
// SPDX-License-Identifier: Apache-2.0

/// A part of the prose, with the line it starts on.
package struct ProseBlock: Equatable, Sendable {
  /// What the part is; texts inside still hold their inline marks.
  package indirect enum Kind: Equatable, Sendable {
    case heading(level: Int, text: String, id: String)
    case paragraph(String)
    case list(ordered: Bool, items: [String])
    case code(language: String, lines: [String])
    case table(header: [String], rows: [[String]])
    case quote(String)
    /// A fenced block whose info word the page gives a meaning.
    case directive(name: String, argument: String, body: [String])
    /// Parts that one of the three voices says.
    case voice(String, [ProseBlock])
  }

  package var kind: Kind
  /// The line in its file, from 1.
  package var line: Int

  package init(_ kind: Kind, line: Int) { (self.kind, self.line) = (kind, line) }

  /// The fenced blocks with a meaning.
  static let directives: Set<String> = [
    "formula", "legend", "excerpt", "example", "figure", "compare", "checks", "exercise",
    "methods", "glossary", "symbols",
  ]

  /// Who speaks: the paper, the released code, this program.
  static let voices = ["paper", "released", "ours"]
}

/// A file of prose, read.
package struct ProseFile: Sendable {
  /// The file's name without its folder.
  package let name: String
  package let blocks: [ProseBlock]

  /// Every block, those inside a voice too, in order.
  package var flat: [ProseBlock] {
    blocks.flatMap { block -> [ProseBlock] in
      if case .voice(_, let inner) = block.kind { return inner }
      return [block]
    }
  }

  /// A fault at a line of this file.
  func fault(_ line: Int, _ what: String) -> PaperError {
    .prose(file: "docs/paper/\(name)", line: line, what: what)
  }
}
