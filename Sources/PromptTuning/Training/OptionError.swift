// OptionError - options that cannot be set, or do not go together.
// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Why options by words cannot be set; the names have hyphens, as on the command line.
package enum OptionError: DiagnosticError, Equatable {
  /// A word that the option does not take.
  case badValue(String, found: String, expected: String)
  /// An option that means nothing to the method.
  case meaningless(String, method: String)
  /// Two switches of one option.
  case exclusive(String, String)
  /// The general tokens do not fit into the context.
  case splitBehindContext(split: Int, context: Int)

  /// Stable identifier.
  package var code: String {
    switch self {
    case .badValue: "option.bad-value"
    case .meaningless: "option.meaningless"
    case .exclusive: "option.exclusive"
    case .splitBehindContext: "option.split-behind-context"
    }
  }

  /// What is wrong and where.
  package var message: String {
    switch self {
    case .badValue(let option, let found, let expected):
      "\(option) is '\(found)', expected \(expected)"
    case .meaningless(let option, let method): "\(option) has no meaning for method \(method)"
    case .exclusive(let one, let other): "\(one) and \(other) exclude each other"
    case .splitBehindContext(let split, let context):
      "m-ctx \(split) is greater than n-ctx \(context)"
    }
  }

  /// What to do.
  package var hint: String {
    switch self {
    case .badValue: "TrainingOptions.table says what each option takes"
    case .meaningless: "leave it out, or choose a method that tunes prompts"
    case .exclusive: "leave one of them out"
    case .splitBehindContext: "lengthen the context, or let the instance tokens begin earlier"
    }
  }
}
