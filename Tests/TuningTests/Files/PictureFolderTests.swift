// PictureFolderTests - which files a folder stands for, and in which order.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTImaging
import LMPTSupport
import LMPTTuning
import Testing

@Suite struct PictureFolderTests {
  private let folder: TemporaryFolder
  private let heic = "\0\0\0\u{18}ftypheic\0\0\0\0mif1heic"

  init() throws { folder = try TemporaryFolder() }

  @Test("a folder stands for its pictures in the order of their names, other paths for themselves")
  func order() throws {
    for name in ["b.JPG", "a.jpeg", "10.png", "2.ppm", "scan"] {
      _ = try folder.write(name, "P6\n1 1\n255\n")
    }
    _ = try folder.write("c.HEIC", heic)
    _ = try folder.write("empty.jpg", "")
    for name in [".b.jpg", "Thumbs.db", "notes.txt", "page.html"] {
      _ = try folder.write(name, "<html>no picture</html>")
    }
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/more.jpg", withIntermediateDirectories: false)
    let expected = ["10.png", "2.ppm", "a.jpeg", "b.JPG", "c.HEIC", "empty.jpg", "scan"].map {
      "\(folder.path)/\($0)"
    }
    #expect(try PictureFolder.pictures(at: [folder.path]) == expected)
    #expect(
      try PictureFolder.pictures(at: ["z.jpg", "\(folder.path)/", "a.jpg"])
        == ["z.jpg"] + expected + ["a.jpg"])
  }

  @Test("a folder without a picture is refused")
  func none() throws {
    _ = try folder.write("notes.txt", "text")
    #expect(errorCode { _ = try PictureFolder.pictures(at: [folder.path]) } == "image.none")
  }

  @Test("a file that is no picture is refused by its first bytes, as its decoder would")
  func first() throws {
    let refused = [
      ("a.heic", heic, "image.unsupported-format"), ("b.jpg", "", "image.empty-file"),
      ("c.jpg", "%PDF-1.7", "image.not-a-picture"), ("d.jpg", "hello", "image.unknown-format"),
    ]
    for (name, text, code) in refused {
      let path = try folder.write(name, text)
      #expect(errorCode { try PictureFolder.check(path) } == code, "\(name)")
      #expect(errorCode { _ = try RGBImage(path: path) } == code, "\(name)")
    }
    // TGA has its mark at the end.
    let tga = try folder.write(
      "e.tga", String(repeating: "\0", count: 2000) + "TRUEVISION-XFILE.\0")
    #expect(errorCode { try PictureFolder.check(tga) } == "image.unsupported-format")
    #expect(
      errorCode { try PictureFolder.check(Fixtures.path("mini/images/test/000001.jpg")) } == nil)
    #expect(errorCode { try PictureFolder.check("\(folder.path)/none.jpg") } == "file.missing")
  }
}
