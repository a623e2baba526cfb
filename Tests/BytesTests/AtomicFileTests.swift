// AtomicFileTests - the old file or the new one, never a part, never a leftover.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@Suite("AtomicFile")
struct AtomicFileTests {
  struct Failure: Error {}

  @Test("files are created and replaced, and nothing else is left in the folder")
  func replace() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/a.txt"
    try AtomicFile.write("one", to: path)
    try AtomicFile.write("two \u{1F600}", to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "two \u{1F600}")
    try AtomicFile.write(to: path) { sink in
      for piece in 0..<1000 { try sink.write([UInt8](repeating: UInt8(piece % 251), count: 100)) }
      #expect(sink.count == 100_000)
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == 100_000)
    #expect(try folder.files == ["a.txt"])
  }

  @Test("when the body fails, the old file stays and no temporary file is left")
  func failure() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/a.txt"
    for existing in [false, true] {
      if existing { try AtomicFile.write("old", to: path) }
      #expect(throws: Failure.self) {
        try AtomicFile.write(to: path) { sink in
          try sink.write([1, 2, 3])
          throw Failure()
        }
      }
      #expect(try folder.files == (existing ? ["a.txt"] : []))
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
  }

  @Test("a link is followed, permissions are kept, long names fit")
  func details() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/a"
    try AtomicFile.write("1", to: path)
    chmod(path, 0o640)
    symlink(path, "\(folder.path)/link")
    try AtomicFile.write("2", to: "\(folder.path)/link")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "2")
    var status = stat()
    #expect(lstat("\(folder.path)/link", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
    let long = String(repeating: "n", count: 255)
    try AtomicFile.write("3", to: "\(folder.path)/\(long)")
    #expect(try folder.files == ["a", "link", long])
  }

  @Test("the next writer of a file removes what dead ones left of it, and nothing else")
  func dead() throws {
    let folder = try TemporaryFolder()
    let living = try folder.write(".a.tmp-1-2", "")
    // A writer holds its temporary file until it dies.
    let descriptor = open(living, O_WRONLY)
    defer { close(descriptor) }
    #expect(flock(descriptor, LOCK_EX) == 0)
    for name in [".a.tmp-1-1", ".b.tmp-1-1", ".a.b.tmp-1-1"] { _ = try folder.write(name, "") }
    try AtomicFile.write("x", to: "\(folder.path)/a")
    #expect(try folder.files == [".a.b.tmp-1-1", ".a.tmp-1-2", ".b.tmp-1-1", "a"])
    AtomicFile.removeLeftovers(in: folder.path, shared: true)
    #expect(try folder.files == [".a.tmp-1-2", "a"])
    AtomicFile.removeLeftovers(in: folder.path)
    #expect(try folder.files == ["a"])
  }

  @Test("targets that cannot be files are refused")
  func refusals() throws {
    let folder = try TemporaryFolder()
    func outcome(_ path: String) -> String? { errorCode { try AtomicFile.write("x", to: path) } }
    #expect(outcome(folder.path) == "file.is-folder")
    #expect(outcome("\(folder.path)/") == "file.is-folder")
    #expect(outcome("\(folder.path)/none/a") == "file.no-folder")
    #expect(outcome("/dev/null") == "file.not-regular")
    #expect(outcome("") == "file.bad-path")
    #expect(outcome("\(folder.path)/a\0b") == "file.bad-path")
    #expect(outcome("\(folder.path)/\(String(repeating: "n", count: 300))") == "file.bad-path")
    if getuid() != 0 {
      chmod(folder.path, 0o500)
      #expect(outcome("\(folder.path)/a") == "file.unwritable")
      chmod(folder.path, 0o700)
    }
  }

  @Test("a link to a name beside it is followed from where it lies")
  func relativeLink() throws {
    let folder = try TemporaryFolder()
    let inside = "\(folder.path)/inside"
    try FileManager.default.createDirectory(
      atPath: inside, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: "\(inside)/link", withDestinationPath: "target")
    try AtomicFile.write("x", to: "\(inside)/link")
    #expect(try String(contentsOfFile: "\(inside)/target", encoding: .utf8) == "x")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: inside).sorted() == ["link", "target"])
  }

  @Test("only what an interrupted write leaves is removed, not other hidden files")
  func leftovers() throws {
    let folder = try TemporaryFolder()
    let kept = [".a.tmp-1", ".a.tmp-1-2-3", ".a.tmp-x-2", ".hidden", ".notes.old-1-2", "a.tmp-1-2"]
    for name in kept + [".a.tmp-1-2", ".x.y.tmp-34-5"] { _ = try folder.write(name, "") }
    AtomicFile.removeLeftovers(in: folder.path)
    #expect(try folder.files == kept.sorted())
  }
}
