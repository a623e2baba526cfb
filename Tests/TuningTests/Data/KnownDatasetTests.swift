// KnownDatasetTests - what the list of data sets says is what files, classes and counts say.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import Testing

@testable import LMPTTuning

@Suite struct KnownDatasetTests {
  @Test("every name leads to its list files, which no other data set has")
  func names() throws {
    #expect(KnownDataset.names == "voc-lt, coco-lt, mini")
    for known in KnownDataset.all {
      #expect(try DatasetSpec.named(known.name) == known.spec)
      #expect(known.files?.lists.map(\.name).contains(known.spec.train) != false)
    }
    #expect(Set(KnownDataset.all.map(\.word)).count == KnownDataset.all.count)
    #expect(KnownDataset.published.map(\.name) == ["voc-lt", "coco-lt"])
  }

  @Test("classes are asked for by the word of a published data set")
  func classes() throws {
    #expect(try ClassNames.named("voc").count == 20 && ClassNames.named("coco").count == 80)
    #expect(throws: FileError.self) { try ClassNames.named("mini") }  // a file, if there is one
  }

  @Test("where pictures lie is the first folder of every archive and of the mini benchmark's lists")
  func pictures() throws {
    for known in KnownDataset.published {
      let folders = try #require(known.files).archives.map(\.folder)
      #expect(folders[0].hasPrefix(known.pictures), "\(known)")
    }
    let mini = KnownDataset.mini
    let dataset = try LongTailDataset(mini.spec, root: Fixtures.path("mini"))
    #expect((dataset.train + dataset.test).allSatisfy { $0.path.hasPrefix("\(mini.pictures)/") })
  }
}
