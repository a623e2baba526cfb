// EncodeListTests - `lmpt encode --list` and `--merge`: any number of pictures, through kills.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTSupport
import LMPTWeights
import Testing

@Suite("features of a list", .serialized)
struct EncodeListTests {
  private static let weights = Fixtures.path("mini/clip.safetensors")

  private func encode(_ list: String, _ out: String, _ more: [String] = []) throws -> Outcome {
    try Program.run(
      ["encode", "--weights", Self.weights, "--list", list, "--output", out, "--quiet"] + more)
  }

  private func names(_ path: String) throws -> [String] {
    try String(contentsOfFile: "\(path).names.txt", encoding: .utf8).split(separator: "\n")
      .map { try #require(try JSON.parse(String($0)).string) }
  }

  @Test("rows are those of --image, in the list's order, with their names")
  func rows() throws {
    let folder = try TemporaryFolder()
    // More than a group, and no multiple of one.
    let pictures = Array(listedPictures(37).reversed())
    let list = try writeList(pictures, "\(folder.path)/list.txt")
    let out = "\(folder.path)/features.npy"
    let outcome = try encode(list, out, ["--json"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try outcome.json["shape"]?[0]?.int == 37)
    let direct = "\(folder.path)/direct.npy"
    let one = try Program.run(
      ["encode", "--weights", Self.weights, "--output", direct, "--image"] + pictures)
    #expect(one.code == 0, "\(one.errors)")
    let features = try NPY.read(out)
    #expect(features.floats() == (try NPY.read(direct).floats()))
    #expect(try names(out) == pictures)
    let half = "\(folder.path)/half.safetensors"
    #expect(try encode(list, half, ["--dtype", "f2", "--normalize"]).code == 0)
    let rounded = try #require(try WeightFile.read(half)["features"])
    #expect(rounded.dtype == .f16 && rounded.shape == features.shape)
    let first = rounded.floats().prefix(features.shape[1])
    // Eleven bits of each number.
    #expect(abs(first.reduce(0) { $0 + $1 * $1 } - 1) < 1e-3)
  }

  @Test("a bad picture stops the job, which goes on; with skip it has no row and is listed")
  func badPicture() throws {
    let folder = try TemporaryFolder()
    var pictures = listedPictures(40)
    pictures[35] = "\(folder.path)/none.jpg"
    let list = try writeList(pictures, "\(folder.path)/list.txt")
    let out = "\(folder.path)/features.npy"
    let stopped = try encode(list, out)
    #expect(stopped.code == 3 && stopped.errors.contains("none.jpg"), "\(stopped.errors)")
    #expect(stopped.errors.contains("--on-bad-image skip --resume"), "\(stopped.errors)")
    let again = try encode(list, out)
    #expect(again.code == 3 && again.errors.contains("--resume"), "\(again.errors)")
    let skipping = try encode(list, out, ["--resume", "--on-bad-image", "skip", "--json"])
    #expect(skipping.code == 0, "\(skipping.errors)")
    #expect(try skipping.json["skipped"]?.int == 1)
    #expect(try names(out) == pictures.filter { !$0.contains("none.jpg") })
    let skipped = try String(contentsOfFile: "\(out).skipped.txt", encoding: .utf8)
    #expect(try JSON.parse(skipped)["name"]?.string == pictures[35])
    #expect(try NPY.read(out).shape[0] == 39)
  }

  @Test("a job goes on with what it was begun with, and with nothing else")
  func goesOn() throws {
    let folder = try TemporaryFolder()
    var pictures = listedPictures(40)
    pictures[35] = "\(folder.path)/none.jpg"
    let list = try writeList(pictures, "\(folder.path)/list.txt")
    let (out, weights) = ("\(folder.path)/features.npy", "\(folder.path)/clip.safetensors")
    try FileManager.default.copyItem(atPath: Self.weights, toPath: weights)
    func go(_ more: [String]) throws -> Outcome {
      try Program.run(
        ["encode", "--weights", weights, "--list", list, "--output", out, "--quiet"] + more)
    }
    func isRefused(_ more: [String]) throws {
      let outcome = try go(["--resume", "--on-bad-image", "skip", "--json"] + more)
      #expect(outcome.code == 3, "\(more)")
      #expect(try outcome.json["error"]?["code"]?.string == "collection.different", "\(more)")
    }
    #expect(try go([]).code == 3)  // stopped by the picture that is not there
    for more in [["--normalize"], ["--dtype", "f2"], ["--preprocess", "clip"], ["--orient"]] {
      try isRefused(more)
    }
    // Other weights at the same place: one number is another.
    let file = try WeightFile.read(weights)
    try Safetensors.write(
      file.tensors.map { tensor in
        guard tensor.name == "visual.proj" else { return NamedArray(tensor) }
        var values = tensor.floats()
        values[0] += 1
        return NamedArray(tensor.name, floats: values, shape: tensor.shape)
      }, metadata: file.metadata, to: weights)
    try isRefused([])
    try FileManager.default.removeItem(atPath: weights)
    try FileManager.default.copyItem(atPath: Self.weights, toPath: weights)
    let done = try go(["--resume", "--on-bad-image", "skip"])
    #expect(done.code == 0, "\(done.errors)")
  }

  @Test("killed at any moment and gone on with, the bytes are the same")
  func killed() throws {
    let folder = try TemporaryFolder()
    let list = try writeList(
      listedPictures(Long.or(300, long: 100_000)), "\(folder.path)/list.txt")
    let (straight, out) = ("\(folder.path)/straight.npy", "\(folder.path)/out.npy")
    #expect(try encode(list, straight).code == 0)
    func same() { expectSame(straight, out, ["", ".names.txt", ".json"]) }
    try kill {
      [
        "encode", "--weights", Self.weights, "--list", list, "--output", out, "--quiet", "--resume",
      ]
    } check: { round in
      let isThere = FileManager.default.fileExists(atPath: out)
      if isThere { same() }
    } restart: {
      same()
      for end in ["", ".names.txt", ".json"] {
        try FileManager.default.removeItem(atPath: out + end)
      }
    }
    #expect(try encode(list, out, ["--resume"]).code == 0)
    same()
    #expect(!FileManager.default.fileExists(atPath: "\(out).unfinished"))
  }

  @Test("parts in any format join to what one process makes; parts of other settings are refused")
  func parts() throws {
    let folder = try TemporaryFolder()
    let list = try writeList(listedPictures(50), "\(folder.path)/list.txt")
    let whole = "\(folder.path)/whole.npy"
    #expect(try encode(list, whole).code == 0)
    let ends = [".npy", ".safetensors", ""]
    let parts = ends.indices.map { "\(folder.path)/part\($0)\(ends[$0])" }
    for (index, part) in parts.enumerated() {
      let outcome = try encode(list, part, ["--shard", "\(index + 1)/3"])
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    let joined = "\(folder.path)/joined.npy"
    let merged = try Program.run(["encode", "--merge", joined] + parts.reversed())
    #expect(merged.code == 0, "\(merged.errors)")
    expectSame(whole, joined, ["", ".names.txt", ".json"])
    // Texts of unequal length, which stand in other groups when they are cut into parts.
    let texts = try writeList(
      (1...9).map { Array(repeating: "red bus", count: $0).joined(separator: " ") },
      "\(folder.path)/texts.txt")
    let all = "\(folder.path)/texts.npy"
    #expect(try encode(texts, all, ["--texts"]).code == 0)
    let cut = (1...3).map { "\(folder.path)/texts\($0).npy" }
    for (index, part) in cut.enumerated() {
      #expect(try encode(texts, part, ["--texts", "--shard", "\(index + 1)/3"]).code == 0)
    }
    let again = "\(folder.path)/again.npy"
    #expect(try Program.run(["encode", "--merge", again] + cut).code == 0)
    #expect(FileManager.default.contentsEqual(atPath: all, andPath: again))

    let other = "\(folder.path)/other.npy"
    #expect(try encode(list, other, ["--shard", "3/3", "--preprocess", "clip"]).code == 0)
    let refused = try Program.run(
      ["encode", "--merge", "\(folder.path)/no.npy", parts[0], parts[1], other])
    #expect(refused.code == 3 && refused.errors.contains("preprocess"), "\(refused.errors)")
    #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/no.npy"))
  }

  @Test("texts a line, pictures of a folder, and a list that says nothing")
  func otherLists() throws {
    let folder = try TemporaryFolder()
    let texts = try writeList(["a dog", "a red bus"], "\(folder.path)/texts.txt")
    let out = "\(folder.path)/texts.npy"
    #expect(try encode(texts, out, ["--texts"]).code == 0)
    let direct = "\(folder.path)/direct.npy"
    let one = try Program.run(
      ["encode", "--weights", Self.weights, "--output", direct, "--text", "a dog", "a red bus"])
    #expect(one.code == 0, "\(one.errors)")
    #expect(try NPY.read(out).floats() == (try NPY.read(direct).floats()))
    #expect(try names(out) == ["a dog", "a red bus"])

    let pictures = "\(folder.path)/pictures"
    try FileManager.default.createDirectory(atPath: pictures, withIntermediateDirectories: false)
    for name in ["b.jpg", "a.jpg"] {
      try FileManager.default.copyItem(atPath: listedPictures(1)[0], toPath: "\(pictures)/\(name)")
    }
    #expect(try encode(pictures, "\(folder.path)/folder").code == 0)
    #expect(try names("\(folder.path)/folder") == ["\(pictures)/a.jpg", "\(pictures)/b.jpg"])

    // Slashes at the end are no part of the name, and what is there stays there.
    for _ in 1...2 {
      let slashed = try encode(pictures, "\(folder.path)/slashed//", ["--resume"])
      #expect(slashed.code == 0, "\(slashed.errors)")
      #expect(FileManager.default.fileExists(atPath: "\(folder.path)/slashed/000000.npy"))
    }
    let bad = try writeList(["none.jpg", "no.jpg"], "\(folder.path)/bad.txt")
    let left = try encode(bad, "\(folder.path)/bad.npy", ["--on-bad-image", "skip"])
    #expect(left.code == 3 && left.errors.contains("bad.txt: no picture"), "\(left.errors)")
    // Without any row nothing is left, and the same call says the same again.
    for more in [[], ["--on-bad-image", "skip"]] {
      let again = try encode(bad, "\(folder.path)/bad.npy", more)
      #expect(again.code == 3 && !again.errors.contains("--resume"), "\(again.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/bad.npy.unfinished"))
    // A part may have no row where the whole has some.
    let part = try encode(
      bad, "\(folder.path)/part.npy", ["--on-bad-image", "skip", "--shard", "1/2"])
    #expect(part.code == 0, "\(part.errors)")
    // Joined with one that has none either, it is no result.
    let rest = "\(folder.path)/rest.npy"
    #expect(try encode(bad, rest, ["--on-bad-image", "skip", "--shard", "2/2"]).code == 0)
    let none = "\(folder.path)/none.npy"
    let joined = try Program.run(["encode", "--merge", none, "\(folder.path)/part.npy", rest])
    #expect(joined.code == 3 && joined.errors.contains("no picture"), "\(joined.errors)")
    #expect(!FileManager.default.fileExists(atPath: "\(none).unfinished"))
    for more in [["--image", pictures], ["--text", "a"]] {
      #expect(try encode(texts, "\(folder.path)/no.npy", more).code == 2)
    }
    let merge = ["encode", "--merge", "\(folder.path)/m.npy", out, "--output", out]
    #expect(try Program.run(merge).code == 2)
    let mine = "\(folder.path)/mine"
    try "mine".write(toFile: "\(mine).json", atomically: true, encoding: .utf8)
    #expect(try encode(pictures, mine).code == 3)
    #expect(try String(contentsOfFile: "\(mine).json", encoding: .utf8) == "mine")

    let nothing = try writeList([], "\(folder.path)/empty.txt")
    let refused = try encode(nothing, "\(folder.path)/empty.npy")
    #expect(refused.code == 3 && refused.errors.contains("no line"), "\(refused.errors)")
  }

  @Test("a folder that is gone with many pictures stops the job; a few lines of one do not")
  func gone() throws {
    let folder = try TemporaryFolder()
    let share = (0..<32).map { "\(folder.path)/share/\($0).jpg" }
    func skipping(_ names: [String], _ out: String) throws -> Outcome {
      let list = try writeList(names, "\(folder.path)/\(out).txt")
      return try encode(
        list, "\(folder.path)/\(out).npy", ["--on-bad-image", "skip", "--json"])
    }
    // One group of pictures that are there, and one of which none is.
    let stopped = try skipping(listedPictures(32) + share, "many")
    #expect(stopped.code == 3, "\(stopped.errors)")
    #expect(try stopped.json["error"]?["code"]?.string == "image.gone")
    #expect(try stopped.json["error"]?["file"]?.string == share[0])
    #expect(!stopped.output.contains("--on-bad-image"), "it was given: \(stopped.output)")
    // Mounted, with other pictures, it is a list of bad names.
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/share", withIntermediateDirectories: false)
    #expect(try skipping(listedPictures(32) + share, "empty").code == 3)
    _ = try folder.write("share/other.txt", "x")
    #expect(try skipping(listedPictures(32) + share, "mounted").code == 0)
    let few = try skipping(listedPictures(3) + ["\(folder.path)/no/a.jpg"], "few")
    #expect(few.code == 0, "\(few.errors)")
  }

  @Test("a line that is no text, and a part whose lists are cut, are told by their file")
  func told() throws {
    let folder = try TemporaryFolder()
    let long = Array(repeating: "red bus", count: 60).joined(separator: " ")
    let texts = try writeList(["a dog", long], "\(folder.path)/texts.txt")
    let outcome = try encode(texts, "\(folder.path)/texts.npy", ["--texts", "--json"])
    #expect(outcome.code == 3)
    let error = try outcome.json["error"]
    #expect(error?["file"]?.string == texts)
    let message = error?["message"]?.string ?? ""
    #expect(message.contains("(line 2)") && message.contains("--truncate"), "\(message)")

    let list = try writeList(listedPictures(4), "\(folder.path)/list.txt")
    let parts = (1...2).map { "\(folder.path)/part\($0).npy" }
    for (index, part) in parts.enumerated() {
      #expect(try encode(list, part, ["--shard", "\(index + 1)/2"]).code == 0)
    }
    let joined = "\(folder.path)/joined.npy"
    let missing = try Program.run(["encode", "--merge", joined, parts[0], "--json"])
    #expect(missing.code == 3)
    #expect(try missing.json["error"]?["file"]?.string == parts[0])
    try "\"one name\"\n".write(
      toFile: "\(parts[1]).names.txt", atomically: true, encoding: .utf8)
    let cut = try Program.run(["encode", "--merge", joined] + parts)
    #expect(cut.code == 3 && cut.errors.contains("part2.npy.names.txt"), "\(cut.errors)")
    #expect(!FileManager.default.fileExists(atPath: "\(joined).unfinished"))
    for more in [["--normalize"], ["--texts"], ["--on-bad-image", "skip"], ["--truncate"]] {
      #expect(try Program.run(["encode", "--merge", joined] + parts + more).code == 2, "\(more)")
    }
    for more in [["--orient"], ["--preprocess", "clip"]] {
      #expect(try encode(texts, "\(folder.path)/no.npy", ["--texts"] + more).code == 2, "\(more)")
    }
  }

  @Test("an ending of another format and a folder that is not there are refused")
  func endings() throws {
    let folder = try TemporaryFolder()
    let pictures = try writeList(listedPictures(1), "\(folder.path)/list.txt")
    for name in ["x.npz", "x.pt", "o.txt"] {
      let outcome = try encode(pictures, "\(folder.path)/\(name)")
      #expect(outcome.code == 2 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains("ends in .npy or .safetensors"), "\(outcome.errors)")
    }
    let outcome = try encode(pictures, "\(folder.path)/none/x.npy")
    #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains("the folder that should hold the file does not exist"))
    #expect(try folder.files == ["list.txt"])
  }
}
