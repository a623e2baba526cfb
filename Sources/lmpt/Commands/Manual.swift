// Manual - `lmpt completions` and `lmpt man`: what a shell and `man` know about this program.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

extension Command {
  static let completions = Command(
    name: "completions",
    summary: "print the script that completes command lines in a shell",
    operands: Shell.allCases.map(\.rawValue).joined(separator: "|"),
    options: [],
    examples: [
      "lmpt completions bash > ~/.local/share/bash-completion/completions/lmpt",
      "lmpt completions fish > ~/.config/fish/completions/lmpt.fish",
    ],
    run: runCompletions)

  static let man = Command(
    name: "man",
    summary: "print the manual page",
    options: [],
    examples: [
      "lmpt man > ~/.local/share/man/man1/lmpt.1",
      "lmpt man | man -l -",
    ],
    run: { arguments in
      try arguments.expectNoOperands()
      return output(ManPage.text(of: Command.all), as: "manual")
    })
}

private func runCompletions(_ arguments: Arguments) throws -> Output {
  let expected = Shell.allCases.map(\.rawValue).joined(separator: ", ")
  let name = try arguments.operands(1, "a shell: \(expected)")[0]
  guard let shell = Shell(rawValue: name) else {
    throw UsageError.badValue(option: "the shell", found: name, expected: "one of \(expected)")
  }
  return output(shell.completions(of: Command.all), as: "script")
}

/// A text as it is, or as the only member of a JSON object.
private func output(_ text: String, as key: String) -> Output {
  Output(json: JSON.object([(key, .string(text))]), text: text)
}
