// ToldError - what the command line tells of an error: the library's words, with its own options.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// An error as the command line prints it.
struct ToldError {
  let code: String
  let message: String
  /// None for a defect of the program, about which nobody can do anything here.
  let hint: String?
  let file: String?
  let exitCode: Int32

  /// - Parameters:
  ///   - error: any error; one that is no `DiagnosticError` is a defect.
  ///   - command: whose options the hint may name.
  init(_ error: any Error, of command: Command? = nil) {
    guard let error = error as? any DiagnosticError else {
      (code, message, hint, file) = ("internal", String(describing: error), nil, nil)
      exitCode = ExitCode.internal
      return
    }
    let inFile = (error as? FileError)?.cause ?? error
    let line = inFile as? LineError
    let cause = line?.cause ?? inFile
    let diagnostic = error.diagnostic
    code = diagnostic.code
    let inOptions = messageInOptions(cause)
    message = inOptions.map { line?.placed($0) ?? $0 } ?? diagnostic.message
    hint = hintInOptions(cause, command) ?? diagnostic.hint
    file = (error as? FileError)?.file
    exitCode = ExitCode.of(diagnostic.kind)
  }

  /// `FILE: what is wrong (where). Hint: what to do.`
  var line: String {
    let place = file.map { "\($0.isEmpty ? "''" : $0): " } ?? ""
    return Terminal.oneLine(place + message + (hint.map { ". Hint: \($0)." } ?? ""))
  }

  /// The `error` object of the command contract.
  var json: JSON {
    var fields: [(key: String, value: JSON)] = [
      ("code", .string(code)), ("message", .string(line)),
    ]
    if let file { fields.append(("file", .string(file.showingCarriedBytes))) }
    return .object(fields)
  }
}

/// An error whose remedy only the command that met it knows.
struct AdvisedError: DiagnosticError {
  let cause: any DiagnosticError
  let advice: String

  /// What the cause says, with the remedy in the place of its own.
  var diagnostic: Diagnostic {
    let told = cause.diagnostic
    return Diagnostic(told.code, told.message, hint: advice, kind: told.kind)
  }
}

/// The exit codes of the command contract.
enum ExitCode {
  static let fine: Int32 = 0
  static let `internal`: Int32 = 1
  static let usage: Int32 = 2
  static let badInput: Int32 = 3
  static let numericCheck: Int32 = 4
  static let interrupted: Int32 = 130

  static func of(_ kind: Diagnostic.Kind) -> Int32 {
    switch kind {
    case .usage: usage
    case .input: badInput
    case .interrupted: interrupted
    case .numeric: numericCheck
    }
  }
}
