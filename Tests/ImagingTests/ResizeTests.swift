// ResizeTests - resampling against Pillow.
// SPDX-License-Identifier: Apache-2.0

import LMPTImaging
import LMPTSupport
import Testing

@Suite("Resizing")
struct ResizeTests {
  private func gray(_ values: [UInt8], width: Int) -> RGBImage {
    RGBImage(width: width, height: values.count / width, pixels: values.flatMap { [$0, $0, $0] })
  }

  @Test("Halving two pixels is their mean, rounded up at one half")
  func workedExample() {
    // Bilinear at scale 2 weighs the two pixels 1/2 each: (10 + 13) / 2 = 11.5, rounded to 12.
    let half = gray([10, 13], width: 2).resized(width: 1, height: 1, .bilinear)
    #expect(half.pixels == [12, 12, 12])
  }

  @Test("Doubling two pixels is 1/4 and 3/4 between them, the ends repeated")
  func doubling() {
    let twice = gray([0, 100], width: 2).resized(width: 4, height: 1, .bilinear)
    #expect(twice.pixels == [0, 0, 0, 25, 25, 25, 75, 75, 75, 100, 100, 100])
  }

  @Test("Every size and filter gives Pillow's pixels", arguments: ImageFixtures.derived("resizes"))
  func matchesPillow(fixture: DerivedFixture) throws {
    let image = try RGBImage(path: Fixtures.path(fixture.source))
    let stored = try Stored(fixture.json)
    let name = try #require(fixture.json["method"]?.string)
    let method = try #require(Interpolation(rawValue: name))
    let found = image.resized(width: stored.shape[1], height: stored.shape[0], method)
    try expectSamePixels(found, stored, "\(fixture.source) \(method) \(stored.shape)")
  }

  @Test(
    "The same size is the same picture, and a flat picture stays flat",
    arguments: [
      Interpolation.box, .bilinear, .bicubic, .lanczos,
    ])
  func properties(method: Interpolation) {
    let flat = gray([UInt8](repeating: 77, count: 35), width: 7)
    #expect(flat.resized(width: 7, height: 5, method) == flat)
    for (width, height) in [(1, 1), (3, 9), (20, 2), (64, 64)] {
      let result = flat.resized(width: width, height: height, method)
      #expect(result.pixels.allSatisfy { $0 == 77 }, "\(method) to \(width) x \(height)")
    }
  }

  @Test("Box and bilinear stay between the darkest and the brightest pixel")
  func range() {
    let noise = gray((0..<143).map { UInt8(40 + ($0 * 37) % 100) }, width: 13)
    for method in [Interpolation.box, .bilinear] {
      for size in [1, 5, 12, 40] {
        let pixels = noise.resized(width: size, height: 50 - size, method).pixels
        #expect((pixels.min() ?? 0) >= 40 && (pixels.max() ?? 255) <= 139)
      }
    }
  }
}
