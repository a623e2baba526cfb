// RunDataTests - a bad file among many: named and refused, or left out in plain sight.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Synchronization
import Testing

@Suite("pictures of a run")
struct RunDataTests {
  /// Tiny data with one training and one test picture spoilt.
  private func spoilt() throws -> (data: TinyData, bad: [String]) {
    let data = try TinyData()
    // A picture whose classes others show too, so that leaving it out is possible.
    let counts = Dictionary(
      data.train.flatMap { $0.split(separator: " ").dropFirst() }.map { ($0, 1) },
      uniquingKeysWith: +)
    let line = try #require(
      data.train.first {
        $0.split(separator: " ").dropFirst().allSatisfy { counts[$0, default: 0] > 2 }
      })
    let bad = [line, data.test[3]].map { String($0.split(separator: " ")[0]) }
    for path in bad {
      let url = URL(fileURLWithPath: data.path(path))
      try Data(try Data(contentsOf: url).prefix(500)).write(to: url)
    }
    return (data, bad)
  }

  @Test("by default the run stops with the file's name, and leaves nothing")
  func fail() throws {
    let (data, bad) = try spoilt()
    for policy in [[], ["--on-bad-image", "fail"]] {
      let outcome = try Program.run(data.train("run", ["--epochs", "1", "--json"] + policy))
      #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains(bad[0]))
      #expect(try outcome.json["error"]?["code"]?.string == "jpeg.truncated")
      #expect(try outcome.json["error"]?["file"]?.string == data.path(bad[0]))
      #expect(!FileManager.default.fileExists(atPath: data.path("run")))
    }
  }

  @Test("skip leaves them out; the run folder lists them and the counts change")
  func skip() throws {
    let (data, bad) = try spoilt()
    let skip = ["--epochs", "1", "--on-bad-image", "skip", "--json"]
    let outcome = try Program.run(data.train("run", skip))
    #expect(outcome.code == 0, "\(outcome.errors)")
    let metrics = try JSON.parse(
      Array(try Data(contentsOf: URL(fileURLWithPath: data.path("run/metrics.json")))))
    #expect(metrics["skipped_images"]?.array?.compactMap(\.string) == bad)
    #expect(metrics["train_images"]?.int == data.train.count - 1)
    #expect(metrics["test_images"]?.int == data.test.count - 1)
    let list = try String(contentsOfFile: data.path("run/skipped.txt"), encoding: .utf8)
    #expect(list == bad.joined(separator: "\n") + "\n")

    // The numbers are those of lists without the pictures.
    let (train, captions) = (data.train, data.captions)
    let kept = train.indices.filter { !train[$0].hasPrefix(bad[0] + " ") }
    try data.writeLists(
      train: kept.map { train[$0] }, captions: kept.map { captions[$0] },
      test: data.test.filter { !$0.hasPrefix(bad[1] + " ") })
    #expect(try Program.run(data.train("without", ["--epochs", "1"])).code == 0)
    let expected = try numbers(of: data.path("without"))
    #expect(try numbers(of: data.path("run")) == expected)
  }

  @Test("what was skipped once is still refused by default, and used once it is repaired")
  func policyOfTheCache() throws {
    let (data, bad) = try spoilt()
    let skip = ["features"] + data.source + ["--on-bad-image", "skip", "--quiet"]
    #expect(try Program.run(skip).code == 0)
    let refused = try Program.run(data.train("run", ["--epochs", "1"]))
    #expect(refused.code == 3 && refused.errors.contains(bad[0]), "\(refused.errors)")
    // Cut files of one size have another name in the cache than whole ones.
    for path in bad {
      try Data(Fixtures.bytes("mini/\(path)")).write(to: URL(fileURLWithPath: data.path(path)))
    }
    #expect(try Program.run(data.train("run", ["--epochs", "1"])).code == 0)
  }

  @Test("a picture that is cut short while it is read is left out or used, never a signal")
  func shortened() throws {
    let data = try TinyData()
    // Each is as long as a block of the pool's work lasts.
    let paths = (data.train + data.test).map { data.picture($0) }
    let contents = try paths.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    let command = ["features"] + data.source + ["--on-bad-image", "skip", "--quiet"]
    let stops = Atomic(false)
    let outcome = Mutex<Result<Outcome, any Error>?>(nil)
    DispatchQueue.concurrentPerform(iterations: 2) { thread in
      if thread == 0 {
        let result = Result { try Program.run(command) }
        outcome.withLock { $0 = result }
        stops.store(true, ordering: .relaxed)
        return
      }
      while !stops.load(ordering: .relaxed) {
        for path in paths { truncate(path, 100) }
        for (path, content) in zip(paths, contents) {
          let file = open(path, O_WRONLY)
          _ = content.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
          close(file)
        }
      }
    }
    let found = try #require(try outcome.withLock { $0 }?.get())
    // All pictures of a class may have been short: that stops a run by name.
    #expect(found.code == 0 || found.code == 3, "\(found.code): \(found.errors)")
  }

  @Test("a resumed run leaves out what it left out before, or is refused")
  func resumed() throws {
    let (data, bad) = try spoilt()
    let options = ["--epochs", "1", "--on-bad-image", "skip"]
    #expect(try Program.run(data.train("run", options)).code == 0)
    #expect(try Program.run(data.train("run", options + ["--resume"])).code == 0)
    try Data(Fixtures.bytes("mini/\(bad[0])")).write(to: URL(fileURLWithPath: data.path(bad[0])))
    let outcome = try Program.run(data.train("run", options + ["--resume", "--json"]))
    #expect(outcome.code == 3, "\(outcome.errors)")
    #expect(try outcome.json["error"]?["code"]?.string == "run.differs")
    #expect(outcome.errors.contains("skipped pictures were"), "\(outcome.errors)")
  }

  @Test("a class of which every training picture is bad stops the run by name")
  func emptied() throws {
    let data = try TinyData()
    // Class 9 is the cow, of which the mini benchmark has four training pictures.
    for line in data.train where line.split(separator: " ").dropFirst().contains("9") {
      try Data("no picture".utf8).write(to: URL(fileURLWithPath: data.picture(line)))
    }
    let outcome = try Program.run(
      data.train("run", ["--epochs", "1", "--on-bad-image", "skip", "--json"]))
    #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(try outcome.json["error"]?["code"]?.string == "dataset.empty-class")
    #expect(!FileManager.default.fileExists(atPath: data.path("run")))
  }

  @Test(
    "paths that leave the data folder are refused unless allowed",
    arguments: ["absolute", "parent", "inside-parent", "link", "folder-link"])
  func outside(kind: String) throws {
    let data = try TinyData()
    let other = try TemporaryFolder()
    let picture = String(data.test[0].split(separator: " ")[0])
    let source = "\(other.path)/outside.jpg"
    try FileManager.default.copyItem(atPath: data.path(picture), toPath: source)
    let path: String
    switch kind {
    case "absolute": path = source
    case "parent": path = "../\((other.path as NSString).lastPathComponent)/outside.jpg"
    case "inside-parent":
      path = "images/../../\((other.path as NSString).lastPathComponent)/outside.jpg"
    case "link":
      path = "link.jpg"
      try FileManager.default.createSymbolicLink(
        atPath: data.path(path), withDestinationPath: source)
    default:
      path = "linked/outside.jpg"
      try FileManager.default.createSymbolicLink(
        atPath: data.path("linked"), withDestinationPath: other.path)
    }
    try data.writeLists(test: data.test + ["\(path) 0"])
    for command in [data.train("run", ["--epochs", "1"]), ["features"] + data.source] {
      let outcome = try Program.run(command + ["--json"])
      #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(try outcome.json["error"]?["code"]?.string == "dataset.path-outside-root")
      #expect(outcome.errors.contains("line \(data.test.count + 1)"))
    }
    // Allowed, every other kind is read; an absolute path is still one below the data folder.
    let allowed = try Program.run(["features"] + data.source + ["--allow-outside", "--json"])
    if kind == "absolute" {
      #expect(try allowed.json["error"]?["file"]?.string == "\(data.folder.path)/\(source)")
      #expect(try allowed.json["error"]?["code"]?.string == "file.missing")
    } else {
      #expect(allowed.code == 0, "\(allowed.errors)")
    }
  }

  @Test("a link that stays inside the data folder is no way out")
  func insideLink() throws {
    let data = try TinyData()
    let picture = String(data.test[0].split(separator: " ")[0])
    try FileManager.default.createSymbolicLink(
      atPath: data.path("link.jpg"), withDestinationPath: data.path(picture))
    try data.writeLists(test: data.test + ["link.jpg 0"])
    #expect(try Program.run(["features"] + data.source + ["--quiet"]).code == 0)
  }
}
