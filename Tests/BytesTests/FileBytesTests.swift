// FileBytesTests - files read whole, and files that others write to meanwhile.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@Suite("FileBytes")
struct FileBytesTests {
  @Test("bytes are those of the file, through a link too, and stay when the file is shortened")
  func bytes() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/a"
    let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    try AtomicFile.write(content, to: path)
    symlink(path, "\(folder.path)/link")
    for name in [path, "\(folder.path)/link"] {
      let file = try FileBytes(path: name)
      #expect(file.path == name)
      truncate(path, 0)
      #expect(file.withBytes { Array($0) } == content)
      try AtomicFile.write(content, to: path)
    }
    #expect(try FileBytes.head(path, 16) == Array(content.prefix(16)))
    #expect(try FileBytes.head(path, 1 << 20) == content)
  }

  /// A mapped file would end the process with SIGBUS here. Lists, captions, labels and descriptions
  /// are read so, as pictures are.
  @Test("a file that is cut short while it is read is as at one moment, or an error with its name")
  func shortened() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/list.txt"
    let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 5) }
    try AtomicFile.write(content, to: path)
    let file = ShortenedFile(path, content: content)
    let (whole, refused) = try file.read(atLeast: 20) {
      do {
        // As it was at one moment: opened when it was short, it is a shorter file.
        let isPart = try FileBytes(path: path).withBytes { found in
          guard let start = found.baseAddress else { return false }
          return (content.count / 3...content.count).contains(found.count)
            && memcmp(start, content, found.count) == 0
        }
        #expect(isPart)
        return true
      } catch let error as FileError where error.file == path && error.code == "file.changed" {
        return false
      }
    }
    #expect(refused > 0, "the file was never short while it was read, \(whole) times")
  }

  @Test("an empty file has no bytes")
  func empty() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write([UInt8](), to: "\(folder.path)/a")
    #expect(try FileBytes(path: "\(folder.path)/a").withBytes { $0.isEmpty })
    #expect(try FileBytes.head("\(folder.path)/a", 4).isEmpty)
  }

  @Test("what is no readable file is refused, a pipe does not wait, a size has its limit")
  func refusals() throws {
    let folder = try TemporaryFolder()
    let pipe = "\(folder.path)/pipe"
    mkfifo(pipe, 0o600)
    for read in [{ _ = try FileBytes(path: $0) }, { _ = try FileBytes.head($0, 4) }] {
      func outcome(_ path: String) -> String? { errorCode { try read(path) } }
      #expect(outcome("\(folder.path)/none") == "file.missing")
      #expect(outcome(folder.path) == "file.is-folder")
      #expect(outcome(pipe) == "file.not-regular")
      #expect(outcome("/dev/zero") == "file.not-regular")
      #expect(outcome("") == "file.bad-path")
      #expect(outcome("a\0b") == "file.bad-path")
    }
    let path = "\(folder.path)/a"
    try AtomicFile.write([1, 2, 3], to: path)
    var limits = Limits()
    limits.readBytes = 3
    #expect(errorCode { _ = try FileBytes(path: path, limits: limits) } == nil)
    limits.readBytes = 2
    #expect(errorCode { _ = try FileBytes(path: path, limits: limits) } == "file.too-large")
  }
}
