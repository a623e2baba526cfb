// UsageError - what is wrong with the words of a command line.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Tensors

/// A command line that cannot be understood; exit code 2.
enum UsageError: DiagnosticError {
  case unknownCommand(String, nearest: String?)
  case unknownOption(String, command: String, nearest: String?)
  case missingValue(String, placeholder: String)
  case unexpectedValue(String)
  case badValue(option: String, found: String, expected: String)
  case missingOption(String, command: String)
  case missingArgument(String, command: String)
  case unexpectedArgument(String, command: String)
  case conflict(String)
  case kernels(KernelError)

  var code: String {
    switch self {
    case .unknownCommand: return "usage.unknown-command"
    case .unknownOption: return "usage.unknown-option"
    case .missingValue: return "usage.missing-value"
    case .unexpectedValue: return "usage.unexpected-value"
    case .badValue: return "usage.bad-value"
    case .missingOption: return "usage.missing-option"
    case .missingArgument: return "usage.missing-argument"
    case .unexpectedArgument: return "usage.unexpected-argument"
    case .conflict: return "usage.conflict"
    case .kernels: return "usage.kernels"
    }
  }

  var message: String {
    switch self {
    case .unknownCommand(let name, _): return "there is no command '\(name)'"
    case .unknownOption(let name, let command, _): return "\(command) has no option '\(name)'"
    case .missingValue(let name, let placeholder): return "\(name) needs a value \(placeholder)"
    case .unexpectedValue(let name): return "\(name) takes no value"
    case .badValue(let option, let found, let expected):
      return "\(option) is '\(found)', expected \(expected)"
    case .missingOption(let name, let command): return "\(command) needs \(name)"
    case .missingArgument(let name, let command): return "\(command) needs \(name)"
    case .unexpectedArgument(let word, let command): return "\(command) does not take '\(word)'"
    case .conflict(let text): return text
    case .kernels(.unknown(let name, _)):
      return "LMPT_KERNEL is '\(name)', no kernels have this name"
    case .kernels(.unsupported(let name, _)):
      return "LMPT_KERNEL is '\(name)', which this processor cannot run"
    }
  }

  var hint: String {
    switch self {
    case .unknownCommand(_, let nearest?): return "did you mean 'lmpt \(nearest)'"
    case .unknownOption(_, _, let nearest?): return "did you mean '\(nearest)'"
    case .unknownCommand: return "'lmpt --help' lists the commands"
    case .unknownOption(_, let command, _), .missingOption(_, let command),
      .missingArgument(_, let command), .unexpectedArgument(_, let command):
      return "'lmpt \(command) --help' shows its options and two examples"
    case .kernels(.unknown(_, let available)), .kernels(.unsupported(_, let available)):
      return "use one of \(available.joined(separator: ", ")), or leave it unset"
    case .missingValue, .unexpectedValue, .badValue, .conflict:
      return "'lmpt COMMAND --help' shows what each option takes"
    }
  }
}
