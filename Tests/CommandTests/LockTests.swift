// LockTests - two processes on one run folder or one cache: the second is told, nothing is harmed.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@Suite("two processes", .serialized)
struct LockTests {
  /// Waits until a file is there, or the program has ended.
  private func wait(for path: String, of program: RunningProgram) {
    while program.isRunning, !FileManager.default.fileExists(atPath: path) { usleep(500) }
  }

  private func expectTold(_ outcome: Outcome, _ folder: String, by program: RunningProgram) throws {
    #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains("another process (\(program.id)) is working in \(folder)"))
    #expect(try outcome.json["error"]?["code"]?.string == "folder.locked")
    #expect(program.isRunning, "the first process ended too early for this test to say anything")
  }

  @Test("one run folder")
  func runFolder() throws {
    let data = try TinyData()
    #expect(try Program.run(["features"] + data.source + ["--quiet"]).code == 0)
    let options = ["--epochs", "100000", "--batch-size", "16", "--json"]
    let first = try RunningProgram(data.train("run", options))
    wait(for: data.path("run/checkpoint.safetensors"), of: first)
    try expectTold(
      Program.run(data.train("run", options + ["--resume"])), data.path("run"), by: first)
    try expectTold(Program.run(data.train("run", options)), data.path("run"), by: first)
    first.send(SIGINT)
    #expect(first.wait().code == 130)
    #expect(isIntact(data.path("run/checkpoint.safetensors")))
    // The lock went with its process.
    #expect(!FileManager.default.fileExists(atPath: data.path("run/.lock")))

    // A process that is stopped still holds its folder; one that was killed does not.
    let stopped = try RunningProgram(data.train("run", options + ["--resume"]))
    // Until it says who holds it.
    while stopped.isRunning,
      FileManager.default.contents(atPath: data.path("run/.lock"))?.isEmpty ?? true
    {
      usleep(500)
    }
    stopped.send(SIGSTOP)
    try expectTold(
      Program.run(data.train("run", options + ["--resume"])), data.path("run"), by: stopped)
    stopped.send(SIGKILL)
    #expect(stopped.wait().code == -SIGKILL)
    let next = try RunningProgram(data.train("run", options + ["--resume"]))
    usleep(1_000_000)
    next.send(SIGTERM)
    #expect(next.wait().code == 130)
  }

  @Test("one cache; shards of it may be filled together")
  func cache() throws {
    let data = try TinyData(training: 300, testing: 300)
    let cache = data.path("cache")
    let words = ["features"] + data.source + ["--json"]
    let first = try RunningProgram(words)
    func firstBlock() -> String? {
      FileManager.default.subpaths(atPath: cache)?.first { $0.hasSuffix(".safetensors") }
    }
    while first.isRunning, firstBlock() == nil { usleep(500) }
    first.send(SIGSTOP)
    let block = try #require(firstBlock())
    let locked = "\(cache)/\(block.prefix { $0 != "/" })"
    try expectTold(Program.run(words), locked, by: first)
    try expectTold(Program.run(words + ["--shard", "1/2"]), locked, by: first)
    first.send(SIGCONT)
    #expect(first.wait().code == 0)
    let expected = try contents(cache)
    try FileManager.default.removeItem(atPath: cache)

    let shards = try (1...3).map { try RunningProgram(words + ["--shard", "\($0)/3"]) }
    for shard in shards { #expect(shard.wait().code == 0) }
    #expect(try contents(cache) == expected)
    // A full cache needs no lock, so it may be used by many and be read-only.
    let readers = try (0..<3).map { _ in try RunningProgram(words) }
    for reader in readers { #expect(reader.wait().code == 0) }
  }

  private func contents(_ folder: String) throws -> [String: Data] {
    let files = (FileManager.default.subpaths(atPath: folder) ?? []).filter {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: "\(folder)/\($0)", isDirectory: &isFolder)
        && !isFolder.boolValue
    }
    return try Dictionary(
      uniqueKeysWithValues: files.map {
        ($0, try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")))
      })
  }
}
