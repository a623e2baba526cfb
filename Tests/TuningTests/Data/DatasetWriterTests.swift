// DatasetWriterTests - what is written is read back.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTSupport
import LMPTTuning
import Testing

@Suite struct DatasetWriterTests {
  @Test("what is written is read back, for every path that annotations may have")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let table = try folder.write(
      "t.csv",
      "path,labels,caption\nmy dog/1 2.jpg,dog,one \"dog\"\n\"a\"\"b.jpg\",cat,two\nc.jpg,dog;cat,\n"
    )
    let set = try MultiLabelSet(path: table)
    let spec = DatasetSpec(
      name: "x", train: "train.txt", test: "test.txt", captions: "captions.txt",
      labels: "labels.txt", groups: GroupLimits(head: 2, medium: 1))
    let captions = try CaptionSource(set.captions).captions(for: set.images)
    let made = LongTailDataset(
      spec, root: folder.path, classNames: set.classNames, train: set.images,
      test: [set.images[0]], captions: captions)
    try made.write()
    let read = try LongTailDataset(
      DatasetSpec.named("\(folder.path)/x.json"), root: folder.path)
    #expect(read.train == set.images && read.test == [set.images[0]])
    #expect(read.captions == ["one \"dog\"", "two", ""])
    #expect(read.spec == spec && read.groups == [.head, .head])
  }
}
