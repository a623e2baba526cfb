// DiagnosticError - what every error that a user can meet has to say.
// SPDX-License-Identifier: Apache-2.0

/// An error designed for the person who meets it: what is wrong, where, and what to do.
///
/// One enum per stage (`PNGError`, `PickleError`, `DatasetError` ...) conforms. The command line
/// wraps it once, at its edge, as `lmpt: FILE: message. Hint: hint.`
public protocol DiagnosticError: Error, CustomStringConvertible, Sendable {
  /// Stable identifier, `stage.kebab-case` (`png.crc-mismatch`), listed in docs/Errors.md.
  var code: String { get }

  /// What is wrong and where: declared and found values, byte offset or line. No final full stop.
  var message: String { get }

  /// What the user can do about it, as a sentence without its full stop.
  var hint: String { get }
}

extension DiagnosticError {
  /// The message and the hint on one line, as the command line prints them after the file's name.
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

  /// The cause's code.
  public var code: String { cause.code }
  /// The cause's message.
  public var message: String { cause.message }
  /// The cause's hint.
  public var hint: String { cause.hint }
  /// The file, the message and the hint on one line.
  public var description: String { "\(file): \(cause.message). Hint: \(cause.hint)." }
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
