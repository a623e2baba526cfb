// PaperExercisesTests - a line of the prose becomes the words of a command.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTPaper

@Suite struct PaperExercisesTests {
  @Test func quotedWordsStayWhole() {
    #expect(
      PaperExercises.words(of: "lmpt tokenize  \"a dog.\" \"\" --json")
        == ["lmpt", "tokenize", "a dog.", "", "--json"])
  }

  @Test func theWordsBehindTheProgramAreRun() throws {
    let answer = try PaperExercises.answer("lmpt equation E4") { $0.joined(separator: "|") }
    #expect(answer?.output == "equation|E4")
    #expect(answer?.command == "lmpt equation E4")
  }

  @Test func anotherProgramIsNotRun() throws {
    let answer = try PaperExercises.answer("rm -r .") { _ in "run" }
    #expect(answer == nil)
  }
}
