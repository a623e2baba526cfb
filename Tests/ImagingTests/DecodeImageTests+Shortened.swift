// DecodeImageTests+Shortened - a picture that another thread cuts short while it is read.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTImaging
import LMPTSupport
import Testing

extension DecodeImageTests {
  @Suite("shortened pictures", .serialized)
  struct Shortened {
    /// A mapped file would end the process with SIGBUS here.
    @Test("is the whole picture or an error with its name", arguments: ["ppm", "png"])
    func race(kind: String) throws {
      let folder = try TemporaryFolder()
      let path = "\(folder.path)/a.\(kind)"
      let (width, height) = (1500, 1000)
      let pixels = (0..<3 * width * height).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 5) }
      let content =
        kind == "ppm"
        ? Array("P6\n\(width) \(height)\n255\n".utf8) + pixels
        : storedPNG(pixels, width: width, height: height)
      try AtomicFile.write(content, to: path)
      let expected = RGBImage(width: width, height: height, pixels: pixels)
      #expect(try RGBImage(path: path) == expected)

      let file = ShortenedFile(path, content: content)
      let (whole, refused) = try file.read(atLeast: 40) {
        do {
          let found = try RGBImage(path: path)
          #expect(found == expected, "the picture was neither whole nor refused")
          return true
        } catch let error as FileError where error.file == path {
          return false
        }
      }
      #expect(refused > 0, "the picture was never short while it was read, \(whole) times")
    }

    /// A PNG whose image data are stored, not compressed, so that it is as large as its pixels.
    private func storedPNG(_ pixels: [UInt8], width: Int, height: Int) -> [UInt8] {
      func big(_ value: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
      }
      func chunk(_ name: String, _ payload: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + payload
        return big(payload.count) + body + big(Int(body.withUnsafeBytes { crc32($0) }))
      }
      var rows: [UInt8] = []
      for y in 0..<height { rows += [0] + pixels[3 * width * y..<3 * width * (y + 1)] }
      var data: [UInt8] = [0x78, 0x01]
      for start in stride(from: 0, to: rows.count, by: 65_535) {
        let part = rows[start..<min(start + 65_535, rows.count)]
        let count = [UInt8(part.count & 0xFF), UInt8(part.count >> 8)]
        data += [start + 65_535 >= rows.count ? 1 : 0] + count + count.map { ~$0 } + part
      }
      data += big(Int(rows.withUnsafeBytes { adler32($0) }))
      return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        + chunk("IHDR", big(width) + big(height) + [8, 2, 0, 0, 0]) + chunk("IDAT", data)
        + chunk("IEND", [])
    }
  }
}
