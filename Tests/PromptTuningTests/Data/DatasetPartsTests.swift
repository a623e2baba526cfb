// DatasetPartsTests - counts, labels, fingerprint, parts and audit of a data set, by hand.
// SPDX-License-Identifier: Apache-2.0

import EvaluationMetrics
import Foundation
import Support
import Testing

@testable import PromptTuning

@Suite("parts of a data set")
struct DatasetPartsTests {
  private static let spec = DatasetSpec(
    name: "x", train: "train.txt", test: "test.txt", captions: "captions.txt",
    labels: "labels.txt")

  private func dataset(
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

  @Test("counts are of training images alone; labels are multi-hot by index, in any order")
  func counts() throws {
    let set = dataset(
      [("1", [2, 0]), ("2", [0]), ("3", [])], [("4", [1, 2])], captions: ["x", "y", "z"])
    #expect(set.counts == [2, 0, 1])
    #expect(set.groups == [.tail, .tail, .tail])
    let hot = set.multiHot(set.train)
    #expect(hot.shape == [3, 3] && hot.values == [1, 0, 1, 1, 0, 0, 0, 0, 0])
    #expect(set.multiHot(set.test).values == [0, 1, 1])
    #expect(errorCode { try set.requireEveryClass() } == "dataset.empty-class")
    try dataset([("1", [0, 1, 2])], []).requireEveryClass()
  }

  @Test("without some images the others keep their captions, and counts are counted again")
  func without() {
    let set = dataset(
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
    let set = dataset(
      repeated(100, 0) + repeated(99, 1) + repeated(20, 2) + repeated(19, 3), [],
      names: ["a", "b", "c", "d"])
    #expect(set.groups == [.head, .medium, .medium, .tail])
  }

  @Test("the fingerprint follows names, paths, labels, captions, their order and their list")
  func fingerprint() {
    let (one, two): ((String, [Int]), (String, [Int])) = (("1", [0]), ("2", [1, 2]))
    let texts = ["x", "y"]
    let start = dataset([one, two], [("3", [0])], captions: texts)
    var found = [start.fingerprint]
    #expect(start.fingerprint.count == 64)
    func add(_ what: String, _ set: LongTailDataset) {
      #expect(!found.contains(set.fingerprint), "\(what)")
      found.append(set.fingerprint)
    }
    add("a path", dataset([("9", [0]), two], [("3", [0])], captions: texts))
    add("a label", dataset([("1", [1]), two], [("3", [0])], captions: texts))
    add("the order of labels", dataset([one, ("2", [2, 1])], [("3", [0])], captions: texts))
    add("the order of images", dataset([two, one], [("3", [0])], captions: ["y", "x"]))
    add("captions exchanged", dataset([one, two], [("3", [0])], captions: ["y", "x"]))
    add("a caption", dataset([one, two], [("3", [0])], captions: ["x", "z"]))
    add("no captions", dataset([one, two], [("3", [0])]))
    add("a test path", dataset([one, two], [("4", [0])], captions: texts))
    add("a test label", dataset([one, two], [("3", [1])], captions: texts))
    add("no test image", dataset([one, two], [], captions: texts))
    add("a name", dataset([one, two], [("3", [0])], captions: texts, names: ["a", "b", "d"]))
    add(
      "a name more", dataset([one, two], [("3", [0])], captions: texts, names: ["a", "bc", "d"]))
    add(
      "names cut elsewhere",
      dataset([one, two], [("3", [0])], captions: texts, names: ["ab", "c", "d"]))
    // Where the data lies is not what it is.
    let moved = dataset([one, two], [("3", [0])], captions: texts, root: "/elsewhere")
    #expect(moved.fingerprint == start.fingerprint)
  }

  @Test("the audit tells missing files, files that are no pictures, and images of both lists")
  func audit() throws {
    let folder = try TemporaryFolder()
    let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    func write(_ name: String, _ bytes: [UInt8]) throws {
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
    }
    try write("whole.png", png + [0])
    try write("short.png", png)
    try write("text.png", Array("not a picture at all".utf8))
    let set = dataset(
      [("whole.png", [0]), ("gone.png", [0]), ("short.png", [0])],
      [("text.png", [0]), ("whole.png", [0]), ("also gone.png", [0])], root: folder.path)
    let audit = DatasetAudit(set)
    #expect(audit.images == 6)
    #expect(audit.missing == ["gone.png", "also gone.png"])
    #expect(audit.notPictures == ["short.png", "text.png"])
    #expect(audit.inBoth == ["whole.png"])
  }

  @Test("paths that leave the data folder are refused with list and line")
  func outside() throws {
    let folder = try TemporaryFolder()
    for bad in ["/etc/passwd", "../x.jpg", "a/../../x.jpg", "a/.."] {
      for (list, set) in [
        ("train.txt", dataset([("a.jpg", [0]), (bad, [0])], [("b.jpg", [0])], root: folder.path)),
        ("test.txt", dataset([("a.jpg", [0])], [("b.jpg", [0]), (bad, [0])], root: folder.path)),
      ] {
        #expect(throws: (any Error).self, "\(bad)") { try set.requirePathsInside() }
        do { try set.requirePathsInside() } catch {
          #expect("\(error)".contains("\(list)") && "\(error)".contains("line 2"), "\(error)")
        }
      }
    }
    try dataset([("a..b.jpg", [0]), ("a/...jpg", [0])], [], root: folder.path).requirePathsInside()
  }

  @Test("published lists are told from other files, and from files that are not there")
  func published() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("voc_lt_train.txt", "a.jpg 0\n")
    let files = try #require(PublishedFiles.of("voc-lt"))
    let found = files.matches(in: folder.path)
    #expect(found.map(\.name) == files.lists.map(\.name) && found.count == 4)
    #expect(found.map(\.isPublished) == [false, nil, nil, nil])
    #expect(PublishedFiles.of("coco-lt")?.lists.count == 4 && PublishedFiles.of("mini") == nil)
    if let lists = PublishedLists.folder {
      #expect(files.matches(in: "\(lists)/voc").allSatisfy { $0.isPublished == true })
    }
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
}
