// PredictListTests - `lmpt predict --output` and `--merge`: rows of any number of pictures, through kills.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTSupport
import Testing

@Suite("predictions of a list", .serialized)
struct PredictListTests {
  private static let classes = [
    "--classes", "cat, dog, red bus", "--weights", Fixtures.path("mini/clip.safetensors"),
  ]

  private func predict(_ list: String, _ out: String, _ more: [String] = []) throws -> Outcome {
    try Program.run(["predict", "--list", list, "--output", out, "--quiet"] + Self.classes + more)
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test("rows are what predict prints of each picture, in the list's order")
  func rows() throws {
    let folder = try TemporaryFolder()
    // More than a group, and no multiple of one.
    let pictures = Array(listedPictures(37).reversed())
    let list = try writeList(pictures, "\(folder.path)/list.txt")
    let out = "\(folder.path)/out.jsonl"
    let outcome = try predict(list, out, ["--json", "--threshold", "0.3"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try outcome.json["rows"]?.int == 37 && outcome.json["skipped"]?.int == 0)
    let rows = try text(out).split(separator: "\n").map { try JSON.parse(String($0)) }
    for row in rows {
      let over = row["scores"]?.array?.filter { ($0["score"]?.double ?? 0) > 0.3 }
      let labels = Set(row["labels"]?.array?.compactMap(\.string) ?? [])
      #expect(labels == Set(over?.compactMap { $0["class"]?.string } ?? []))
    }
    let printed = try Program.run(
      ["predict"] + pictures + ["--json", "--threshold", "0.3"] + Self.classes)
    #expect(printed.code == 0, "\(printed.errors)")
    #expect(try printed.json["images"]?.array == rows)
    #expect(try folder.files == ["list.txt", "out.jsonl", "out.jsonl.json"])
    // The same as a table: without a threshold no column of labels.
    let table = "\(folder.path)/out.csv"
    #expect(try predict(list, table, ["--top", "2"]).code == 0)
    let lines = try text(table).split(separator: "\n")
    #expect(lines.count == 38 && lines[0] == "image,class1,score1,class2,score2")
    for (line, row) in zip(lines.dropFirst(), rows) {
      let cells = line.split(separator: ",").map(String.init)
      let best = try #require(row["scores"]?.array?.prefix(2))
      #expect(cells[0] == row["image"]?.string)
      #expect([cells[1], cells[3]] == best.map { $0["class"]?.string })
      #expect([Double(cells[2]), Double(cells[4])] == best.map { $0["score"]?.double })
    }
  }

  @Test("killed at any moment and gone on with, the bytes are the same")
  func killed() throws {
    let folder = try TemporaryFolder()
    let list = try writeList(listedPictures(Long.or(300, long: 20_000)), "\(folder.path)/list.txt")
    let (straight, out) = ("\(folder.path)/straight.csv", "\(folder.path)/out.csv")
    #expect(try predict(list, straight).code == 0)
    try kill {
      ["predict", "--list", list, "--output", out, "--quiet", "--resume"] + Self.classes
    } check: { _ in
      if FileManager.default.fileExists(atPath: out) { expectSame(straight, out, ["", ".json"]) }
    } restart: {
      expectSame(straight, out, ["", ".json"])
      for end in ["", ".json"] { try FileManager.default.removeItem(atPath: out + end) }
    }
    #expect(try predict(list, out, ["--resume"]).code == 0)
    expectSame(straight, out, ["", ".json"])
    #expect(!FileManager.default.fileExists(atPath: "\(out).unfinished"))
  }

  @Test("a signal notes what is done and says how it goes on")
  func interrupted() throws {
    let folder = try TemporaryFolder()
    let list = try writeList(listedPictures(4000), "\(folder.path)/list.txt")
    let out = "\(folder.path)/out.csv"
    // One thread, so that many cores are not done before the signal comes.
    let program = try RunningProgram(
      ["predict", "--list", list, "--output", out, "--quiet", "--threads", "1"] + Self.classes)
    let state = "\(out).unfinished/state.json"
    while program.isRunning, ((try? JSON.read(state))?["rows"]?.int ?? 0) == 0 { usleep(20_000) }
    program.send(SIGTERM)
    let outcome = program.wait()
    #expect(outcome.code == 130 && outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains("--resume"), "\(outcome.errors)")
    let rows = try #require(try JSON.read(state)["rows"]?.int)
    #expect(rows > 0 && rows < 4000 && rows % 32 == 0)
  }

  @Test("parts join to what one process makes; parts of other settings are refused")
  func parts() throws {
    let folder = try TemporaryFolder()
    var pictures = listedPictures(50)
    pictures[20] = "\(folder.path)/none.jpg"
    let list = try writeList(pictures, "\(folder.path)/list.txt")
    let skip = ["--on-bad-image", "skip"]
    let whole = "\(folder.path)/whole.csv"
    #expect(try predict(list, whole, skip).code == 0)
    let skipped = try JSON.parse(text("\(whole).skipped.txt"))
    #expect(skipped["name"]?.string == pictures[20] && skipped["error"]?.string != nil)
    let parts = (1...3).map { "\(folder.path)/part\($0).csv" }
    for (index, part) in parts.enumerated() {
      let outcome = try predict(list, part, skip + ["--shard", "\(index + 1)/3"])
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    let joined = "\(folder.path)/joined.csv"
    let merged = try Program.run(["predict", "--merge", joined] + parts.reversed())
    #expect(merged.code == 0 && merged.output.contains("49 pictures"), "\(merged.errors)")
    expectSame(whole, joined, ["", ".skipped.txt", ".json"])

    let other = "\(folder.path)/other.csv"
    #expect(try predict(list, other, skip + ["--shard", "3/3", "--preprocess", "lmpt"]).code == 0)
    let named = "\(folder.path)/named.csv"
    let names = try Program.run(
      [
        "predict", "--list", list, "--output", named, "--shard", "3/3", "--classes", "a, b, c",
        "--weights", Fixtures.path("mini/clip.safetensors"),
      ] + skip)
    #expect(names.code == 0, "\(names.errors)")
    for (given, told) in [
      ([parts[0], parts[1], other], "preprocess"), ([parts[0], parts[1], named], "classes"),
      ([parts[0], parts[2]], "part 2 of 3"), (parts + [parts[0]], "part 1 is in"),
    ] {
      let refused = try Program.run(["predict", "--merge", "\(folder.path)/no.csv"] + given)
      #expect(refused.code == 3 && refused.errors.contains(told), "\(refused.errors)")
      #expect(refused.errorLines.count == 1)
      #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/no.csv"))
    }
    // Neither command joins the other's parts, and a table does not become lines of JSON.
    for (words, told) in [
      (["encode", "--merge", "\(folder.path)/no.npy"], "lmpt predict --merge"),
      (["predict", "--merge", "\(folder.path)/no.jsonl"], "ends in .csv"),
    ] {
      let refused = try Program.run(words + parts)
      #expect(refused.code == 2 && refused.errors.contains(told), "\(refused.errors)")
    }
  }

  @Test("a bad picture stops the job, which goes on; names may be anything")
  func badPicture() throws {
    let folder = try TemporaryFolder()
    let photos = "\(folder.path)/photos"
    try FileManager.default.createDirectory(atPath: photos, withIntermediateDirectories: false)
    let hostile = ["=1+1.jpg", "a,\"b\".jpg", "new\nline.jpg", "ünï.jpg"]
    for name in hostile {
      try FileManager.default.copyItem(atPath: listedPictures(1)[0], toPath: "\(photos)/\(name)")
    }
    try "no picture".write(toFile: "\(photos)/z.jpg", atomically: true, encoding: .utf8)
    // One whose name is no UTF-8.
    let copied = try Program.shell(
      "cp \(listedPictures(1)[0].shellQuoted) \(photos.shellQuoted)/\"$(printf 'q\\377.jpg')\"")
    #expect(copied.code == 0, "\(copied.errors)")
    let out = "\(folder.path)/out.jsonl"
    let words = ["predict", photos, "--output", out, "--quiet"] + Self.classes
    let stopped = try Program.run(words)
    #expect(stopped.code == 3 && stopped.errors.contains("z.jpg"), "\(stopped.errors)")
    #expect(stopped.errors.contains("--on-bad-image skip"), "\(stopped.errors)")
    // No row was done, so nothing is left to go on with.
    #expect(!FileManager.default.fileExists(atPath: "\(out).unfinished"))
    let skipping = try Program.run(words + ["--resume", "--on-bad-image", "skip", "--json"])
    #expect(skipping.code == 0, "\(skipping.errors)")
    #expect(try skipping.json["skipped"]?.int == 1 && skipping.json["rows"]?.int == 5)
    let rows = try text(out).split(separator: "\n").map { try JSON.parse(String($0)) }
    let found = Set(rows.compactMap { $0["image"]?.string })
    #expect(found.isSuperset(of: hostile.map { "\(photos)/\($0)" }))
    #expect(found.contains("\(photos)/q\u{10FEFF}.jpg"))
    // All the same picture: all the same scores.
    #expect(Set(rows.map { $0["scores"]?.text() }).count == 1)
    let strict = try Program.run(words + ["--resume"])
    #expect(strict.code == 3 && strict.errors.contains("on-bad-image"), "\(strict.errors)")
  }

  @Test(
    "the page has the first pictures only, after a kill too; options that say nothing are refused")
  func page() throws {
    let folder = try TemporaryFolder()
    let list = try writeList(listedPictures(40), "\(folder.path)/list.txt")
    let (out, page) = ("\(folder.path)/out.csv", "\(folder.path)/page.html")
    let html = ["--html", page, "--html-first", "3"]
    func count() throws -> Int {
      try text(page).components(separatedBy: "data:image/jpeg").count - 1
    }
    #expect(try predict(list, out, html).code == 0)
    #expect(try count() == 3)
    #expect(try text(page).contains("These are the first 3 of 40 pictures."))
    try FileManager.default.removeItem(atPath: page)
    #expect(try predict(list, out, html + ["--resume"]).code == 0)
    #expect(try count() == 3)
    let printed = try Program.run(["predict"] + listedPictures(5) + html + Self.classes)
    #expect(printed.code == 0 && printed.output.contains("000005.jpg"), "\(printed.errors)")
    #expect(try count() == 3)

    // What is left out behind the pictures of the page is told there, too.
    var some = listedPictures(40)
    some[35] = "\(folder.path)/none.jpg"
    let holes = try writeList(some, "\(folder.path)/holes.txt")
    let skipping = ["--on-bad-image", "skip"]
    #expect(try predict(holes, "\(folder.path)/holes.csv", html + skipping).code == 0)
    #expect(try text(page).contains("1 picture is left out as unreadable: "))

    for words in [
      ["--list", list, "--resume"], ["--list", list, "--shard", "1/2"], ["--list", list, "a.jpg"],
      ["--list", list, "--output", "\(folder.path)/x.npy"],
      ["--merge", "\(folder.path)/x.csv", out, "--list", list],
      ["--merge", "\(folder.path)/x.csv"],
      ["--list", list, "--output", list],
      ["--list", list, "--output", "\(folder.path)/y.csv", "--html", "\(folder.path)/y.csv"],
      ["--list", list, "--output", "\(folder.path)/y.csv", "--html", list],
    ] {
      let refused = try Program.run(["predict"] + words + Self.classes)
      #expect(refused.code == 2 && refused.errorLines.count == 1, "\(words): \(refused.errors)")
    }
    #expect(try text(list).hasSuffix(".jpg\n"))
  }
}
