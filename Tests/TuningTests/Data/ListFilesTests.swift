// ListFilesTests - the published formats with all their quirks, and hostile lists.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTMetrics
import LMPTSupport
import LMPTTensors
import LMPTTuning
import Testing

/// Runs a parser over the bytes of a text.
private func parse<Result>(
  _ text: String, _ body: (UnsafeRawBufferPointer) throws -> Result
) rethrows -> Result {
  try Array(text.utf8).withUnsafeBytes(body)
}

@Suite("list, caption and label files")
struct ListFilesTests {
  @Test("trailing spaces, CRLF, a missing last newline, unsorted labels, images without labels")
  func quirks() throws {
    let list = "a/1.jpg 14 4 19 \r\nb/2.jpg\nc/3.jpg 0"
    let images = try parse(list) { try parseImageList($0, classes: 20) }
    #expect(images.map(\.path) == ["a/1.jpg", "b/2.jpg", "c/3.jpg"])
    #expect(images.map(\.labels) == [[14, 4, 19], [], [0]])
  }

  @Test("names of two words, underscores, a space before the carriage return")
  func names() throws {
    let names = try parse("bicycle 0 \r\ntraffic light 1\r\nhot_dog 2") { try parseClassNames($0) }
    #expect(names == ["bicycle", "traffic light", "hot dog"])
  }

  @Test("captions follow the training list")
  func captions() throws {
    let images = try parse("a.jpg 1\nb.jpg 0\n") { try parseImageList($0, classes: 2) }
    let captions = try parse("a.jpg a dog  on a\nb.jpg") { try parseCaptions($0, images: images) }
    #expect(captions == ["a dog  on a", ""])
  }

