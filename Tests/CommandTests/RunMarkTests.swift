// RunMarkTests - a run is finished, or it is not: the mark, what it covers, and what lacks it.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@Suite("finished runs")
struct RunMarkTests {
  private let files = FileManager.default
  private let quick = ["--epochs", "1", "--batch-size", "64", "--cseloss", "none", "--n-ctx", "4"]

  /// A finished run on a few pictures.
  private func finished(_ data: TinyData, _ name: String = "run") throws -> String {
    let outcome = try Program.run(data.train(name, quick))
    #expect(outcome.code == 0, "\(outcome.errors)")
    return data.path(name)
  }

  @Test("the mark names options, metrics, prompts, scores and report, with their SHA-256")
  func mark() throws {
    let data = try TinyData()
    let run = try finished(data)
    #expect(
      try marked(run).keys.sorted() == [
        "config.json", "metrics.json", "prompts.safetensors", "report.json",
        "test_scores.safetensors",
      ])
    withExtendedLifetime(data) {}
  }

  @Test("without its mark a run is unfinished for every reader; --resume completes it to the byte")
  func completed() throws {
    let data = try TinyData()
    let run = try finished(data)
    let before = try marked(run)
    // What a kill leaves behind, at the latest moment and at an earlier one.
    for lost in [["finished.json"], ["finished.json", "metrics.json", "prompts.safetensors"]] {
      for name in lost { try files.removeItem(atPath: "\(run)/\(name)") }
      for words in [
        ["evaluate", "--run", run], ["report", run],
        ["predict", data.picture(data.test[0])]
          + ["--run", run], ["export", "--run", run, "--output", data.path("ctx.npy")],
      ] {
        let outcome = try Program.run(words)
        #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(words)")
        #expect(outcome.errors.contains("has not finished"), "\(outcome.errors)")
        #expect(outcome.errors.contains("--resume"), "\(outcome.errors)")
      }
      let resumed = try Program.run(["train", "--resume", "--out", run, "--quiet"])
      #expect(resumed.code == 0, "\(resumed.errors)")
      #expect(try marked(run) == before)
    }
  }

  @Test(
    "a flipped bit in any file under the mark is noticed by every reader",
    arguments: ["config.json", "metrics.json", "prompts.safetensors", "test_scores.safetensors"])
  func flipped(name: String) throws {
    let data = try TinyData()
    let run = try finished(data)
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(run)/\(name)")))
    var dice = Dice(state: 7)
    for _ in 0..<5 {
      let (place, bit) = (dice.next(bytes.count), UInt8(1 << dice.next(8)))
      bytes[place] ^= bit
      try Data(bytes).write(to: URL(fileURLWithPath: "\(run)/\(name)"))
      for words in [["evaluate", "--run", run], ["report", run]] {
        let outcome = try Program.run(words)
        #expect(outcome.code == 3, "\(words): bit \(bit) at \(place)")
        #expect(outcome.errors.contains(name), "\(outcome.errors)")
      }
      bytes[place] ^= bit
    }
  }

  @Test("a run of a version without marks opens, with one line that says so")
  func unsealed() throws {
    let data = try TinyData()
    let run = try finished(data)
    defer { withExtendedLifetime(data) {} }
    try files.removeItem(atPath: "\(run)/finished.json")
    let path = "\(run)/environment.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
      .replacingOccurrences(of: "\"1.0.0\"", with: "\"0.1.0\"")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let outcome = try Program.run(["evaluate", "--run", run, "--quiet"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains("unsealed"))
  }

  @Test("a folder whose process died in its first moments blocks nothing")
  func firstMoments() throws {
    let data = try TinyData()
    let run = data.path("run")
    try files.createDirectory(atPath: run, withIntermediateDirectories: true)
    // An empty folder and one with an environment hold no run to go on with.
    for beginning in [nil, "environment.json", ".config.json.tmp-1-1"] as [String?] {
      if let beginning {
        try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(run)/\(beginning)"))
      }
      let outcome = try Program.run(["train", "--resume", "--out", run])
      #expect(outcome.code == 3 && outcome.errors.contains("not a run folder"))
    }
    _ = try finished(data)
    #expect(try files.contentsOfDirectory(atPath: run).allSatisfy { $0.first != "." })
    // What holds anything else is not taken for one.
    try Data().write(to: URL(fileURLWithPath: data.path("other.txt")))
    let outcome = try Program.run(["train"] + data.source + ["--out", data.folder.path])
    #expect(outcome.code == 3 && outcome.errors.contains("exists already"), "\(outcome.errors)")
  }
}

/// Every file that the mark names, with its bytes.
func marked(_ run: String) throws -> [String: Data] {
  let mark = try JSON.read("\(run)/finished.json")
  guard case .object(let sums)? = mark["files"] else { return [:] }
  var result: [String: Data] = [:]
  for member in sums.members {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(run)/\(member.key)"))
    let sum = bytes.withUnsafeBytes { SHA256.hexDigest($0) }
    #expect(member.value.string == sum, "\(member.key)")
    result[member.key] = bytes
  }
  return result
}
