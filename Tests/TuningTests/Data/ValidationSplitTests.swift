// ValidationSplitTests - which training images are held out: by hand, and as an independent program does.
// SPDX-License-Identifier: Apache-2.0

import LMPTTuning
import LMPTSupport
import LMPTTensors
import Testing

@Suite("held-out images")
struct ValidationSplitTests {
  private func images(_ labels: [[Int]]) -> [ListedImage] {
    labels.enumerated().map { ListedImage(path: "\($0.offset).jpg", labels: $0.element) }
  }

  private func split(
    _ labels: [[Int]], _ classes: Int, _ fraction: Double, seed: Int
  ) -> ValidationSplit {
    var generator = Generator(seed: seed)
    return ValidationSplit(
      images(labels), classes: classes, fraction: fraction, generator: &generator)
  }

  @Test("the images of NumPy and torch", arguments: [(20, 3), (20, 4), (25, 3), (50, 10), (90, 0)])
  func fixture(percent: Int, seed: Int) throws {
    let fixture = try FixtureTensors("selection/splits.safetensors")
    let (values, shape) = (try fixture.doubles("labels"), try fixture["labels"].shape)
    let labels = (0..<shape[0]).map { row in
      (0..<shape[1]).filter { values[row * shape[1] + $0] > 0 }
    }
    let found = split(labels, shape[1], Double(percent) / 100, seed: seed)
    let held = try fixture["held.\(percent).\(seed)"].integers()
    #expect(found.validation == held)
    #expect(found.train == labels.indices.filter { !Set(held).contains($0) })
  }

  @Test("a class with one image keeps it, whatever else the image shows", arguments: 0..<20)
  func single(seed: Int) {
    // Image 0 alone shows class 0; class 1 has ten images, that one among them.
    let labels = [[0, 1]] + [[Int]](repeating: [1], count: 9)
    for fraction in [0.1, 0.5, 0.9] {
      let found = split(labels, 2, fraction, seed: seed)
      #expect(found.train.contains(0))
      #expect(found.validation.count == Int(10 * fraction))
    }
  }

  @Test("of two images one is held out, also at a share that rounds to none", arguments: 0..<8)
  func two(seed: Int) {
    let found = split([[0], [0], [1], [1], [1]], 2, 0.1, seed: seed)
    // At least one image of each class, at least one left.
    #expect(found.validation.filter { $0 < 2 }.count == 1)
    #expect(found.validation.filter { $0 >= 2 }.count == 1)
  }

  @Test(
    "the share of a class is rounded, halves up",
    arguments: [
      (0.25, 10, 3), (0.25, 9, 2), (0.3, 5, 2), (0.2, 12, 2), (0.2, 13, 3), (0.9, 10, 9),
      (0.9, 3, 2), (0.5, 1, 0), (0, 50, 0),
    ])
  func rounding(fraction: Double, images: Int, held: Int) {
    let labels = [[Int]](repeating: [0], count: images)
    #expect(split(labels, 1, fraction, seed: 5).validation.count == held)
  }

  @Test("the rarest class is served first, and what it gives counts for the others")
  func order() {
    // Class 1 has two images, which show class 0 too; class 0 has six and owes one at a fifth.
    let labels = [[0, 1], [0, 1], [0], [0], [0], [0]]
    for seed in 0..<20 {
      let held = split(labels, 2, 0.2, seed: seed).validation
      #expect(held.count == 1 && held[0] < 2, "seed \(seed)")
    }
  }

  @Test("images that show nothing are trained on")
  func nothing() {
    let found = split([[], [0], [0], []], 1, 0.9, seed: 0)
    #expect(found.train.count == 3 && found.train.contains(0) && found.train.contains(3))
  }
}
