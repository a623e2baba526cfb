// BenchTests - the benchmark program, when its work fails.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@Suite struct BenchTests {
  @Test("a benchmark whose work fails is no measurement")
  func failingWork() throws {
    let program = URL(fileURLWithPath: Program.path).deletingLastPathComponent().path + "/bench"
    let folder = try TemporaryFolder()
    let bytes = try Fixtures.bytes("mini/images/test/000001.jpg")
    try Data(bytes.prefix(900)).write(to: URL(fileURLWithPath: "\(folder.path)/cut.jpg"))
    let words = "images --folder '\(folder.path)' --rounds 1 --threads 1"
    let failed = try Program.shell("'\(program)' \(words)")
    #expect(failed.code == 3 && failed.errors.contains("end early"), "\(failed.errors)")
    try Data(bytes).write(to: URL(fileURLWithPath: "\(folder.path)/cut.jpg"))
    #expect(try Program.shell("'\(program)' \(words)").code == 0)
  }
}
