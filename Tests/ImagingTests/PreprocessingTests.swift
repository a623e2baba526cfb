// PreprocessingTests - the two recipes against torchvision.
// SPDX-License-Identifier: Apache-2.0

import LMPTImaging
import LMPTSupport
import Testing

@Suite("Preprocessing")
struct PreprocessingTests {
  @Test("A white pixel is (1 - mean) / deviation")
  func workedExample() {
    let white = RGBImage(width: 1, height: 1, pixels: [255, 255, 255])
    let mean: [Float] = [0.485, 0.456, 0.406]
    let deviation: [Float] = [0.229, 0.224, 0.225]
    let expected = zip(mean, deviation).map { m, d -> Float in (1 - m) / d }
    #expect(Preprocessing.lmpt.input(white) == expected)
  }

  @Test("The middle of a strip is resized without the rest of it")
  func longStrip() {
    // Resized as a whole it would have 13,440,000 rows of 224 pixels.
    let strip = RGBImage(
      width: 1, height: 60_000, pixels: [UInt8](repeating: 77, count: 180_000))
    let square = strip.resized(to: 224, as: .clip)
    #expect(square.width == 224 && square.height == 224)
    #expect(square.pixels.allSatisfy { $0 == 77 })
  }

  @Test(
    "Both recipes give torchvision's pixels and floats",
    arguments: ImageFixtures.derived("recipes"))
  func matchesTorchvision(fixture: DerivedFixture) throws {
    let image = try RGBImage(path: Fixtures.path(fixture.source))
    let name = try #require(fixture.json["recipe"]?.string)
    let recipe = try #require(Preprocessing(rawValue: name))
    let size = try #require(fixture.json["size"]?.int)
    let square = image.resized(to: size, as: recipe)
    let label = "\(fixture.source) \(name) \(size)"
    try expectSamePixels(square, Stored(#require(fixture.json["resized"])), label)
    guard let input = fixture.json["input"] else { return }
    let stored = Array(try Stored(input).bytes(elementSize: 4))
    let expected: [Float] = stored.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    #expect(recipe.input(square) == expected, "\(label)")
    let mirrored = recipe.input(square, mirrored: true)
    for start in stride(from: 0, to: expected.count, by: size) {
      let row = Array(expected[start..<start + size].reversed())
      #expect(Array(mirrored[start..<start + size]) == row)
    }
  }

  @Test("CLIP's crop takes the middle, rounding halves to even")
  func crop() {
    // 5 x 2 at size 2: nothing is resized; (5 - 2) / 2 = 1.5 rounds to 2.
    let columns: [UInt8] = [10, 20, 30, 40, 50]
    let row = columns.flatMap { [$0, $0, $0] }
    let image = RGBImage(width: 5, height: 2, pixels: row + row)
    let square = image.resized(to: 2, as: .clip)
    #expect(square.pixels == [30, 30, 30, 40, 40, 40, 30, 30, 30, 40, 40, 40])
  }
}
