// PublishedCounts - training images of each class in the two published long-tailed sets.
// SPDX-License-Identifier: Apache-2.0

import LMPTTuning

/// A published data set by its numbers alone.
struct PublishedCounts {
  let title: String
  /// N, the training images.
  let images: Int
  let names: [String]
  /// n_i, in the order of the names.
  let counts: [Int]

  /// COCO-LT: counted by `lmpt data stats` in coco_lt_train.txt of the authors' repository, whose
  /// SHA-256 `lmpt data check` knows.
  static let coco = PublishedCounts(
    title: "COCO-LT", images: 1909, names: ClassNames.coco,
    counts: [
      1128, 37, 276, 32, 9, 41, 18, 87, 20, 50, 11, 13, 8, 97, 19, 49, 70, 17, 7, 10, 8, 6, 7, 7,
      100, 39, 189, 31, 24, 11, 12, 8, 35, 10, 25, 21, 17, 10, 20, 460, 84, 498, 126, 207, 173,
      366, 39, 35, 44, 36, 29, 25, 14, 45, 16, 73, 585, 153, 164, 44, 624, 25, 200, 137, 70, 89,
      73, 127, 91, 175, 9, 237, 119, 292, 87, 113, 15, 21, 6, 11,
    ])

  /// VOC-LT, by the list of the mini benchmark, which has its class counts.
  static func voc(_ example: WorkedExample) -> PublishedCounts {
    let dataset = example.dataset
    return PublishedCounts(
      title: "VOC-LT", images: dataset.train.count, names: dataset.classNames,
      counts: dataset.counts)
  }

  /// Names and counts, the most frequent first; of equal counts by name.
  var ordered: [(name: String, count: Int)] {
    zip(names, counts).map { (name: $0, count: $1) }
      .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
  }
}
