// FeaturesTests+Stopping - caches whose filling is killed, started twice or left without room.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

extension FeaturesTests {
  @Suite("caches whose filling is stopped", .serialized)
  struct Stopping {
    @Test("killed at any moment: every block there is loads, and the features are the same")
    func killed() throws {
      let data = try TinyData(training: Long.or(300, long: 1100), testing: Long.or(300, long: 1400))
      let cache = data.path("cache")
      let words = ["features"] + data.source + ["--quiet"]
      func blocks() -> [String] {
        (FileManager.default.subpaths(atPath: cache) ?? []).filter { $0.hasSuffix(".safetensors") }
      }
      func contents() throws -> [String: Data] {
        try Dictionary(
          uniqueKeysWithValues: blocks().map {
            ($0, try Data(contentsOf: URL(fileURLWithPath: "\(cache)/\($0)")))
          })
      }
      #expect(try Program.run(words).code == 0)
      let expected = try contents()
      // Blocks of 64 pictures of both lists.
      #expect(expected.count == (data.train.count + 63) / 64 + (data.test.count + 63) / 64)
      try FileManager.default.removeItem(atPath: cache)

      var most = 0
      try kill {
        words
      } check: { round in
        let found = blocks()
        #expect(found.count >= most, "round \(round): blocks were lost")
        most = found.count
        #expect(found.allSatisfy { isIntact("\(cache)/\($0)") }, "round \(round)")
      } restart: {
        #expect(try contents() == expected)
        most = 0
        try FileManager.default.removeItem(atPath: cache)
      }
      #expect(try Program.run(words).code == 0)
      #expect(try contents() == expected)
    }

    @Test("two processes on one cache: the second is told; shards of it may be filled together")
    func twice() throws {
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

    @Test("a cache whose disk fills up keeps its blocks")
    func fullDisk() throws {
      let data = try TinyData()
      let line = (["features"] + data.source + ["--quiet"]).map { "'\($0)'" }.joined(separator: " ")
      let full = try Program.shell("ulimit -f 8; $LMPT \(line)")
      #expect(full.code == 3 && full.errorLines.count == 1, "\(full.errors)")
      #expect(full.errors.contains("no space is left"), "\(full.errors)")
      let left = (FileManager.default.subpaths(atPath: data.path("cache")) ?? [])
        .filter { $0.contains(".safetensors") || $0.contains(".lock") }
      #expect(left.isEmpty, "\(left)")
      #expect(try Program.shell("$LMPT \(line)").code == 0)
    }
  }
}
