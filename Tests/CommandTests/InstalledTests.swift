// InstalledTests - the files that come with the program, looked for where they are not.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@Suite struct InstalledTests {
  @Test("a folder without fixtures is refused by the name of the variable that names it")
  func elsewhere() throws {
    let folder = try TemporaryFolder()
    let lost = try Program.run(["zeroshot"], environment: ["LMPT_FIXTURES": folder.path])
    #expect(lost.code == 3 && lost.errors.contains("LMPT_FIXTURES"), "\(lost.errors)")
  }

  @Test(
    "a bare copy of the program says what is missing, where it was looked for and how to get it")
  func bare() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/bin", withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: Program.path, toPath: "\(folder.path)/bin/lmpt")
    func run(_ words: String) throws -> Outcome {
      try Program.shell("cd '\(folder.path)' && env -u LMPT_FIXTURES bin/lmpt \(words)")
    }
    for words in ["demo", "selftest", "zeroshot", "train --dataset mini --out run"] {
      let outcome = try run(words)
      #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(words): \(outcome.errors)")
      #expect(outcome.errors.contains("/share/lmpt/Fixtures: the mini benchmark and the fixtures"))
      #expect(outcome.errors.contains("'make install'") && outcome.errors.contains("LMPT_FIXTURES"))
    }
    let doctor = try run("doctor")
    #expect(doctor.code == 0 && doctor.output.contains("--  fixtures"), "\(doctor.output)")
    #expect(doctor.output.contains("make install"))
    #expect(try run("tokenize cat --json").output == "{\"ids\":[49406,2368,49407]}\n")
    #expect(try folder.files == ["bin"], "a refused command leaves nothing")
  }
}
