// ListedPathTests - paths with spaces in lists and captions, in quotation marks.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import LMPTTuning
import LMPTSupport
import Testing

@Suite("paths with spaces in lists")
struct ListedPathTests {
  private func list(_ text: String) throws -> [ListedImage] {
    try Array(text.utf8).withUnsafeBytes { try parseImageList($0, classes: 9) }
  }

  @Test("a path in quotation marks keeps its spaces; other lines are read as ever")
  func quoted() throws {
    let images = try list("\"my dog/a  b.jpg\" 3 7\nc.jpg 1\n\"d e.jpg\"\na\"b.jpg 2\n")
    #expect(images.map(\.path) == ["my dog/a  b.jpg", "c.jpg", "d e.jpg", "a\"b.jpg"])
    #expect(images.map(\.labels) == [[3, 7], [1], [], [2]])
    let text = "\"my dog/a  b.jpg\" a dog, \"b\"\nc.jpg x\n\"d e.jpg\"\na\"b.jpg \"\n"
    let captions = try Array(text.utf8).withUnsafeBytes { try parseCaptions($0, images: images) }
    #expect(captions == ["a dog, \"b\"", "x", "", "\""])
  }

  @Test(
    "marks that do not close, or hold nothing, are refused with their line",
    arguments: ["\"a b.jpg 1\n", "\"\" 1\n", "\"a\"b.jpg 1\n", "\"\n"])
  func hostile(text: String) {
    #expect(throws: DatasetError.badQuotes(line: 2)) { try list("x.jpg\n" + text) }
  }

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

  @Test(
    "names that no list can hold are refused",
    arguments: ["\"a \"\"b\"\".jpg\"", "\"\"\"a.jpg\"", "\"a\tb.jpg\"", "\"a\nb.jpg\""])
  func impossible(path: String) throws {
    let folder = try TemporaryFolder()
    let table = try folder.write("t.csv", "path,labels\n\(path),dog\n")
    #expect(errorCode { _ = try MultiLabelSet(path: table) } == "annotations.bad-path")
  }

  @Test(
    "the limits of the groups in a description are two numbers that fall",
    arguments: [
      ("[2, 1]", true), ("[2, 2]", true), ("[1, 2]", false), ("[2]", false), ("[2, 1, 0]", false),
      ("[2.5, 1]", false), ("[2, -1]", false), ("\"2,1\"", false), ("{}", false),
    ])
  func groups(text: String, isRead: Bool) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "d.json", #"{"name":"d","train":"a","test":"b","labels":"c","groups":\#(text)}"#)
    let code = errorCode { _ = try DatasetSpec.named(file) }
    #expect(code == (isRead ? nil : "dataset.bad-groups"))
  }
}
