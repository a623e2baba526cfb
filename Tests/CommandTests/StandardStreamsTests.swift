// StandardStreamsTests - a reader that goes away.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct StandardStreamsTests {
  @Test("a closed pipe ends the program quietly")
  func closedPipe() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", "'\(Program.path)' man | head -n 1"]
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    process.waitUntilExit()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    #expect(String(decoding: text, as: UTF8.self).split(separator: "\n").count == 1)
    #expect(errors.fileHandleForReading.readDataToEndOfFile().isEmpty)
  }
}
