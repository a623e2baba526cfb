// Help - the pages of --help, written from the option table for the terminal's width.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning

enum Help {
  /// The variables that every command honours.
  static let environment = [
    (
      "LMPT_KERNEL",
      "baseline, baseline-fast, avx2, avx512 or neon instead of the best that the processor has."
    ),
    ("LMPT_FIXTURES", "the folder with the mini benchmark and the stored outputs."),
    ("XDG_CACHE_HOME", "where image features are kept, in the folder lmpt; ~/.cache without it."),
    ("COLUMNS", "the width of help pages and progress lines, instead of the terminal's own."),
    ("NO_COLOR", "no colours, when set and not empty (no-color.org)."),
  ]

  /// What the exit codes mean.
  static let exitCodes = [
    (0, "fine."), (1, "an error of the program itself."), (2, "a mistake on the command line."),
    (3, "an input file is missing or wrong."), (4, "a numeric check failed."),
    (130, "interrupted; what was done is saved, and the message says how to go on."),
  ]

  /// The page of a command.
  static func output(of command: Command) -> Output {
    Output(json: json(for: command), text: text(for: command, width: TextWidth.columns()))
  }

  /// The page of all commands.
  static func overview(of commands: [Command]) -> Output {
    Output(json: json(for: commands), text: text(for: commands, width: TextWidth.columns()))
  }

  /// What `lmpt --help` prints.
  private static func text(for commands: [Command], width: Int) -> String {
    let title =
      "lmpt - prompt tuning with class-specific embedding loss (LMPT), an executable reference"
    let end = [
      "Every command takes --threads N, --json, --quiet and --help.",
      "'lmpt COMMAND --help' shows a command's options and two examples.",
      "Start with 'lmpt demo', which does the whole job on embedded pictures and weights.",
    ]
    return page(
      TextWidth.lines(title, width: width) + ["", "Usage: lmpt COMMAND [OPTIONS]", "", "Commands:"]
        + list(commands, width: width) + [""]
        + end.flatMap { TextWidth.lines($0, width: width) })
  }

  /// What `lmpt COMMAND --help` prints.
  static func text(for command: Command, width: Int) -> String {
    let operands = command.operands.isEmpty ? "" : " \(command.operands)"
    var lines = TextWidth.lines(command.summary, width: width)
    lines += ["", "Usage: lmpt \(command.name)\(operands) [OPTIONS]"]
    if command.subcommands.isEmpty {
      for (heading, options) in sections(command.table) {
        lines += ["", "\(heading):"] + options.flatMap { entry($0, width: width) }
      }
    } else {
      lines += ["", "Commands:"] + list(command.subcommands, width: width)
      let page = "'lmpt \(command.name) COMMAND --help' shows the options of each."
      lines += [""] + TextWidth.lines(page, width: width)
    }
    lines += command.more(width)
    lines += ["", "Examples:"]
    lines += command.examples.flatMap { TextWidth.command($0, width: width).map { "  \($0)" } }
    return page(lines)
  }

  /// Commands with what they do.
  private static func list(_ commands: [Command], width: Int) -> [String] {
    let names = commands.map { String($0.name.split(separator: " ").last ?? "") }
    let column = (names.map(\.count).max() ?? 0) + 4
    return zip(names, commands).flatMap { name, command in
      hanging(
        "  \(name)", TextWidth.lines(command.summary, width: width - column), column: column)
    }
  }

  /// Options under their headings; without any, in one list.
  private static func sections(_ options: [Option]) -> [(heading: String, options: [Option])] {
    guard options.contains(where: { $0.section != nil && $0.section != .common }) else {
      return [("Options", options)]
    }
    return options.reduce(into: []) { list, option in
      let heading = option.section?.rawValue ?? "Options"
      if list.last?.heading == heading {
        list[list.count - 1].options.append(option)
      } else {
        list.append((heading, [option]))
      }
    }
  }

  /// An option: its names and its value, and what it does from a column on.
  private static func entry(_ option: Option, width: Int) -> [String] {
    let names = option.spellings.joined(separator: ", ")
    // A short default is not torn apart.
    var fallback = option.fallback.map { "(default: \($0()))" } ?? ""
    if fallback.count <= 30 { fallback = fallback.replacing(" ", with: "\u{A0}") }
    let left = "  \(names)" + (option.value.map { " \($0)" } ?? "")
    let column = 26
    let said = TextWidth.lines("\(option.help) \(fallback)", width: width - column)
      .map { $0.replacing("\u{A0}", with: " ") }
    guard left.count > width, let value = option.value else {
      return hanging(left, said, column: column)
    }
    // A value that is too long for the line of the names has lines of its own.
    return ["  \(names)"]
      + TextWidth.alternatives(value, width: width - 6).map { "      \($0)" }
      + hanging("", said, column: column)
  }

  /// Lines from a column on, beside what stands left of it, or below it where that is too long.
  static func hanging(_ left: String, _ lines: [String], column: Int) -> [String] {
    let margin = String(repeating: " ", count: column)
    guard !left.isEmpty else { return lines.map { margin + $0 } }
    guard left.count + 2 <= column, let first = lines.first else {
      return [left] + lines.map { margin + $0 }
    }
    return [left.padded(to: column) + first] + lines.dropFirst().map { margin + $0 }
  }

  private static func page(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

  /// What `lmpt --help --json` prints: every command with its options.
  private static func json(for commands: [Command]) -> JSON {
    .object([
      ("version", .string(programVersion)), ("commands", .array(commands.map(json(for:)))),
      ("environment", .object(environment.map { ($0.0, .string($0.1)) })),
      ("exit_codes", .object(exitCodes.map { (String($0.0), .string($0.1)) })),
    ])
  }

  /// What `lmpt COMMAND --help --json` prints.
  static func json(for command: Command) -> JSON {
    .object([
      ("name", .string(command.name)), ("summary", .string(command.summary)),
      ("operands", .string(command.operands)), ("options", .array(command.table.map(json(for:)))),
      ("subcommands", .array(command.subcommands.map(json(for:)))),
      ("examples", .array(command.examples.map(JSON.string))),
    ])
  }

  private static func json(for option: Option) -> JSON {
    .object([
      ("name", .string(option.name)), ("aliases", .array(option.aliases.map(JSON.string))),
      ("value", option.value.map(JSON.string) ?? .null), ("help", .string(option.help)),
      ("default", option.fallback.map { .string($0()) } ?? .null),
      ("section", option.section.map { .string($0.rawValue) } ?? .null),
    ])
  }
}

extension String {
  /// The string with spaces appended up to a width.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
