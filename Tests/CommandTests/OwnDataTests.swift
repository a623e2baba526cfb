// OwnDataTests - a data set of one's own from training to evaluation, with what a run must remember.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Support
import Testing
import Weights

@Suite("a data set of one's own")
struct OwnDataTests {
  private func json(_ path: String) throws -> JSON { try JSON.read(path) }

  @Test("a run is resumed and evaluated by its folder alone")
  func folderAlone() throws {
    let data = try TinyData()
    let run = data.path("run")
    // A picture that is none, in a list that is allowed to skip it.
    _ = try data.folder.write("broken.jpg", "not a picture")
    try data.writeLists(test: data.test + ["broken.jpg 0"])
    let trained = try Program.run(data.train("run", ["--epochs", "2", "--on-bad-image", "skip"]))
    #expect(trained.code == 0, "\(trained.errors)")
    let resumed = try Program.run(["train", "--resume", "--out", run, "--quiet"])
    #expect(resumed.code == 0, "\(resumed.errors)")
    let commands = try json("\(run)/report.json")["commands"]?.array
    #expect(commands?.first?.string?.contains("--on-bad-image skip") == true)
    let evaluated = try Program.run(["evaluate", "--run", run, "--json"])
    #expect(evaluated.code == 0, "\(evaluated.errors)")
    #expect(try evaluated.json["map"] == json("\(run)/metrics.json")["map"])
  }

  @Test("other classes than the run's are refused by name of the run")
  func otherClasses() throws {
    let data = try TinyData()
    #expect(try Program.run(data.train("run", ["--epochs", "1"])).code == 0)
    let labels = String(
      decoding: try Data(contentsOf: URL(fileURLWithPath: data.path("labels.txt"))), as: UTF8.self)
    _ = try data.folder.write("labels.txt", "ox" + labels.dropFirst(2))
    let outcome = try Program.run(["evaluate", "--run", data.path("run"), "--quiet"])
    #expect(outcome.code == 3 && outcome.errors.contains("classes was"), "\(outcome.errors)")
  }

  @Test("without held-out pictures the last epoch is kept, and every output says so")
  func nothingHeldOut() throws {
    let data = try TinyData()
    let outcome = try Program.run(
      data.train(
        "run", ["--epochs", "1", "--validation", "0", "--weight-gamma", "0", "--json"]))
    #expect(try outcome.json["selection"]?.string == "last epoch")
    let report = try json("\(data.path("run"))/report.json")
    #expect(report["selection"]?.string == "last epoch")
    // E5 with exponent 0 weighs all classes alike: each has 1/20.
    for row in try #require(report["classes"]?.array) {
      #expect(abs((row["weight"]?.double ?? 0) - 0.05) < 1e-6)
    }
  }

  @Test("a data set of which no test picture is left is refused with its list")
  func noTestPicture() throws {
    let data = try TinyData()
    _ = try data.folder.write("broken.jpg", "not a picture")
    try data.writeLists(test: ["broken.jpg 0"])
    for method in ["lmpt", "cocoop"] {
      let outcome = try Program.run(
        data.train("run", ["--epochs", "0", "--on-bad-image", "skip", "--method", method]))
      #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains("test.txt"), "\(outcome.errors)")
    }
  }

  @Test("a model with another vocabulary is refused before it is used")
  func vocabulary() throws {
    let outcome = try Program.run([
      "predict", Fixtures.path("mini/images/test/000001.jpg"), "--classes", "zebra, cat",
      "--weights", Fixtures.path("clip/small/openai.safetensors"),
    ])
    #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
  }

  @Test("a demo that was stopped goes on with the same command")
  func demo() throws {
    let folder = try TemporaryFolder()
    let words = ["demo", "--out", "\(folder.path)/my demo", "--quiet"]
    _ = try Program.run(["features", "--dataset", "mini", "--quiet"])
    let arm = "\(folder.path)/my demo/none-seed0"
    /// Stops a demo once its first arm has so many epochs.
    func stop(after count: Int) throws {
      let program = try RunningProgram(words)
      let deadline = Date() + 60
      while Date() < deadline, program.isRunning, (try epochs(of: arm) ?? 0) < count {
        usleep(5000)
      }
      program.send(SIGINT)
      let stopped = program.wait()
      #expect(stopped.code == 130)
      #expect(
        stopped.errors.contains("lmpt demo --out '\(folder.path)/my demo'"), "\(stopped.errors)")
    }
    try stop(after: 1)
    let log = { try String(contentsOfFile: "\(arm)/metrics.csv", encoding: .utf8) }
    let before = try log()
    #expect(before.split(separator: "\n").count > 1)
    // The second goes on where the first was stopped: its rows, with their seconds, are still there.
    try stop(after: before.split(separator: "\n").count)
    let after = try log()
    #expect(after.hasPrefix(before) && after.utf8.count > before.utf8.count)
    if Long.isWanted {
      let outcome = try Program.run(words)
      #expect(outcome.code == 0, "\(outcome.errors)")
      Long.report("a demo that was stopped twice came to its end")
    }
  }

  @Test("a strange TZ, an empty path, and an output behind a link that points nowhere yet")
  func surroundings() throws {
    let data = try TinyData()
    let words = data.train("run", ["--epochs", "0"]).map(\.shellQuoted).joined(separator: " ")
    let outcome = try Program.shell("TZ=$(printf 'Europe/\\351') \"$LMPT\" \(words)")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try json(data.path("run/environment.json"))["date"]?.string?.hasSuffix("Z") == true)
    #expect(try Program.run(["evaluate", "--run", ""]).code == 2)
    let lost = try Program.run(["zeroshot"], environment: ["LMPT_FIXTURES": data.folder.path])
    #expect(lost.code == 3 && lost.errors.contains("LMPT_FIXTURES"), "\(lost.errors)")
    let link = data.path("link.npy")
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: "target.npy")
    let pixels = try Program.run([
      "pixels", Fixtures.path("mini/images/test/000001.jpg"), "--output", link, "--quiet",
    ])
    #expect(pixels.code == 0, "\(pixels.errors)")
    #expect(try NPY.read(data.path("target.npy")).shape == [3, 224, 224])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "target.npy")
  }
}
