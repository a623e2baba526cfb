// TestSplitTests - a share set aside so that every class has its share on both sides.
// SPDX-License-Identifier: Apache-2.0

import LMPTTuning
import LMPTTensors
import Testing

@Suite("splitting off test images")
struct TestSplitTests {
  /// Images with up to three labels, of classes that get rarer.
  private func images(seed: Int, count: Int = 60, classes: Int = 8) -> [ListedImage] {
    var generator = Generator(seed: seed)
    return (0..<count).map { index in
      let labels = (0..<generator.randint(below: 4)).map { _ in
        min(generator.randint(below: classes), generator.randint(below: classes))
      }
      return ListedImage(path: "\(index).jpg", labels: Set(labels).sorted())
    }
  }

  @Test("every image is on one side; the same seed gives the same sides, another seed others")
  func partition() {
    for seed in 0..<20 {
      let images = images(seed: seed)
      let split = TestSplit(images, classes: 8, share: 0.3, seed: seed)
      #expect((split.train + split.test).sorted() == Array(images.indices))
      #expect(split.train == split.train.sorted() && split.test == split.test.sorted())
      #expect(TestSplit(images, classes: 8, share: 0.3, seed: seed) == split)
      #expect(TestSplit(images, classes: 8, share: 0.3, seed: seed + 1) != split)
    }
  }

  @Test("a class of two images or more is on both sides, a class of one is trained on")
  func bothSides() {
    var singles = 0
    for seed in 0..<60 {
      let images = images(seed: seed, count: 14, classes: 8)
      let split = TestSplit(images, classes: 8, share: seed % 2 == 0 ? 0.5 : 0.1, seed: seed)
      let train = classCounts(split.train.map { images[$0] }, classes: 8)
      let test = classCounts(split.test.map { images[$0] }, classes: 8)
      for c in 0..<8 where train[c] + test[c] > 0 {
        // One label an image: nothing stands in the way. With several, only what is impossible fails.
        let alone = images.filter { $0.labels.contains(c) }.allSatisfy { $0.labels.count == 1 }
        guard alone else { continue }
        if train[c] + test[c] == 1 {
          singles += 1
          #expect(train[c] == 1)
        } else {
          #expect(train[c] > 0 && test[c] > 0, "class \(c) of seed \(seed)")
        }
      }
    }
    #expect(singles > 0)
  }

  @Test("classes of one label an image get the share to the nearest image")
  func share() {
    let images = (0..<100).map {
      ListedImage(path: "\($0)", labels: [$0 < 90 ? 0 : $0 < 98 ? 1 : 2])
    }
    let split = TestSplit(images, classes: 3, share: 0.2, seed: 1)
    // 18 of 90, 2 of 8 (1.6), and of two images one, though a fifth of two rounds to none.
    #expect(classCounts(split.test.map { images[$0] }, classes: 3) == [18, 2, 1])
  }

  @Test("test images that a rarer class brought count for the class beside it")
  func shared() {
    // Two of the ten that both classes have, and six of the thirty others: 8 of 40, not ten.
    let images = (0..<40).map { ListedImage(path: "\($0)", labels: $0 < 10 ? [0, 1] : [1]) }
    for seed in 0..<5 {
      let split = TestSplit(images, classes: 2, share: 0.2, seed: seed)
      #expect(classCounts(split.test.map { images[$0] }, classes: 2) == [2, 8])
    }
  }

  @Test("a class whose images all went to the training with rarer ones gets one back")
  func repaired() {
    // Class 2 is only seen beside classes 0 and 1, whose single images must be trained on; its third
    // image is free to move.
    let images = [[0, 2], [1, 2], [2, 3], [3], [3], [3]].enumerated().map {
      ListedImage(path: "\($0)", labels: $1)
    }
    for seed in 0..<30 {
      let split = TestSplit(images, classes: 4, share: 0.2, seed: seed)
      let test = classCounts(split.test.map { images[$0] }, classes: 4)
      #expect(test[2] == 1 && test[3] >= 1, "seed \(seed)")
    }
  }

  @Test("a class whose images all went to the test with rarer ones gets one back")
  func trainedOn() {
    // Class 5 is only seen beside classes 0 to 4, of which three of four images go to the test: in
    // about a quarter of the seeds all of its own are among them.
    let images = (0..<20).map {
      ListedImage(path: "\($0)", labels: $0 % 4 == 0 ? [$0 / 4, 5] : [$0 / 4])
    }
    for seed in 0..<40 {
      let split = TestSplit(images, classes: 6, share: 0.75, seed: seed)
      let train = classCounts(split.train.map { images[$0] }, classes: 6)
      #expect(train.allSatisfy { $0 > 0 }, "seed \(seed)")
    }
  }

  @Test("a label of its own for every image, and one of all, cost no more than their number")
  func ownLabels() {
    // Nothing can move: each image is the only one of its class. Asked image by image and counted
    // anew each time, this would be a thousand million steps.
    let count = 30_000
    let images = (0..<count).map { ListedImage(path: "\($0)", labels: [0, $0 + 1]) }
    let clock = ContinuousClock()
    let start = clock.now
    let split = TestSplit(images, classes: count + 1, share: 0.3, seed: 1)
    // A fifth of a second where nothing else runs.
    #expect(clock.now - start < .seconds(30))
    #expect(split.test.isEmpty && split.train.count == count)
  }
}
