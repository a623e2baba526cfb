// MappedFileTests - mapped bytes, and paths that are no files.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Testing

/// A folder that is removed when its scope ends.
final class TestFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/lmpt-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var files: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? []
  }
}

/// The code of the diagnostic that `body` ends with, or nil.
func errorCode(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch let error as any DiagnosticError {
    return error.code
  } catch {
    return "\(error)"
  }
}

@Suite("MappedFile")
struct MappedFileTests {
  @Test("bytes are those of the file, through a link too, and stay when the file is replaced")
  func bytes() throws {
    let folder = try TestFolder()
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
    let folder = try TestFolder()
    try AtomicFile.write([UInt8](), to: "\(folder.path)/a")
    let file = try MappedFile(path: "\(folder.path)/a")
    #expect(file.withBytes { Array($0) }.isEmpty)
  }

  @Test("what is no readable file is refused, and a pipe does not wait")
  func refusals() throws {
    let folder = try TestFolder()
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
