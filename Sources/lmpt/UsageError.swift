// UsageError - what is wrong with the words of a command line.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTensors

/// A command line that cannot be understood; exit code 2.
enum UsageError: DiagnosticError {
  case unknownCommand(String, nearest: String?)
  case unknownSubcommand(String, of: String, nearest: String?)
  case unknownOption(String, command: String, nearest: String?)
  case missingValue(String, placeholder: String)
  case unexpectedValue(String)
  case badValue(option: String, found: String, expected: String)
  case missingOption(String, command: String)
  case missingArgument(String, command: String)
  case unexpectedArgument(String, command: String)
  case conflict(String)
  case kernels(KernelError)

  /// Code, what is wrong and where, and what to do; `ToldError` adds the command's name.
  var diagnostic: Diagnostic {
    func diagnostic(_ code: String, _ message: String, hint: String? = nil) -> Diagnostic {
      Diagnostic(
        code, message, hint: hint ?? "the help shows what each option takes", kind: .usage)
    }
    return switch self {
    case .unknownCommand(let name, let nearest):
      diagnostic(
        "usage.unknown-command", "there is no command '\(name)'",
        hint: name.hasPrefix("-")
          ? "options stand behind the command, as in 'lmpt doctor --json'"
          : nearest.map { "did you mean 'lmpt \($0)'" } ?? "'lmpt --help' lists the commands")
    case .unknownSubcommand(let word, let command, let nearest):
      diagnostic(
        "usage.unknown-command", "there is no command '\(command) \(word)'",
        hint: nearest.map { "did you mean 'lmpt \(command) \($0)'" }
          ?? "'lmpt \(command) --help' lists the commands")
    case .unknownOption(let name, let command, let nearest):
      diagnostic(
        "usage.unknown-option", "\(command) has no option '\(name)'",
        hint: nearest.map { "did you mean '\($0)'" } ?? options(of: command))
    case .missingValue(let name, let placeholder):
      diagnostic("usage.missing-value", "\(name) needs a value \(placeholder)")
    case .unexpectedValue(let name):
      diagnostic("usage.unexpected-value", "\(name) takes no value")
    case .badValue(let option, let found, let expected):
      diagnostic("usage.bad-value", "\(option) is '\(found)', expected \(expected)")
    case .missingOption(let name, let command):
      diagnostic("usage.missing-option", "\(command) needs \(name)", hint: options(of: command))
    case .missingArgument(let name, let command):
      diagnostic("usage.missing-argument", "\(command) needs \(name)", hint: options(of: command))
    case .unexpectedArgument(let word, let command):
      diagnostic(
        "usage.unexpected-argument", "\(command) does not take '\(word)'",
        hint: options(of: command))
    case .conflict(let text):
      diagnostic("usage.conflict", text)
    case .kernels(.unknown(let name, let available)):
      diagnostic(
        "usage.kernels", "LMPT_KERNEL is '\(name)', no kernels have this name",
        hint: "use one of \(available.joined(separator: ", ")), or leave it unset")
    case .kernels(.unsupported(let name, let available)):
      diagnostic(
        "usage.kernels", "LMPT_KERNEL is '\(name)', which this processor cannot run",
        hint: "use one of \(available.joined(separator: ", ")), or leave it unset")
    }
  }
}

/// Where a command's options are told.
private func options(of command: String) -> String {
  "'lmpt \(command) --help' shows its options and two examples"
}
