// PaperExercises - the answers to the page's exercises, by running their commands.
// SPDX-License-Identifier: Apache-2.0

/// A command with what it prints.
package struct ExerciseAnswer: Sendable {
  /// The command line, as a reader types it.
  package let command: String
  /// What it printed when the page was made.
  package let output: String
}

/// The exercises of the page.
package enum PaperExercises {
  /// Runs a command line in this process.
  ///
  /// - Parameters:
  ///   - command: `lmpt` and its words; a word in double quotes may hold spaces.
  ///   - run: runs the words behind `lmpt` and returns what they print.
  /// - Returns: nil for a line that is no command of `lmpt`.
  /// - Throws: what `run` throws.
  package static func answer(
    _ command: String, run: ([String]) throws -> String
  ) throws -> ExerciseAnswer? {
    let words = words(of: command)
    guard words.first == "lmpt", words.count > 1 else { return nil }
    return ExerciseAnswer(command: command, output: try run(Array(words.dropFirst())))
  }

  /// The words of a line, as a shell without expansions reads them.
  static func words(of line: String) -> [String] {
    var (words, word, isQuoted, isOpen) = ([String](), "", false, false)
    for character in line {
      switch character {
      case "\"": (isQuoted, isOpen) = (!isQuoted, true)
      case " " where !isQuoted:
        if isOpen { words.append(word) }
        (word, isOpen) = ("", false)
      default:
        word.append(character)
        isOpen = true
      }
    }
    return isOpen ? words + [word] : words
  }
}