  @Test("spaces separate before an accent or half an emoji, as bytes do")
  func marks() throws {
    let images = try parse("a/\u{301}1.jpg \t1\nb 0 \n") { try parseImageList($0, classes: 2) }
    #expect(images.map(\.path) == ["a/\u{301}1.jpg", "b"])
    #expect(throws: DatasetError.badLabel(line: 1, found: "\u{FE0F}")) {
      try parse("b.jpg \u{FE0F}\n") { try parseImageList($0, classes: 2) }
    }
    let captions = try parse("a/\u{301}1.jpg \u{200D}dog\nb \u{FE0F}\n") {
      try parseCaptions($0, images: images)
    }
    #expect(captions == ["\u{200D}dog", "\u{FE0F}"])
    #expect(
      try parse("hot_\u{301}dog \u{301} 0") { try parseClassNames($0) } == [
        "hot \u{301}dog \u{301}"
      ])
  }

  @Test(
    "hostile lists are refused with their line",
    arguments: [
      ("a.jpg 20\n", DatasetError.labelOutOfRange(line: 1, label: 20, classes: 20)),
      ("a.jpg 1\nb.jpg -1\n", .labelOutOfRange(line: 2, label: -1, classes: 20)),
      ("a.jpg 1.5\n", .badLabel(line: 1, found: "1.5")),
      ("a.jpg +1\n", .badLabel(line: 1, found: "+1")),
      ("my pic.jpg 1\n", .badLabel(line: 1, found: "pic.jpg")),
      ("a.jpg 1 1\n", .repeatedLabel(line: 1, label: 1)),
      ("a.jpg 1\na.jpg 2\n", .repeatedPath(line: 2, path: "a.jpg", first: 1)),
      ("a.jpg 1\n\nb.jpg 2\n", .emptyLine(line: 2)),
      ("", .noImages), ("a\0.jpg 1\n", .notText(line: 1)),
      ("a.jpg 99999999999999999999\n", .badLabel(line: 1, found: "99999999999999999999")),
    ])
  func hostile(text: String, error: DatasetError) {
    #expect(throws: error) { try parse(text) { try parseImageList($0, classes: 20) } }
  }

  @Test("captions of another length or order are refused")
  func hostileCaptions() throws {
    let images = try parse("a.jpg 1\nb.jpg 0\n") { try parseImageList($0, classes: 2) }
    #expect(throws: DatasetError.captionCount(captions: 1, images: 2)) {
      try parse("a.jpg x\n") { try parseCaptions($0, images: images) }
    }
    #expect(throws: DatasetError.captionOrder(line: 1, caption: "b.jpg", image: "a.jpg")) {
      try parse("b.jpg x\na.jpg y\n") { try parseCaptions($0, images: images) }
    }
  }

  @Test(
    "cut or flipped anywhere, the published formats give entries or an error of ours",
    arguments: ["mini_lt_train.txt", "mini_lt_captions.txt", "mini_labels.txt"])
  func sweep(name: String) throws {
    // Eight lines have every construct of a file; the time is that of their square.
    let lines = String(decoding: try Fixtures.bytes("mini/\(name)"), as: UTF8.self)
      .split(separator: "\n").prefix(Long.or(8, long: 30)).joined(separator: "\n")
    let bytes = Array(lines.utf8)
    let images = try parse("a.jpg 1\nb.jpg 0\n") { try parseImageList($0, classes: 2) }
    func survive(_ bytes: [UInt8]) throws {
      try bytes.withUnsafeBytes { buffer in
        for body in [
          { _ = try parseImageList(buffer, classes: 20) },
          { _ = try parseCaptions(buffer, images: images) },
          { _ = try parseClassNames(buffer) },
        ] as [() throws -> Void] {
          do { try body() } catch is DatasetError {}
        }
      }
    }
    for count in 0..<bytes.count { try survive(Array(bytes.prefix(count))) }
    for (index, byte) in bytes.enumerated() {
      for flipped in [byte ^ 1 << UInt8(index % 8), 0, 10, 255] {
        var damaged = bytes
        damaged[index] = flipped
        try survive(damaged)
      }
    }
  }

  @Test("a class name that is too long to compare is refused by its line")
  func longClassNames() throws {
    let text = "cat 0\nk" + String(repeating: "\u{301}\u{323}", count: 300_000) + " 1\n"
    #expect(throws: DatasetError.lineTooLong(line: 2, bytes: 1_200_003, limit: 1024)) {
      try parse(text) { try parseClassNames($0) }
    }
    let folder = try TemporaryFolder()
    let path = try folder.write("classes.txt", text)
    #expect(errorCode { _ = try ClassNames.named(path) } == "dataset.line-too-long")
  }

  @Test("a path that is too long to compare is refused by its line")
  func longPaths() throws {
    let long = "k" + String(repeating: "\u{301}\u{323}", count: 200_000)
    #expect(throws: DatasetError.pathTooLong(line: 2, bytes: 800_001)) {
      try parse("a.jpg 0\n\(long) 1\n") { try parseImageList($0, classes: 2) }
    }
    #expect(throws: DatasetError.pathTooLong(line: 1, bytes: 800_001)) {
      try parse("\(long) words\n") {
        try parseCaptions($0, images: [ListedImage(path: "a.jpg", labels: [0])])
      }
    }
    let longest = String(repeating: "k", count: 4096)
    #expect(try parse("\(longest) 0\n") { try parseImageList($0, classes: 1) }.count == 1)
  }

  @Test("classes are numbered in the order of their lines")
  func classOrder() {
    #expect(throws: DatasetError.classesNotContiguous(line: 1, index: 1, expected: 0)) {
      try parse("dog 1\ncat 0\n") { try parseClassNames($0) }
    }
    #expect(throws: DatasetError.classesNotContiguous(line: 2, index: 0, expected: 1)) {
      try parse("dog 0\ncat 0\n") { try parseClassNames($0) }
    }
  }

  @Test("a line may be as long as the limit, and no byte longer")
  func longestLine() throws {
    var limits = Limits()
    limits.lineBytes = 12
    let images = try parse("abcdefghij 1\n") {
      try parseImageList($0, classes: 2, limits: limits)
    }
    #expect(images == [ListedImage(path: "abcdefghij", labels: [1])])
    limits.lineBytes = 11
    #expect(throws: DatasetError.lineTooLong(line: 1, bytes: 12, limit: 11)) {
      try parse("abcdefghij 1\n") { try parseImageList($0, classes: 2, limits: limits) }
    }
  }

  @Test("limits on lines hold")
  func limits() {
    var limits = Limits()
    limits.lineBytes = 10
    #expect(throws: DatasetError.lineTooLong(line: 1, bytes: 12, limit: 10)) {
      try parse("abcdefghij 1\n") { try parseImageList($0, classes: 2, limits: limits) }
    }
    limits = Limits()
    limits.lines = 2
    #expect(throws: DatasetError.tooManyLines(limit: 2)) {
      try parse("a 1\nb 1\nc 1\n") { try parseImageList($0, classes: 2, limits: limits) }
    }
  }

  @Test(
    "each hostile list of the fixtures ends with its code in a moment",
    arguments: HostileFile.of("lists"))
  func hostileListFiles(file: HostileFile) {
    file.expectCode(bytes: { _ = try parseImageList($0, classes: 20) })
  }

  @Test(
    "each hostile file of captions ends with its code in a moment",
    arguments: HostileFile.of("captions"))
  func hostileCaptionFiles(file: HostileFile) {
    file.expectCode(bytes: { bytes in
      let list = Array("a.jpg 1\nb.jpg 2\n".utf8)
      let images = try list.withUnsafeBytes { try parseImageList($0, classes: 20) }
      _ = try parseCaptions(bytes, images: images)
    })
  }

  @Test(
    "each hostile file of labels ends with its code in a moment",
    arguments: HostileFile.of("labels"))
  func hostileLabelFiles(file: HostileFile) {
    file.expectCode(bytes: { _ = try parseClassNames($0) })
  }

  @Test("a path in quotation marks keeps its spaces; other lines are read as ever")
  func quoted() throws {
    let images = try parse("\"my dog/a  b.jpg\" 3 7\nc.jpg 1\n\"d e.jpg\"\na\"b.jpg 2\n") {
      try parseImageList($0, classes: 9)
    }
    #expect(images.map(\.path) == ["my dog/a  b.jpg", "c.jpg", "d e.jpg", "a\"b.jpg"])
    #expect(images.map(\.labels) == [[3, 7], [1], [], [2]])
    let text = "\"my dog/a  b.jpg\" a dog, \"b\"\nc.jpg x\n\"d e.jpg\"\na\"b.jpg \"\n"
    let captions = try Array(text.utf8).withUnsafeBytes { try parseCaptions($0, images: images) }
    #expect(captions == ["a dog, \"b\"", "x", "", "\""])
  }

  @Test(
    "marks that do not close, or hold nothing, are refused with their line",
    arguments: ["\"a b.jpg 1\n", "\"\" 1\n", "\"a\"b.jpg 1\n", "\"\n"])
  func openQuotes(text: String) {
    #expect(throws: DatasetError.badQuotes(line: 2)) {
      try parse("x.jpg\n" + text) { try parseImageList($0, classes: 9) }
    }
  }
}

