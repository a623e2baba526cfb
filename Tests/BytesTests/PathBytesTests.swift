// PathBytesTests - paths of any bytes come back as they were.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@testable import LMPTBytes

@Suite("paths that are not UTF-8")
struct PathBytesTests {
  /// What the system would be given.
  private func bytes(_ path: String) -> [UInt8] {
    path.withPath { start in
      (0..<strlen(start)).map { UInt8(bitPattern: start[$0]) }
    }
  }

  @Test("UTF-8 stays what it is; every other byte comes back")
  func roundTrip() {
    for text in ["", "a/b.jpg", "caf\u{E9}", "\u{1F600}/\u{10FFFF}", "e\u{301}"] {
      let path = String(pathBytes: text.utf8)
      #expect(path == text && !path.carriesBytes && bytes(path) == Array(text.utf8))
    }
    // Latin-1, cut sequences, surrogates, overlong forms, and characters that stand for bytes here.
    let odd: [[UInt8]] = [
      [0x63, 0xE9], [0xFF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xC0, 0xAF],
      [0x80, 0x2F, 0xBF],
      Array("\u{10FE80}\u{10FEFF}".utf8), Array("\u{10FE80}".utf8) + [0xE9],
      [0xF4, 0x8F, 0xBA], [0xF4, 0x90, 0x80, 0x80],
    ]
    for name in odd + (1...255).map({ [UInt8($0), 0x61] }) {
      let path = String(pathBytes: name)
      #expect(bytes(path) == name, "\(name)")
    }
    var state: UInt32 = 7
    for _ in 0..<2000 {
      let name = (0..<12).map { _ -> UInt8 in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24) | 1
      }
      #expect(bytes(String(pathBytes: name)) == name, "\(name)")
    }
    #expect(String(pathBytes: [0x63, 0xE9, 0x2E]).showingCarriedBytes == "c\\xE9.")
  }

  @Test("such a file is written, linked and read")
  func files() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/" + String(pathBytes: [0x63, 0xE9])
    try AtomicFile.write("text", to: path)
    #expect(try MappedFile(path: path).withBytes { Array($0) } == Array("text".utf8))
    #expect(errorCode { _ = try MappedFile(path: path + "x") } == "file.missing")
  }
}
