// ShortenedPictureTests - a picture that another thread cuts short while it is read.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Imaging
import Support
import Synchronization
import Testing

@Suite("shortened pictures", .serialized)
struct ShortenedPictureTests {
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
    #expect(try decodeImage(path: path) == expected)

    let stops = Stop()
    let ended = DispatchSemaphore(value: 0)
    // A thread of its own: queues may have no worker left beside other tests.
    Thread.detachNewThread {
      while !stops.isAsked.load(ordering: .relaxed) {
        truncate(path, off_t(content.count / 3))
        usleep(500)
        let file = open(path, O_WRONLY)
        _ = content.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        close(file)
        usleep(2000)
      }
      ended.signal()
    }
    var (whole, refused, reads) = (0, 0, 0)
    // Until it was met short, which a loaded machine may take a while to do.
    let clock = ContinuousClock()
    let end = clock.now + .seconds(60)
    while reads < 150 || refused == 0 && clock.now < end {
      reads += 1
      do {
        if try decodeImage(path: path) == expected { whole += 1 }
      } catch let error as FileError where error.file == path {
        refused += 1
      } catch {
        Issue.record("\(error)")
      }
    }
    stops.isAsked.store(true, ordering: .relaxed)
    ended.wait()
    #expect(whole + refused == reads, "\(whole), \(refused): some picture was neither")
    #expect(refused > 0, "the picture was never short while it was read")
  }

  /// Asks the other thread to stop.
  private final class Stop: Sendable {
    let isAsked = Atomic(false)
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
