// PaperErrorTests - what a fault of the prose says.
// SPDX-License-Identifier: Apache-2.0

import LMPTPaper
import Testing

@Suite struct PaperErrorTests {
  @Test("a fault of the prose names file and line")
  func place() {
    let error = PaperError.prose(file: "03-prompt.md", line: 7, what: "no command \\foo")
    #expect(error.diagnostic.message == "03-prompt.md:7: no command \\foo")
  }
}
