// InstalledTests - the files that come with the program, looked for where they are not.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import Testing

@Suite struct InstalledTests {
  @Test("a folder without fixtures is refused by the name of the variable that names it")
  func elsewhere() throws {
    let folder = try TemporaryFolder()
    let lost = try Program.run(["zeroshot"], environment: ["LMPT_FIXTURES": folder.path])
    #expect(lost.code == 3 && lost.errors.contains("LMPT_FIXTURES"), "\(lost.errors)")
  }
}
