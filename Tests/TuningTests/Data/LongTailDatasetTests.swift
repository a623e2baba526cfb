// LongTailDatasetTests - counts, labels, parts and descriptions of a data set, by hand.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTSupport
import Testing

@testable import LMPTTuning

@Suite struct LongTailDatasetTests {
  @Test("counts are of training images alone; labels are multi-hot by index, in any order")
  func counts() throws {
    let set = SmallDataset.of(
      [("1", [2, 0]), ("2", [0]), ("3", [])], [("4", [1, 2])], captions: ["x", "y", "z"])
    #expect(set.counts == [2, 0, 1] && set.classesWithoutTestImages == [0])
    #expect(set.groups == [.tail, .tail, .tail])
    let hot = set.multiHot(set.train)
    #expect(hot.shape == [3, 3] && hot.values == [1, 0, 1, 1, 0, 0, 0, 0, 0])
    #expect(set.multiHot(set.test).values == [0, 1, 1])
    #expect(errorCode { try set.requireEveryClass() } == "dataset.empty-class")
    try SmallDataset.of([("1", [0, 1, 2])], []).requireEveryClass()
  }

  @Test("without some images the others keep their captions, and counts are counted again")
  func without() {
    let set = SmallDataset.of(
      [("1", [0]), ("2", [0, 1]), ("3", [2]), ("4", [0])], [("5", [0]), ("6", [1]), ("7", [2])],
      captions: ["one", "two", "three", "four"])
    let less = set.without(train: [1, 2], test: [0])
    #expect(less.train.map(\.path) == ["1", "4"] && less.captions == ["one", "four"])
    #expect(less.test.map(\.path) == ["6", "7"] && less.counts == [2, 0, 0])
    #expect(set.without(train: [], test: []).train == set.train)
    #expect(set.without(train: [], test: [2]).test.map(\.path) == ["5", "6"])
  }

  @Test("groups of a data set: 100 and more, 20 and more, fewer")
  func groups() {
    func repeated(_ count: Int, _ label: Int) -> [(String, [Int])] {
      (0..<count).map { ("\(label)-\($0)", [label]) }
    }
    let set = SmallDataset.of(
      repeated(100, 0) + repeated(99, 1) + repeated(20, 2) + repeated(19, 3), [],
      names: ["a", "b", "c", "d"])
    #expect(set.groups == [.head, .medium, .medium, .tail])
  }

  @Test("a description names its files; the known ones follow the authors' names")
  func specs() throws {
    #expect(
      try DatasetSpec.named("voc-lt")
        == DatasetSpec(
          name: "voc-lt", train: "voc_lt_train.txt", test: "voc_lt_test.txt",
          captions: "voc_lt_captions.txt", labels: "voc_labels.txt"))
    #expect(
      try DatasetSpec.named("coco-lt")
        == DatasetSpec(
          name: "coco-lt", train: "coco_lt_train.txt", test: "coco_lt_test.txt",
          captions: "coco_lt_captions.txt", labels: "coco_labels.txt"))
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "d.json", #"{"name":"n","train":"1","test":"2","labels":"3","captions":"4"}"#)
    #expect(
      try DatasetSpec.named(path)
        == DatasetSpec(name: "n", train: "1", test: "2", captions: "4", labels: "3"))
    for (text, code) in [
      (#"{"name":"n","train":"1","test":"2"}"#, "dataset.missing-field"),
      (#"{"name":"n","train":"1","test":2,"labels":"3"}"#, "dataset.missing-field"),
    ] {
      let bad = try folder.write("bad.json", text)
      #expect(errorCode { _ = try DatasetSpec.named(bad) } == code)
    }
    #expect(errorCode { _ = try DatasetSpec.named("voc") } == "usage.unknown-dataset")
  }

  @Test("paths that leave the data folder are refused with list and line")
  func outside() throws {
    let folder = try TemporaryFolder()
    for bad in ["/etc/passwd", "../x.jpg", "a/../../x.jpg", "a/.."] {
      for (list, set) in [
        (
          "train.txt",
          SmallDataset.of([("a.jpg", [0]), (bad, [0])], [("b.jpg", [0])], root: folder.path)
        ),
        (
          "test.txt",
          SmallDataset.of([("a.jpg", [0])], [("b.jpg", [0]), (bad, [0])], root: folder.path)
        ),
      ] {
        #expect(throws: (any Error).self, "\(bad)") { try set.requirePathsInside() }
        do { try set.requirePathsInside() } catch {
          #expect("\(error)".contains("\(list)") && "\(error)".contains("line 2"), "\(error)")
        }
      }
    }
    try SmallDataset.of([("a..b.jpg", [0]), ("a/...jpg", [0])], [], root: folder.path)
      .requirePathsInside()
  }

  @Test(
    "each hostile description of the fixtures ends with its code in a moment",
    arguments: HostileFile.of("descriptions"))
  func hostileDescriptions(file: HostileFile) {
    file.expectCode { _ = try DatasetSpec.named($0) }
  }

  @Test(
    "the limits of the groups in a description are two numbers that fall",
    arguments: [
      ("[2, 1]", true), ("[2, 2]", true), ("[1, 2]", false), ("[2]", false), ("[2, 1, 0]", false),
      ("[2.5, 1]", false), ("[2, -1]", false), ("\"2,1\"", false), ("{}", false),
    ])
  func groupLimits(text: String, isRead: Bool) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "d.json", #"{"name":"d","train":"a","test":"b","labels":"c","groups":\#(text)}"#)
    let code = errorCode { _ = try DatasetSpec.named(file) }
    #expect(code == (isRead ? nil : "dataset.bad-groups"))
  }
}
