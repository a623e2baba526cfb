// FolderEntriesTests - the names of a folder, also those that are no UTF-8.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@testable import LMPTBytes

@Suite struct FolderEntriesTests {
  @Test("every name comes back as a path that leads to its file")
  func names() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("a.jpg", "")
    _ = try folder.write(".hidden", "")
    let odd = "\(folder.path)/" + String(pathBytes: [0xE9, 0x2E, 0x6A])
    let descriptor = odd.withPath { open($0, O_CREAT | O_WRONLY, 0o600) }
    // Some file systems take UTF-8 alone.
    if descriptor >= 0 { close(descriptor) }
    let expected = [".", "..", ".hidden", "a.jpg"] + (descriptor >= 0 ? [odd.fileName] : [])
    #expect(folderEntries(folder.path).sorted() == expected.sorted())
    _ = odd.withPath { unlink($0) }
    #expect(folderEntries("\(folder.path)/none").isEmpty)
    #expect(folderEntries("\(folder.path)/a.jpg").isEmpty)
  }
}