/// The published lists, where a checkout of them is at hand.
enum PublishedLists {
  /// The folder with `voc` and `coco`: LMPT_LISTS, or `../shared/data/lmpt` beside the package.
  static var folder: String? {
    let candidates: [String?] = [
      ProcessInfo.processInfo.environment["LMPT_LISTS"],
      Fixtures.root.deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("shared/data/lmpt").path,
    ]
    return candidates.compactMap { $0 }.first { FileManager.default.fileExists(atPath: $0) }
  }
}

@Suite(
  "the published lists",
  .enabled(if: PublishedLists.folder != nil, "set LMPT_LISTS to the folder with voc and coco"))
struct PublishedListsTests {
  @Test(
    "counts and groups",
    arguments: [
      ("voc-lt", "voc", [1142, 4952, 20, 6, 6, 8]),
      ("coco-lt", "coco", [1909, 5000, 80, 22, 33, 25]),
    ])
  func counts(name: String, folder: String, expected: [Int]) throws {
    let root = try #require(PublishedLists.folder) + "/\(folder)"
    let dataset = try LongTailDataset(try DatasetSpec.named(name), root: root)
    let groups = Dictionary(grouping: dataset.groups, by: { $0 }).mapValues(\.count)
    let found: [Int] = [
      dataset.train.count, dataset.test.count, dataset.classNames.count, groups[.head] ?? 0,
      groups[.medium] ?? 0, groups[.tail] ?? 0,
    ]
    #expect(found == expected)
    #expect(dataset.captions?.count == dataset.train.count)
    try dataset.requireEveryClass()
  }

  @Test("a held-out fifth keeps every class on both sides where it can")
  func split() throws {
    let root = try #require(PublishedLists.folder) + "/voc"
    let dataset = try LongTailDataset(try DatasetSpec.named("voc-lt"), root: root)
    var generator = Generator(seed: 0)
    let split = ValidationSplit(
      dataset.train, classes: 20, fraction: 0.2, generator: &generator)
    #expect(Set(split.train).isDisjoint(with: split.validation))
    #expect(split.train.count + split.validation.count == 1142)
    let kept = classCounts(split.train.map { dataset.train[$0] }, classes: 20)
    let held = classCounts(split.validation.map { dataset.train[$0] }, classes: 20)
    #expect(kept.allSatisfy { $0 >= 1 })
    #expect(held.allSatisfy { $0 >= 1 })
    #expect((150...320).contains(split.validation.count))
  }
}
