// HeldOutTests - training images in the place of test images.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite("held-out training images")
struct HeldOutTests {
  /// Ten images of three classes; the third class has one image.
  private func dataset() -> LongTailDataset {
    let train = (0..<10).map { ListedImage(path: "train\($0)", labels: $0 == 9 ? [2] : [$0 % 2]) }
    return LongTailDataset(
      DatasetSpec(name: "ten", train: "a", test: "b", captions: nil, labels: "c"), root: "/none",
      classNames: ["x", "y", "z"], train: train,
      test: [ListedImage(path: "test0", labels: [0])], captions: train.map { "of \($0.path)" })
  }

  @Test("every image is trained on or held out, none is a test image, captions stay with theirs")
  func partition() {
    let (whole, part) = (dataset(), HeldOut(seed: 3, fraction: 0.25))
    let held = whole.holdingOut(part)
    #expect(Set((held.train + held.test).map(\.path)) == Set(whole.train.map(\.path)))
    #expect(held.train.count + held.test.count == 10)
    #expect(held.captions == held.train.map { "of \($0.path)" })
    #expect(
      held.counts == [4, 3, 1], "a quarter of five, and of four, is one; one alone is trained on")
    #expect(held.test.map(\.labels).sorted { $0[0] < $1[0] } == [[0], [1]])
    #expect(whole.holdingOut(HeldOut(seed: 4, fraction: 0.25)).test != held.test)
    #expect(held.fingerprint != whole.fingerprint)
  }

  @Test("features, places and pixels go with their images, plain and mirrored")
  func features() throws {
    let (whole, part) = (dataset(), HeldOut(seed: 3, fraction: 0.25))
    // Row i has the value i, its mirrored view 100 + i.
    let values = (0..<10).map { Float($0) } + (0..<10).map { Float(100 + $0) }
    var table = ImageTable(features: Tensor(values, shape: [20, 1]), count: 10)
    table.places = { rows in Tensor(rows.map { values[$0] }, shape: [rows.count, 1, 1]) }
    table.pixels = { rows in Tensor(rows.map { values[$0] }, shape: [rows.count, 1, 1, 1]) }
    let all = DatasetFeatures(
      whole, trainImages: table, testImages: ImageTable(features: .zeros([1, 1]), count: 1),
      skipped: ["bad"], changed: 2)
    let held = try all.holdingOut(part)
    #expect(held.skipped == ["bad"] && held.changed == 2)
    #expect(held.dataset.test == whole.holdingOut(part).test)
    let train = held.dataset.train.map { Float($0.path.dropFirst(5)) ?? -1 }
    let test = held.dataset.test.map { Float($0.path.dropFirst(5)) ?? -1 }
    let mirrored = train + train.map { $0 + 100 }
    let rows = Array(mirrored.indices)
    #expect(held.trainImages.count == train.count)
    for batch in [try held.trainImages.batch(rows)] {
      #expect(batch.features.values == mirrored)
      #expect(batch.places?.values == mirrored && batch.pixels?.values == mirrored)
    }
    #expect(held.testImages.features.values == test, "held-out images are not mirrored")
    #expect(try held.testImages.batch([1]).places?.values == [test[1]])
  }
}
