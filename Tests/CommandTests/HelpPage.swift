// HelpPage - a page of --help as a reader takes it in: options with what is said of each.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A page of help, its broken lines joined again.
struct HelpPage {
  let text: String
  /// The names of an option, and its value and description on one line.
  private(set) var options: [(names: [String], said: String)] = []
  /// The commands that it lists.
  private(set) var commands: [String] = []

  /// Asks the program for the page of a command, the overview without one.
  init(_ words: [String], columns: Int = 80) throws {
    let outcome = try Program.run(words + ["--help"], environment: ["COLUMNS": "\(columns)"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    text = outcome.output
    var (isCommands, isOption) = (false, false)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "Examples:" { break }
      isOption = line.hasPrefix("  --") || isOption && line.hasPrefix("      ")
      if line.hasPrefix("  --") {
        let words = line.split(separator: " ")
        let names = words.map { $0.hasSuffix(",") ? $0.dropLast() : $0 }
          .prefix { $0.hasPrefix("--") }.map(String.init)
        options.append((names, line.dropFirst(2).trimmingCharacters(in: .whitespaces)))
      } else if isOption {
        options[options.count - 1].said += " " + line.trimmingCharacters(in: .whitespaces)
      } else if !line.hasPrefix(" ") {
        isCommands = line == "Commands:"
      } else if isCommands, !line.hasPrefix("   ") {
        commands.append(String(line.split(separator: " ")[0]))
      }
    }
  }

  /// Every page: the overview, each command's, and those of the commands below them.
  static func all(columns: Int = 80) throws -> [(words: [String], page: HelpPage)] {
    let overview = try HelpPage([], columns: columns)
    return try [([], overview)]
      + overview.commands.flatMap { name in
        let page = try HelpPage([name], columns: columns)
        return try [([name], page)]
          + page.commands.map { ([name, $0], try HelpPage([name, $0], columns: columns)) }
      }
  }
}
