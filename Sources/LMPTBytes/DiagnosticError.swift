// DiagnosticError - what every error that a user can meet has to say.
// SPDX-License-Identifier: Apache-2.0

/// What an error says of itself.
public struct Diagnostic: Sendable, Equatable {
  /// Whose mistake it is, or what happened instead; a program's exit code follows from it.
  public enum Kind: String, Sendable {
    /// What was asked for cannot be done, whatever the files hold.
    case usage
    /// A file or its contents.
    case input
    /// Somebody stopped the work.
    case interrupted
    /// Numbers that were compared differ.
    case numeric
  }

  /// Stable identifier, `stage.kebab-case` (`png.crc-mismatch`), listed in docs/Errors.md.
  public let code: String
  /// What is wrong and where: declared and found values, byte offset or line. No final full stop.
  public let message: String
  /// What to do about it, for who writes a program, as a sentence without its full stop.
  ///
  /// A command line adds its own options where it prints the error.
  public let hint: String
  /// Whose mistake it is.
  public let kind: Kind

  /// Everything that an error says.
  public init(_ code: String, _ message: String, hint: String, kind: Kind = .input) {
    (self.code, self.message, self.hint, self.kind) = (code, message, hint, kind)
  }
}

/// An error designed for the person who meets it: what is wrong, where, and what to do.
///
/// One enum per stage (`PNGError`, `PickleError`, `DatasetError` ...) conforms, with one `switch`
/// that yields everything about a case together.
public protocol DiagnosticError: Error, CustomStringConvertible, Sendable {
  /// Code, message, hint and kind of this error.
  var diagnostic: Diagnostic { get }
}

extension DiagnosticError {
  /// The stable identifier.
  public var code: String { diagnostic.code }
  /// What is wrong and where.
  public var message: String { diagnostic.message }
  /// What to do.
  public var hint: String { diagnostic.hint }
  /// Whose mistake it is.
  public var kind: Diagnostic.Kind { diagnostic.kind }
  /// The message and the hint on one line.
  public var description: String { "\(message). Hint: \(hint)." }
}

/// A diagnostic together with the file that it is about.
///
/// Made where a file's name is known (the reader that opened it), so that inner parsers never
/// carry paths around.
public struct FileError: DiagnosticError {
  /// The file's path as the user wrote it.
  public let file: String
  /// The error inside the file.
  public let cause: any DiagnosticError

  /// Attaches a file's name to an error.
  public init(file: String, cause: any DiagnosticError) {
    self.file = file
    self.cause = cause
  }

  /// What the cause says.
  public var diagnostic: Diagnostic { cause.diagnostic }
  /// The file, the message and the hint on one line.
  public var description: String { "\(file): \(cause.message). Hint: \(cause.hint)." }
}

/// An error inside one line of a file.
package struct LineError: DiagnosticError {
  /// From 1.
  package let line: Int
  /// What is wrong there.
  package let cause: any DiagnosticError

  /// Attaches a line's number to an error.
  package init(line: Int, cause: any DiagnosticError) { (self.line, self.cause) = (line, cause) }

  /// A message with the line.
  package func placed(_ message: String) -> String { "\(message) (line \(line))" }

  /// What the cause says, with the line.
  package var diagnostic: Diagnostic {
    let said = cause.diagnostic
    return Diagnostic(said.code, placed(said.message), hint: said.hint, kind: said.kind)
  }
}

/// Runs `body`, attaching `file` to any diagnostic that does not carry a file yet.
package func inFile<Result>(_ file: String, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as FileError {
    throw error
  } catch let error as any DiagnosticError {
    throw FileError(file: file, cause: error)
  }
}
