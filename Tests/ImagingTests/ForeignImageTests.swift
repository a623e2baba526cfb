// ForeignImageTests - pictures that are not decoded, files that are none, and cut animations.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTImaging
import LMPTSupport
import Testing

@Suite("Files that are no picture here")
struct ForeignImageTests {
  /// Written by Pillow 13.0.0: a picture of 5 x 3.
  private static let written: [(name: String, base64: String)] = [
    (
      "TGA",
      "AAACAAAAAAAAAAAABQADABgAHsgKHsgKHsgKHsgKHsgKHsgKHsgKBwD6HsgKHsgKHsgKHsgKHsgKHsgKHsgKAAAAAAAA"
        + "AABUUlVFVklTSU9OLVhGSUxFLgA="
    ),
    (
      "TGA",
      "AAAKAAAAAAAAAAAABQADABgAhB7ICoEeyAoABwD6gR7ICoQeyAoAAAAAAAAAAFRSVUVWSVNJT04tWEZJTEUuAA=="
    ),
    ("TGA", "AAADAAAAAAAAAAAABQADAAgATU1NTU1NTU1NTU1NTU1NAAAAAAAAAABUUlVFVklTSU9OLVhGSUxFLgA="),
    (
      "ICO",
      "AAABAAEABQMAAAAAIABUAAAAFgAAAIlQTkcNChoKAAAADUlIRFIAAAAFAAAAAwgCAAAA1FRSrwAAABtJREFUeJxj"
    ),
    (
      "DDS",
      "RERTIHwAAAAPEAAAAwAAAAUAAAAPAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    ),
    ("QOI", "cW9pZgAAAAUAAAADAwH+Csgexf76AAcNxQAAAAAAAAAB"),
    ("PCX", "CgUBCAAAAAAEAAIAZABkAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP//////////////////////////////"),
    (
      "SGI",
      "AdoAAQADAAUAAwADAAAAAAAAAP8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="
    ),
    ("BMP", "Qk1mAAAAAAAAADYAAAAoAAAABQAAAAMAAAABABgAAAAAADAAAADEDgAAxA4AAAAAAAAAAAAA"),
    ("GIF", "R0lGODdhBQADAIEAAArIHvoABwAAAAAAACwAAAAABQADAAAICwABCBwIIADBgQEBADs="),
    (
      "TIFF", "SUkqAAgAAAAKAAABBAABAAAABQAAAAEBBAABAAAAAwAAAAIBAwADAAAAhgAAAAMBAwABAAAAAQAAAAYBAwAB"
    ),
    (
      "WebP", "UklGRkYAAABXRUJQVlA4IDoAAAAQAgCdASoFAAMAAUAmJbACdLoB+AH4AAPIAP7Q7YHdYyFDWr/9NFGFMfYA"
    ),
    (
      "AVIF",
      "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADrbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdA=="
    ),
    (
      "JPEG 2000",
      "AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAAAtanAyaAAAABZpaGRyAAAAAwAAAAUAAwcHAAAAAA=="
    ),
  ]

  @Test("formats that Pillow writes are called by their names", arguments: written)
  func pictures(file: (name: String, base64: String)) throws {
    let bytes = Array(try #require(Data(base64Encoded: file.base64)))
    #expect(throws: ImageError.unsupportedFormat(file.name)) { _ = try decode(bytes) }
  }

  /// A file of boxes that begins with its brands (ISO/IEC 14496-12, 4.3).
  private static func boxes(_ major: String, _ others: String...) -> [UInt8] {
    let brands = Array((major + "\0\0\0\0" + others.joined()).utf8)
    return [0, 0, 0, UInt8(8 + brands.count)] + Array("ftyp".utf8) + brands
      + [0, 0, 0, 8] + Array("mdat".utf8)
  }

  /// First bytes by the formats' specifications, and a word that the message has.
  private static let named: [(bytes: [UInt8], word: String)] = [
    (boxes("isom", "isom", "iso2", "avc1", "mp41"), "MP4"), (boxes("mp42"), "MP4"),
    (boxes("M4V ", "isom"), "MP4"), (boxes("qt  "), "QuickTime"),
    ([0, 0, 0, 8] + Array("wide".utf8) + [0, 0, 1, 0] + Array("mdat".utf8), "QuickTime"),
    ([0, 0, 1, 0] + Array("moov".utf8) + [0, 0, 0, 0x6C], "QuickTime"),
    (boxes("crx ", "crx ", "isom"), "CR3"), (boxes("heic", "mif1", "heic"), "HEIC"),
    (boxes("mif1", "mif1", "heic"), "HEIC"), (boxes("mif1", "mif1", "avif"), "AVIF"),
    (boxes("mif1", "mif1"), "HEIF"), (boxes("avis"), "AVIF"), (boxes("abcd"), "abcd"),
    (Array("8BPS\0\u{1}".utf8), "PSD"), ([0xFF, 0x0A, 1, 2], "JXL"),
    (Array("\0\0\0\u{0C}JXL \r\n".utf8), "JXL"), ([0x1A, 0x45, 0xDF, 0xA3, 1], "Matroska"),
    (Array("RIFF\0\0\0\0AVI LIST".utf8), "AVI"), (Array("%PDF-1.7\n".utf8), "PDF"),
    (Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8), "SVG"),
    (Array("<?xml version='1.0'?>\n<svg/>".utf8), "SVG"),
    (
      Array("version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 12345\n".utf8),
      "Git LFS"
    ),
    (Array("<!DOCTYPE html><html><body>404</body></html>".utf8), "HTML"),
    ([0xEF, 0xBB, 0xBF] + Array("\r\n<HTML>\n".utf8), "HTML"),
    (Array("Entry not found".utf8), "Entry not found"),
    (Array("{\"error\":\"Entry not found\"}".utf8), "Entry not found"),
  ]

  @Test("videos, raw pictures, pointers and pages are called what they are", arguments: named)
  func others(file: (bytes: [UInt8], word: String)) throws {
    let error = #expect(throws: (any Error).self) { _ = try decode(file.bytes) }
    let told = try #require(error as? any DiagnosticError)
    #expect(told.message.contains(file.word), "\(told)")
    #expect(told.code != "image.unknown-format", "\(told)")
    if !["HEIC", "HEIF", "AVIF"].contains(file.word) {
      #expect(!told.message.contains("HEIC") && !told.message.contains("HEIF"), "\(told)")
    }
  }

  @Test("a valid picture is taken for nothing else")
  func valid() {
    for fixture in ImageFixtures.valid.prefix(400) {
      #expect(errorCode { _ = try RGBImage(path: Fixtures.path(fixture.path)) } == nil)
    }
  }

  /// Pillow's APNG of three pictures: IDAT at 91, fcTL at 130, fdAT at 168; and one whose IDAT is no
  /// part of the animation, with fcTL at 92 and fdAT at 130. Pillow shows the first picture of every
  /// part of them from byte 121, and from 83, on.
  private static let animations: [(base64: String, complete: Int)] = [
    (
      "iVBORw0KGgoAAAANSUhEUgAAAAUAAAADCAIAAADUVFKvAAAACGFjVEwAAAADAAAAAM7tusAAAAAaZmNUTAAAAAAAAAAF"
        + "AAAAAwAAAAAAAAAAAAAAAQAAKqRK8gAAABtJREFUeJxj5Dohx4AEmCDUB4uXKHyBE+IQBgBk3AP2hgYDHAAAABpmY1RM"
        + "AAAAAQAAAAUAAAADAAAAAAAAAAAAAAABAACx16AmAAAAGGZkQVQAAAACeJxjZGRiZkACTAyoAJ0PAAHSAAyznfzuAAAA"
        + "GmZjVEwAAAADAAAABQAAAAMAAAAAAAAAAAAAAAEAAFxBc88AAAAYZmRBVAAAAAR4nGPk5ORkQAJMDKgAnQ8ABZoAIZr2"
        + "KIoAAAAASUVORK5CYII=", 121
    ),
    (
      "iVBORw0KGgoAAAANSUhEUgAAAAUAAAADCAIAAADUVFKvAAAACGFjVEwAAAACAAAAAPONk3AAAAAbSURBVHicY+Q6Ice"
        + "ABJgg1AeLlyh8gRPiEAYAZNwD9oYGAxwAAAAaZmNUTAAAAAAAAAAFAAAAAwAAAAAAAAAAAAAAAQAAKqRK8gAAABhmZEFU"
        + "AAAAAXicY2RkYmZAAkwMqACdDwAB0gAMyIN+DQAAABpmY1RMAAAAAgAAAAUAAAADAAAAAAAAAAAAAAABAADHMpkbAAAAGG"
        + "ZkQVQAAAADeJxj5OTkZEACTAyoAJ0PAAWaACHzEa7SAAAAAElFTkSuQmCC", 83
    ),
  ]

  @Test("an animation cut behind its first picture shows it", arguments: animations)
  func animation(file: (base64: String, complete: Int)) throws {
    let bytes = Array(try #require(Data(base64Encoded: file.base64)))
    var expected = [UInt8]()
    for index in 0..<15 { expected += index == 7 ? [250, 0, 7] : [10, 200, 30] }
    for length in file.complete...bytes.count {
      #expect(try decode(Array(bytes.prefix(length))).pixels == expected, "cut at \(length)")
    }
    #expect(errorCode { _ = try decode(Array(bytes.prefix(file.complete - 1))) } != nil)
  }

  @Test("hints promise only what helps")
  func hints() throws {
    func hint(_ bytes: [UInt8]) -> String {
      do {
        _ = try decode(bytes)
        return ""
      } catch {
        return (error as? any DiagnosticError)?.hint ?? ""
      }
    }
    // A flipped bit in the compressed data: nothing is cut off, and the rows behind it are garbage.
    var damaged = Array(try #require(Data(base64Encoded: Self.animations[1].base64)))
    damaged[70] ^= 4
    #expect(errorCode { _ = try decode(damaged) } == "png.crc-mismatch")
    #expect(!hint(damaged).contains("truncated: .accept"))
    let cut = Array("P6 2 2 255\n".utf8) + [1, 2, 3, 4, 5, 6, 7]
    #expect(hint(cut).contains("truncated: .accept"))
    #expect(try decode(cut, truncated: .accept).pixels.prefix(6) == [1, 2, 3, 4, 5, 6])
    // Without a size there is nothing to show.
    #expect(!hint(Array("P6 2".utf8)).contains("truncated: .accept"))
    #expect(errorCode { _ = try decode(Array("P6 2".utf8), truncated: .accept) } == "pnm.truncated")
  }
}
