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

  @Test("why a file is no picture is what its decoder says; a beginning alone is damaged")
  func why() throws {
    let folder = try TemporaryFolder()
    func code(_ name: String, _ bytes: [UInt8]) throws -> String {
      let path = "\(folder.path)/\(name)"
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      return DatasetAudit.whyNoPicture(path).code
    }
    let heic = [0, 0, 0, 24] + Array("ftypheic\0\0\0\0mif1heic".utf8)
    #expect(try code("a.heic", heic) == "image.unsupported-format")
    #expect(try code("b.jpg", []) == "image.empty-file")
    #expect(try code("c.jpg", Array("%PDF-1.7\n".utf8)) == "image.not-a-picture")
    #expect(try code("d.jpg", [0xFF, 0xD8, 0xFF, 0xE0]) == "annotations.not-a-picture")
  }

  @Test("a path with other capitals leads to the file that is there")
  func capitals() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/Photos", withIntermediateDirectories: false)
    _ = try folder.write("Photos/1.JPG", "x")
    _ = try folder.write("Photos/2.jpg", "x")
    func there(_ path: String) -> String? {
      DatasetAudit.sameButCapitals(path, in: folder.path)
    }
    #expect(there("photos/1.jpg") == "Photos/1.JPG" && there("Photos/1.Jpg") == "Photos/1.JPG")
    #expect(there("photos/2.jpg") == "Photos/2.jpg")
    #expect(there("Photos/2.jpg") == nil && there("photos/3.jpg") == nil && there("x/1.jpg") == nil)
  }
}
