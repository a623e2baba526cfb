// DatasetAuditTests - files that are missing, no pictures, or in both lists.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@testable import LMPTTuning

@Suite struct DatasetAuditTests {
  @Test("the audit tells missing files, files that are no pictures, and images of both lists")
  func audit() throws {
    let folder = try TemporaryFolder()
    let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    func write(_ name: String, _ bytes: [UInt8]) throws {
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
    }
    try write("whole.png", png + [0])
    try write("short.png", png)
    try write("text.png", Array("not a picture at all".utf8))
    let set = SmallDataset.of(
      [("whole.png", [0]), ("gone.png", [0]), ("short.png", [0])],
      [("text.png", [0]), ("whole.png", [0]), ("also gone.png", [0])], root: folder.path)
    let audit = DatasetAudit(set)
    #expect(audit.images == 6)
    #expect(audit.missing == ["gone.png", "also gone.png"])
    #expect(audit.notPictures == ["short.png", "text.png"])
    #expect(audit.inBoth == ["whole.png"])
  }
}
