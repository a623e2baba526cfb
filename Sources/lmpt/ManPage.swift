// ManPage - lmpt(1), written from the option table.
// SPDX-License-Identifier: Apache-2.0

import LMPTTuning

enum ManPage {
  /// The page of some commands in the `man` macros of troff.
  static func text(of commands: [Command]) -> String {
    var out = """
      .\\" Made by 'lmpt man'.
      .TH LMPT 1 "" "lmpt \(programVersion)" "User Commands"
      .SH NAME
      lmpt \\- prompt tuning with class\\-specific embedding loss, an executable reference
      .SH SYNOPSIS
      .B lmpt
      .I COMMAND
      [\\fIOPTIONS\\fR]
      .SH DESCRIPTION
      Tunes the prompts of a frozen CLIP model for long\\-tailed multi\\-label recognition, as the
      paper LMPT (arXiv 2305.04536) describes it, and evaluates, predicts and reports.
      .PP
      Start with
      .BR "lmpt demo" ,
      which does the whole job on embedded pictures and weights.
      .SH COMMANDS

      """
    for command in commands.flatMap({ $0.subcommands.isEmpty ? [$0] : $0.subcommands }) {
      let operands = command.operands.isEmpty ? "" : " \\fI\(escaped(command.operands))\\fR"
      out += ".SS \"lmpt \(escaped(command.name))\(operands) [\\fIOPTIONS\\fR]\"\n"
      out += "\(line(sentence(command.summary)))\n"
      out += command.options.map(entry).joined()
      out += ".PP\nExamples:\n.PP\n.nf\n.RS 4\n"
      out += command.examples.map { line($0) + "\n" }.joined()
      out += ".RE\n.fi\n"
    }
    out += ".SH \"OPTIONS OF EVERY COMMAND\"\n" + Option.common.map(entry).joined()
    out += ".SH ENVIRONMENT\n"
    for (name, help) in Help.environment {
      out += ".TP\n.B \(escaped(name))\n\(line(help))\n"
    }
    out += ".SH \"EXIT STATUS\"\n"
    for (code, help) in Help.exitCodes { out += ".TP\n.B \(code)\n\(line(help))\n" }
    return out
  }

  private static func entry(_ option: Option) -> String {
    let names = option.spellings.map { "\\fB\(escaped($0))\\fR" }.joined(separator: ", ")
    let value = option.value.map { " \\fI\(escaped($0))\\fR" } ?? ""
    let fallback = option.fallback.map { " (default: \($0()))" } ?? ""
    return ".TP\n\(names)\(value)\n\(line(option.help + fallback))\n"
  }

  private static func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst() + "."
  }

  /// Text inside a line: a hyphen as a minus, a backslash as itself, so that examples can be copied.
  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
  }

  /// A line of text, which must not begin with a control character.
  private static func line(_ text: String) -> String {
    let text = escaped(text)
    return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
  }
}
