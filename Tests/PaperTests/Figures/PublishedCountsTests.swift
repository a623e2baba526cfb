// PublishedCountsTests - the counts of the published lists.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTPaper

@Suite struct PublishedCountsTests {
  let example: WorkedExample
  init() throws { example = try WorkedExampleTests.example.get() }

  /// Of the published list: 8,316 labels of 80 classes, 22 head, 33 medium and 25 tail, greatest 1128,
  /// smallest 6.
  @Test func theCountsAreThoseOfTheList() {
    let coco = PublishedCounts.coco
    #expect(coco.counts.count == 80 && coco.names.count == 80)
    #expect(coco.counts.max() == 1128 && coco.counts.min() == 6)
    #expect(coco.ordered.first?.name == "person" && coco.counts.reduce(0, +) == 8316)
    #expect(coco.counts.count { $0 >= 100 } == 22 && coco.counts.count { $0 < 20 } == 25)
    #expect(PublishedCounts.voc(example).counts.reduce(0, +) == 2346)
  }
}
