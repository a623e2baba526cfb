// PaperError - what keeps the annotated page from being made.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// A fault in the prose or in the sources that it cites, at a file and a line.
package enum PaperError: DiagnosticError {
  /// No folder above the working one is a checkout.
  case noSources
  /// A line of the prose, or a formula in it, that the reader does not know.
  case prose(file: String, line: Int, what: String)
  /// A tag, a file or a text that an excerpt names and that is not there.
  case excerpt(String, what: String)
  /// A method of the list whose file has no formula.
  case method(String, file: String)
  /// A link inside the page that leads nowhere, or an anchor that stands twice.
  case anchor(String, what: String)

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .noSources:
      Diagnostic(
        "paper.no-sources", "the page is made from the sources, and they are not here",
        hint: "run it in a checkout; the stored page is docs/paper/index.html there")
    case .prose(let file, let line, let what):
      Diagnostic(
        "paper.prose", "\(file):\(line): \(what)",
        hint: "docs/paper/README.md lists what the prose may use")
    case .excerpt(let name, let what):
      Diagnostic(
        "paper.excerpt", "excerpt \(name): \(what)",
        hint: "name a tag of docs/Equations.md, or file, from and to as they stand in the file")
    case .method(let name, let file):
      Diagnostic(
        "paper.method", "\(file): the method '\(name)' has no formula",
        hint:
          "write it into the comment of its value or of what it trains, five blanks behind '///'")
    case .anchor(let name, let what):
      Diagnostic(
        "paper.anchor", "#\(name): \(what)", hint: "give the heading {#\(name)}, or mend the link")
    }
  }
}
