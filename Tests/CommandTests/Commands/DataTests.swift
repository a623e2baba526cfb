// DataTests - `lmpt data stats` and `lmpt data check`.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@Suite struct DataTests {
  @Test("stats count the test list's own labels")
  func testCounts() throws {
    let outcome = try Program.run(["data", "stats", "--dataset", "mini", "--json"])
    for (key, file) in [("counts", "mini_lt_train"), ("test_counts", "mini_lt_test")] {
      var counts = [Int](repeating: 0, count: 20)
      let list = String(decoding: try Fixtures.bytes("mini/\(file).txt"), as: UTF8.self)
      for line in list.split(separator: "\n") {
        for label in line.split(separator: " ").dropFirst() { counts[Int(label) ?? 0] += 1 }
      }
      #expect(try outcome.json[key]?.array?.compactMap(\.int) == counts, "\(key)")
    }
  }

  @Test("check of the embedded benchmark finds everything")
  func checkMini() throws {
    let outcome = try Program.run(["data", "check", "--dataset", "mini", "--json"])
    #expect(outcome.code == 0)
    #expect(try outcome.json["images"]?.int == 2642)
    #expect(try outcome.json["missing_count"]?.int == 0)
    #expect(try outcome.json["in_both_lists"]?.array?.isEmpty == true)
  }

  @Test("check names the test pictures that are trained on, and no others")
  func bothLists() throws {
    let data = try TinyData()
    try data.writeLists(test: data.test + data.train.prefix(2))
    let outcome = try Program.run([
      "data", "check", "--dataset", data.path("tiny.json"), "--data", data.folder.path, "--json",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let pictures = data.train.prefix(2).map { String($0.prefix { $0 != " " }) }
    #expect(try outcome.json["in_both_lists"]?.array?.compactMap(\.string) == pictures)
    #expect(try outcome.json["captions"]?.int == data.train.count)
  }

  @Test("check says that there are no captions, and counts what it found")
  func withoutCaptions() throws {
    let data = try TinyData()
    _ = try data.folder.write(
      "bare.json",
      #"{"name": "bare", "train": "train.txt", "test": "test.txt", "labels": "labels.txt"}"#)
    let words = [
      "data", "check", "--dataset", data.path("bare.json"), "--data", data.folder.path,
    ]
    #expect(try Program.run(words + ["--json"]).json["captions"]?.int == 0)
    let (train, test) = (data.train.count, data.test.count)
    let text = try Program.run(words).output
    #expect(text.contains("lists: \(train) training, \(test) test images"), "\(text)")
    #expect(text.contains("no captions"))
    #expect(text.contains("images: \(train + test) of \(train + test) found"), "\(text)")
  }

  @Test("a link stays in the data folder; a folder whose name begins alike is another one")
  func links() throws {
    let folder = try TemporaryFolder()
    let data = "\(folder.path)/data"
    for path in [data, "\(folder.path)/data-private"] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: Fixtures.path("mini/images/test/000001.jpg"), toPath: "\(path)/a.jpg")
    }
    _ = try folder.write("data/labels.txt", "cat 0\n")
    _ = try folder.write("data/train.txt", "a.jpg 0\n")
    let description = try folder.write(
      "own.json",
      """
      {"name": "own", "train": "train.txt", "test": "test.txt", "labels": "labels.txt"}
      """)
    for (target, code) in [("data", 0), ("data-private", 3)] as [(String, Int32)] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(data)/to-\(target)", withDestinationPath: "../\(target)")
      _ = try folder.write("data/test.txt", "to-\(target)/a.jpg 0\n")
      let outcome = try Program.run([
        "data", "check", "--dataset", description, "--data", data,
      ])
      #expect(outcome.code == code, "\(target): \(outcome.errors)")
      let isRefused = outcome.errors.contains("leaves the data folder (line 1)")
      #expect(isRefused == (code == 3), "\(target): \(outcome.errors)")
    }
  }

  @Test("check says what to download and where it goes", arguments: ["voc-lt", "coco-lt"])
  func instructions(name: String) throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/data", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/other/VOCdevkit", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/other/val2017", withIntermediateDirectories: true)
    let outcome = try Program.run([
      "data", "check", "--dataset", name, "--data", "\(folder.path)/data",
    ])
    #expect(outcome.code == 3 && outcome.errorLines.count == 1)
    let expected =
      name == "voc-lt"
      ? [
        "VOCtest_06-Nov-2007.tar", "VOCdevkit/VOC2012", "voc_lt_captions.txt",
        "other/VOCdevkit: move",
      ]
      : ["train2017.zip", "val2017", "coco_labels.txt", "other/val2017: move"]
    for text in expected { #expect(outcome.output.contains(text), "\(text)") }
  }

  @Test("check lists as missing only what is missing, and sends nobody back to itself")
  func onlyMissing() throws {
    let folder = try TemporaryFolder()
    let picture = "VOCdevkit/VOC2007/JPEGImages/a.jpg"
    _ = try folder.write("voc_labels.txt", "cat 0\n")
    _ = try folder.write("voc_lt_train.txt", "\(picture) 0\n")
    _ = try folder.write("voc_lt_captions.txt", "\(picture) a cat\n")
    _ = try folder.write("voc_lt_test.txt", "VOCdevkit/VOC2007/JPEGImages/b.jpg 0\n")
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/VOCdevkit/VOC2012", withIntermediateDirectories: true)
    let outcome = try Program.run(["data", "check", "--dataset", "voc-lt", "--data", folder.path])
    #expect(outcome.code == 3 && outcome.errorLines.count == 1)
    #expect(outcome.output.contains("voc_labels.txt: not the published file"))
    #expect(outcome.output.contains("images: 0 of 2 found"), "\(outcome.output)")
    let needed = outcome.output.components(separatedBy: "still needs under").last ?? ""
    #expect(needed.contains("\(folder.path)/VOCdevkit/VOC2007\n"), "\(needed)")
    for there in ["voc_labels.txt", "voc_lt_train.txt", "VOCdevkit/VOC2012"] {
      #expect(!needed.contains(there), "\(needed)")
    }
    #expect(!outcome.errors.contains("'lmpt data check'"), "\(outcome.errors)")
  }

  @Test("check names no option that it does not take")
  func outside() throws {
    let folder = try TemporaryFolder()
    let spec = try folder.write(
      "w.json", #"{"name": "w", "train": "train.txt", "test": "test.txt", "labels": "labels.txt"}"#)
    _ = try folder.write("labels.txt", "cat 0\n")
    _ = try folder.write("train.txt", "../a.jpg 0\n")
    _ = try folder.write("test.txt", "b.jpg 0\n")
    let outcome = try Program.run(["data", "check", "--dataset", spec, "--data", folder.path])
    #expect(outcome.code == 3 && outcome.errors.contains("leaves the data folder"))
    #expect(outcome.errors.contains("'lmpt train' takes others with --allow-outside"))
    let asked = try Program.run([
      "zeroshot", "--dataset", spec, "--data", folder.path,
      "--weights", Fixtures.path("mini/clip.safetensors"),
    ])
    #expect(asked.errors.contains("or --allow-outside"), "\(asked.errors)")
  }

  /// A folder with lists of one's own, and what `check` says of them.
  private func check(_ picture: String, in folder: TemporaryFolder) throws -> Outcome {
    let spec = try folder.write(
      "w.json", #"{"name": "w", "train": "train.txt", "test": "test.txt", "labels": "labels.txt"}"#)
    try FileManager.default.copyItem(
      atPath: Fixtures.path("mini/images/test/000001.jpg"), toPath: "\(folder.path)/there.jpg")
    _ = try folder.write("labels.txt", "cat 0\n")
    _ = try folder.write("train.txt", "there.jpg 0\n")
    _ = try folder.write("test.txt", "\(picture) 0\n")
    return try Program.run(["data", "check", "--dataset", spec, "--data", folder.path])
  }

  @Test("a picture that is not decoded is told as predict tells it")
  func heic() throws {
    let folder = try TemporaryFolder()
    let heic = try folder.write("a.heic", "\0\0\0\u{18}ftypheic\0\0\0\0mif1heic")
    let outcome = try check("a.heic", in: folder)
    #expect(outcome.code == 3 && outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("HEIC images are not supported. Hint: convert it to"))
    #expect(outcome.output.contains("no picture that is read: a.heic (HEIC images"))
    let predicted = try Program.run([
      "predict", heic, "--classes", "cat, dog", "--weights", Fixtures.path("mini/clip.safetensors"),
    ])
    #expect(predicted.code == 3 && predicted.errors == outcome.errors)
  }

  @Test("a missing photograph of one's own is a path to correct, not a file to download")
  func ownMissing() throws {
    let gone = try check("gone.jpg", in: try TemporaryFolder())
    #expect(gone.code == 3 && gone.errorLines.count == 1)
    #expect(gone.errors.contains("correct the path in the table; paths start inside --data"))
    #expect(
      !gone.errors.contains("Datasets.md") && !gone.output.contains("needs"), "\(gone.output)")
    let capitals = try check("There.JPG", in: try TemporaryFolder())
    #expect(capitals.errors.contains("there is there.jpg, and capitals count"))
    #expect(capitals.output.contains("missing: There.JPG (there is there.jpg, and capitals count)"))
  }
}
