// SmallDataset - data sets of a few named images.
// SPDX-License-Identifier: Apache-2.0

import LMPTTuning

/// Data sets written down in a line.
enum SmallDataset {
  private static let spec = DatasetSpec(
    name: "x", train: "train.txt", test: "test.txt", captions: "captions.txt",
    labels: "labels.txt")

  static func of(
    _ train: [(String, [Int])], _ test: [(String, [Int])], captions: [String]? = nil,
    names: [String] = ["a", "b", "c"], root: String = "/nowhere"
  ) -> LongTailDataset {
    func list(_ images: [(String, [Int])]) -> [ListedImage] {
      images.map { ListedImage(path: $0.0, labels: $0.1) }
    }
    return LongTailDataset(
      Self.spec, root: root, classNames: names, train: list(train), test: list(test),
      captions: captions)
  }
}
