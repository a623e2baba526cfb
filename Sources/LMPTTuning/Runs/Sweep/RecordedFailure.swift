// RecordedFailure - why a run failed, as another process was told it.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// What was told of an error, kept in a file.
package struct RecordedFailure: Sendable {
  private let code: String
  private let message: String
  /// None for a defect of the program.
  private let hint: String?
  private let file: String?
  private let kind: Diagnostic.Kind

  /// What was told.
  package init(
    code: String, message: String, hint: String?, file: String?, kind: Diagnostic.Kind
  ) {
    (self.code, self.message, self.hint) = (code, message, hint)
    (self.file, self.kind) = (file, kind)
  }

  init?(_ json: JSON) {
    guard let code = json["code"]?.string, let message = json["message"]?.string else { return nil }
    (self.code, self.message, hint) = (code, message, json["hint"]?.string)
    file = json["file"]?.string
    kind = json["kind"]?.string.flatMap(Diagnostic.Kind.init) ?? .input
  }

  var json: JSON {
    .object([
      ("code", .string(code)), ("message", .string(message)),
      ("hint", hint.map(JSON.string) ?? .null), ("file", file.map(JSON.string) ?? .null),
      ("kind", .string(kind.rawValue)),
    ])
  }

  /// The error again, of folders that were moved.
  func error(movedFrom folder: String, to other: String) -> any Error {
    func moved(_ text: String) -> String {
      var (result, rest) = ("", text[...])
      while let range = rest.firstRange(of: "\(folder)/") {
        result += rest[..<range.lowerBound]
        // Inside a longer path it is another folder.
        let isWhole = result.last.map { " '\"(:".contains($0) } ?? true
        result += isWhole ? "\(other)/" : String(rest[range])
        rest = rest[range.upperBound...]
      }
      return result + rest
    }
    guard let hint else { return Defect(description: moved(message)) }
    let told = Told(
      diagnostic: Diagnostic(code, moved(message), hint: moved(hint), kind: kind))
    return file.map { FileError(file: moved($0), cause: told) } ?? told
  }

  private struct Told: DiagnosticError { let diagnostic: Diagnostic }
  private struct Defect: Error, CustomStringConvertible { let description: String }
}
