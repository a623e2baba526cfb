// TextPartsTests - paths and lines are cut at bytes, whatever marks stand beside them.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@Suite struct TextPartsTests {
  @Test("a separator counts before an accent, a joiner or after a number sign")
  func marks() {
    for mark in ["\u{301}", "\u{200D}", "\u{FE0F}"] {
      #expect("a/\(mark)b".parts(between: "/") == ["a", "\(mark)b"])
      #expect("a/\(mark)b".fileName == "\(mark)b")
      #expect("a/\(mark)b".folderPrefix == "a/")
      #expect("a \(mark)b".words == ["a", "\(mark)b"])
    }
    #expect("a\u{600}/b".folderPrefix == "a\u{600}/")
  }

  @Test("what a path has no folder or no name of")
  func edges() {
    #expect(["a", "a/", "/", "", "/a"].map(\.fileName) == ["a", "a", "/", "", "a"])
    #expect(["a", "a/b/c", "/a", "/", ""].map(\.folderPrefix) == ["", "a/b/", "/", "/", ""])
    #expect(
      ["a.tar.NPY", "a.b/c", "npy", "a.", ".npy", "a.\u{301}b"].map(\.fileExtension)
        == ["npy", "", "", "", "npy", "\u{301}b"])
    #expect("a  b".parts(between: " ", omittingEmpty: false) == ["a", "", "b"])
    #expect("a b c".parts(between: " ", maxSplits: 1) == ["a", "b c"])
  }

  @Test("one word for a shell")
  func shell() {
    #expect(
      ["runs/a-1", "my run", "it's", ""].map(\.shellQuoted)
        == ["runs/a-1", "'my run'", "'it'\\''s'", "''"])
  }

  @Test("a file whose name begins with an accent is written beside its name, not above")
  func written() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write("x", to: "\(folder.path)/\u{301}name.txt")
    AtomicFile.removeLeftovers(in: folder.path)
    #expect(try folder.files.map { Array($0.utf8) } == [Array("\u{301}name.txt".utf8)])
  }
}
