// Help - the pages of --help, written from the option table.
// SPDX-License-Identifier: Apache-2.0

import Bytes

enum Help {
  /// The variables that every command honours.
  static let environment = [
    ("LMPT_KERNEL", "baseline, avx2, avx512 or neon instead of the best that the processor has."),
    ("LMPT_FIXTURES", "the folder with the mini benchmark and the stored outputs."),
    ("XDG_CACHE_HOME", "where image features are kept, in the folder lmpt; ~/.cache without it."),
    ("NO_COLOR", "no colours, when set and not empty (no-color.org)."),
  ]

  /// What the exit codes mean.
  static let exitCodes = [
    (0, "fine."), (1, "an error of the program itself."), (2, "a mistake on the command line."),
    (3, "an input file is missing or wrong."), (4, "a numeric check failed."),
    (130, "interrupted; what was done is saved, and the message says how to go on."),
  ]

  /// What `lmpt --help` prints.
  static var overview: String {
    let width = Command.all.map(\.name.count).max() ?? 0
    var text = """
      lmpt - prompt tuning with class-specific embedding loss (LMPT), an executable reference

      Usage: lmpt COMMAND [OPTIONS]

      Commands:

      """
    for command in Command.all {
      text += "  \(command.name.padded(to: width))  \(command.summary)\n"
    }
    text += """

      Every command takes --threads N, --json, --quiet and --help.
      'lmpt COMMAND --help' shows a command's options and two examples.
      Start with 'lmpt demo', which does the whole job on embedded pictures and weights.

      """
    return text
  }

  /// The page of a command, or the overview of all.
  static func output(of command: Command?) -> Output {
    Output(
      json: command.map(json(for:)) ?? json, text: command.map(text(for:)) ?? overview)
  }

  /// What `lmpt COMMAND --help` prints.
  static func text(for command: Command) -> String {
    var text = "\(command.summary)\n\nUsage: lmpt \(command.name)"
    if !command.operands.isEmpty { text += " \(command.operands)" }
    text += " [OPTIONS]\n\nOptions:\n"
    let table = command.table
    let width = table.map { left($0).count }.max() ?? 0
    for option in table {
      text += "  \(left(option).padded(to: width))  \(option.help)"
      if let fallback = option.fallback { text += " (default: \(fallback))" }
      text += "\n"
    }
    text += "\nExamples:\n" + command.examples.map { "  \($0)\n" }.joined()
    return text
  }

  /// What `lmpt --help --json` prints: every command with its options.
  static var json: JSON {
    .object([
      ("version", .string(Main.version)), ("commands", .array(Command.all.map(json(for:)))),
      ("environment", .object(environment.map { ($0.0, .string($0.1)) })),
      ("exit_codes", .object(exitCodes.map { (String($0.0), .string($0.1)) })),
    ])
  }

  /// What `lmpt COMMAND --help --json` prints.
  static func json(for command: Command) -> JSON {
    .object([
      ("name", .string(command.name)), ("summary", .string(command.summary)),
      ("operands", .string(command.operands)),
      (
        "options",
        .array(
          command.table.map { option in
            .object([
              ("name", .string(option.name)), ("aliases", .array(option.aliases.map(JSON.string))),
              ("value", option.value.map(JSON.string) ?? .null), ("help", .string(option.help)),
              ("default", option.fallback.map(JSON.string) ?? .null),
            ])
          })
      ), ("examples", .array(command.examples.map(JSON.string))),
    ])
  }

  private static func left(_ option: Option) -> String {
    let names = ([option.name] + option.aliases).map { "--\($0)" }.joined(separator: ", ")
    return option.value.map { "\(names) \($0)" } ?? names
  }
}

extension String {
  /// The string with spaces appended up to a width.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
