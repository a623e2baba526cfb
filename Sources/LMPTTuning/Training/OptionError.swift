// OptionError - options that cannot be set, or do not go together.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Why options by words cannot be set; the names have hyphens, as on the command line.
package enum OptionError: DiagnosticError, Equatable {
  /// A word that the option does not take.
  case badValue(String, found: String, expected: String)
  /// An option that means nothing to the method.
  case meaningless(String, method: String)
  /// Two switches of one option.
  case exclusive(String, String)
  /// The general tokens do not fit into the context.
  case offsetBehindContext(offset: Int, context: Int)

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .badValue(let option, let found, let expected):
      Diagnostic(
        "option.bad-value", "\(option) is '\(found)', expected \(expected)",
        hint: "TrainingOptions.table says what each option takes")
    case .meaningless(let option, let method):
      Diagnostic(
        "option.meaningless", "\(option) has no meaning for method \(method)",
        hint: "leave it out, or choose a method that tunes prompts")
    case .exclusive(let one, let other):
      Diagnostic(
        "option.exclusive", "\(one) and \(other) exclude each other", hint: "leave one of them out")
    case .offsetBehindContext(let offset, let context):
      Diagnostic(
        "option.split-behind-context", "m-ctx \(offset) is greater than n-ctx \(context)",
        hint: "lengthen the context, or let the instance tokens begin earlier")
    }
  }
}
