// GrowingFileTests - files that grow, are cut back to what was noted, and go on.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@testable import LMPTBytes

@Suite struct GrowingFileTests {
  private func contents(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test("what stands behind the noted bytes is cut off, and the rest is added")
  func goesOn() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/rows"
    do {
      let file = try GrowingFile(path)
      try file.append([1, 2, 3])
      try file.flush()
      try file.append([4, 5])
      #expect(file.count == 5)
    }
    let again = try GrowingFile(path, keeping: 3)
    #expect(try contents(path) == [1, 2, 3])
    try again.append([9])
    try again.overwriteStart([7, 8])
    try again.append([6])
    #expect(try contents(path) == [7, 8, 3, 9, 6])
    #expect(again.count == 5)
  }

  @Test("a file with fewer bytes than were noted, a folder, and no folder are told")
  func refusals() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/rows"
    try GrowingFile(path).append([1])
    func cause(_ body: () throws -> Void) -> FileAccessError? {
      do { try body() } catch { return (error as? FileError)?.cause as? FileAccessError }
      return nil
    }
    #expect(cause { _ = try GrowingFile(path, keeping: 2) } == .changed)
    #expect(try contents(path) == [1])
    #expect(cause { _ = try GrowingFile(folder.path) } == .isFolder)
    #expect(cause { _ = try GrowingFile("\(folder.path)/none/rows") } == .noFolder)
  }
}
