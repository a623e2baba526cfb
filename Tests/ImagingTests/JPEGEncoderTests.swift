// JPEGEncoderTests - files by hand, beside Pillow's, and through the decoder.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@testable import LMPTImaging

@Suite("JPEG encoder")
struct JPEGEncoderTests {
  /// The bytes after the header of the first scan, without the end marker.
  private func scan(_ file: [UInt8]) throws -> [UInt8] {
    let start = try #require(file.indices.first { file[$0...].starts(with: [0xFF, 0xDA]) })
    #expect(file.suffix(2) == [0xFF, 0xD9])
    return Array(file[(start + 14)..<(file.count - 2)])
  }

  @Test("a grey square has the bits of T.81, K.3: no difference, end of block, six times")
  func workedExample() throws {
    let grey = RGBImage(width: 16, height: 16, pixels: [UInt8](repeating: 128, count: 768))
    // Luma: 00 and 1010 four times; chroma: 00 and 00 twice; 32 bits.
    #expect(try scan(encodeJPEG(grey)) == [0b0010_1000, 0b1010_0010, 0b1000_1010, 0])
    // Luma 127 less 128 is a DC coefficient of -8, which is -4 steps of 2 (16 at quality 94: 12 %).
    // -4 has size 3: code 100, then its bits 011; the other three squares differ by nothing.
    let darker = RGBImage(width: 16, height: 16, pixels: [UInt8](repeating: 127, count: 768))
    // 100 011 1010, 00 1010 three times, 00 00 00 00, and ones to the end of the byte.
    #expect(
      try scan(encodeJPEG(darker, quality: 94))
        == [0b1000_1110, 0b1000_1010, 0b0010_1000, 0b1010_0000, 0b0000_1111])
  }

  private static let pillow =
    (try? JSON.parse(Fixtures.bytes("images/encoded.json")))?["entries"]?
    .array ?? []

  /// Peak signal to noise of 8-bit samples, in dB.
  private func error(_ a: [UInt8], _ b: [UInt8]) -> Double {
    let squares = zip(a, b).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
    return 10 * log10(255 * 255 * Double(a.count) / squares)
  }

  @Test("header as Pillow writes it, and as small and as close to the picture")
  func besidePillow() throws {
    #expect(Self.pillow.count == 7)
    for entry in Self.pillow {
      let path = try #require(entry["path"]?.string)
      let picture = try RGBImage(decoding: Fixtures.bytes(path))
      let quality = try #require(entry["quality"]?.int)
      let file = encodeJPEG(picture, quality: quality)
      let header = file.prefix(623).map { String(format: "%02x", $0) }.joined()
      #expect(header == entry["header"]?.string, "\(path) at \(quality)")
      let size = try Double(#require(entry["bytes"]?.int))
      let psnr = try #require(entry["psnr"]?.double)
      let found = try error(picture.pixels, RGBImage(decoding: file).pixels)
      // Both transforms are exact to a fraction of a step, so coefficients differ by one step where
      // a rounding falls the other way: a few in a thousand. What pads a picture to whole squares may
      // differ too; of the smallest picture that is 37 of 2,321 bytes.
      #expect(abs(Double(file.count) / size - 1) < 0.02, "\(file.count) of \(size) bytes")
      #expect(abs(found - psnr) < 0.05, "\(found) and \(psnr) dB, \(path) at \(quality)")
    }
  }

  @Test("pictures of every size come back, their edges too", arguments: [1, 7, 8, 15, 16, 17, 33])
  func sizes(side: Int) throws {
    let (width, height) = (side, 40 - side)
    // A slope, which halved chroma and fine steps keep.
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width { pixels += [UInt8(100 + x), UInt8(90 + y), UInt8(120 + x)] }
    }
    let picture = RGBImage(width: width, height: height, pixels: pixels)
    let found = try RGBImage(decoding: encodeJPEG(picture, quality: 100))
    #expect(found.width == width && found.height == height)
    let worst = zip(found.pixels, pixels).map { abs(Int($0) - Int($1)) }.max() ?? 255
    // Neighbours share a chroma sample and differ by 1 there, times 1.8 for blue; and rounding.
    #expect(worst <= 4)
  }

  @Test("noise at the finest steps: long codes, runs, and bytes that look like markers")
  func noise() throws {
    var state: UInt64 = 1
    let pixels = (0..<64 * 48 * 3).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 62 == 0 ? UInt8(truncatingIfNeeded: state >> 40) : 128
    }
    let picture = RGBImage(width: 64, height: 48, pixels: pixels)
    let file = encodeJPEG(picture, quality: 100)
    #expect(try scan(file).contains(0xFF))
    var light: [UInt8] = []
    for place in stride(from: 0, to: pixels.count, by: 3) {
      light += [pixels[place], pixels[place], pixels[place]]
    }
    let grey = RGBImage(width: 64, height: 48, pixels: light)
    // Without colour nothing is halved: what is left are steps of 1 and the decoder's rounding.
    let found = try RGBImage(decoding: encodeJPEG(grey, quality: 100))
    let worst = zip(found.pixels, grey.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 255
    #expect(worst <= 2)
    #expect(try RGBImage(decoding: file).width == 64)
  }
}
