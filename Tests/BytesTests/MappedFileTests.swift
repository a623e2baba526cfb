// MappedFileTests - mapped bytes, and paths that are no files.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@Suite("MappedFile")
struct MappedFileTests {
  @Test("bytes are those of the file, through a link too, and stay when the file is replaced")
  func bytes() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/a"
    try AtomicFile.write([1, 2, 3], to: path)
    let file = try MappedFile(path: path)
    #expect(file.withBytes { Array($0) } == [1, 2, 3])
    try AtomicFile.write([9], to: path)
    #expect(file.withBytes { Array($0) } == [1, 2, 3])
    symlink(path, "\(folder.path)/link")
    let linked = try MappedFile(path: "\(folder.path)/link")
    #expect(linked.withBytes { Array($0) } == [9])
  }

  @Test("an empty file has no bytes")
  func empty() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write([UInt8](), to: "\(folder.path)/a")
    let file = try MappedFile(path: "\(folder.path)/a")
    #expect(file.withBytes { Array($0) }.isEmpty)
  }

  @Test("what is no readable file is refused, and a pipe does not wait")
  func refusals() throws {
    let folder = try TemporaryFolder()
    let pipe = "\(folder.path)/pipe"
    mkfifo(pipe, 0o600)
    func outcome(_ path: String) -> String? { errorCode { _ = try MappedFile(path: path) } }
    #expect(outcome("\(folder.path)/none") == "file.missing")
    #expect(outcome("\(folder.path)/none/none") == "file.missing")
    #expect(outcome(folder.path) == "file.is-folder")
    #expect(outcome(pipe) == "file.not-regular")
    #expect(outcome("/dev/null") == "file.not-regular")
    #expect(outcome("") == "file.bad-path")
    #expect(outcome("a\0b") == "file.bad-path")
    #expect(outcome(String(repeating: "a", count: 5000)) == "file.bad-path")
    let secret = "\(folder.path)/secret"
    try AtomicFile.write([1], to: secret)
    chmod(secret, 0)
    // The superuser may read everything.
    #expect(outcome(secret) == (getuid() == 0 ? nil : "file.unreadable"))
  }
}
