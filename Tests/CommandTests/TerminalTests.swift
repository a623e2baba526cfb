// TerminalTests - names from files on a terminal.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import Testing
import LMPTWeights

@Suite struct TerminalTests {
  @Test("names from files are escaped on a terminal, and only there")
  func names() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/x.safetensors"
    let name = "a\u{1B}[2Jb\r\u{202E}c"
    try Safetensors.write(
      [NamedArray(name, floats: [1])], metadata: ["k\u{7}": "v\u{1B}]0;t\u{7}"], to: path)
    let seen = try onTerminal(["inspect", path])
    #expect(seen.contains("a\\u{1b}[2Jb\\u{d}\\u{202e}c"), "\(seen.debugDescription)")
    #expect(seen.contains("k\\u{7}: v\\u{1b}]0;t\\u{7}") && !seen.contains("\u{1B}"))
    #expect(try Program.run(["inspect", path]).output.contains(name))
    let output = "\(folder.path)/o\u{1B}[31m.npy"
    let written = try onTerminal([
      "pixels", Fixtures.path("mini/images/test/000001.jpg"), "--output", output,
    ])
    #expect(written.contains("o\\u{1b}[31m.npy") && !written.contains("\u{1B}"))
  }
}
