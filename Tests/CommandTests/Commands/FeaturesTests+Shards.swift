// FeaturesTests+Shards - a feature cache filled in parts, by the scripts of the documentation.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTSupport
import Testing

extension FeaturesTests {
  @Suite("shards of a cache")
  struct Shards {
    private let data: TinyData

    init() throws { data = try TinyData(training: 150, testing: 150) }

    /// The words that name the data set and its weights, without its cache.
    private var source: [String] { Array(data.source.dropLast(2)) }

    private func features(_ cache: String, _ more: [String] = []) throws -> JSON {
      let outcome = try Program.run(
        ["features"] + source + ["--cache", cache, "--json"] + more)
      #expect(outcome.code == 0, "\(outcome.errors)")
      return try outcome.json
    }

    /// The blocks of a cache: the path below its root, and the bytes.
    private func blocks(_ cache: String) throws -> [String: Data] {
      var found: [String: Data] = [:]
      for path in try FileManager.default.subpathsOfDirectory(atPath: cache)
      where path.hasSuffix(".safetensors") {
        found[path] = try Data(contentsOf: URL(fileURLWithPath: "\(cache)/\(path)"))
      }
      return found
    }

    /// Runs a script of docs/examples with the built program in its path.
    private func script(
      _ name: String, _ arguments: [String], _ variables: [String: String] = [:]
    ) throws {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      let examples = Fixtures.root.deletingLastPathComponent().appendingPathComponent(
        "docs/examples")
      process.arguments = ["bash", examples.appendingPathComponent(name).path] + arguments
      var environment = ProcessInfo.processInfo.environment
      let folder = URL(fileURLWithPath: Program.path).deletingLastPathComponent().path
      environment["PATH"] = "\(folder):\(environment["PATH"] ?? "/usr/bin:/bin")"
      for (key, value) in variables { environment[key] = value }
      process.environment = environment
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(name)")
    }

    @Test("shards computed apart and in any order, merged by copying files, are the whole cache")
    func shards() throws {
      let folder = try TemporaryFolder()
      let whole = try features("\(folder.path)/whole")
      #expect(whole["train"]?["missing"]?.int == 0 && whole["test"]?["missing"]?.int == 0)
      let expected = try blocks("\(folder.path)/whole")
      #expect(expected.count > 3)

      // Three machines without a common file system; the last shard comes first.
      for shard in [3, 1, 2] {
        let part = try features("\(folder.path)/part-\(shard)", ["--shard", "\(shard)/3"])
        #expect((part["train"]?["missing"]?.int ?? 0) > 0)
        // The blocks whose number is I - 1 modulo N, as docs/Performance.md says.
        for path in try blocks("\(folder.path)/part-\(shard)").keys {
          let words = path.split { "-.".contains($0) }  // folder and kind, number, ending
          let number = try #require(Int(words.dropLast().last ?? ""), "\(path)")
          #expect(number % 3 == shard - 1, "\(path)")
        }
      }
      let merged = "\(folder.path)/merged"
      for shard in [2, 3, 1] {
        for (path, bytes) in try blocks("\(folder.path)/part-\(shard)") {
          let target = URL(fileURLWithPath: "\(merged)/\(path)")
          try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
          #expect(!FileManager.default.fileExists(atPath: target.path), "two shards made \(path)")
          try bytes.write(to: target)
        }
      }
      #expect(try blocks(merged) == expected)
      let found = try features(merged, ["--shard", "1/1"])
      #expect(found["train"]?["missing"]?.int == 0 && found["test"]?["missing"]?.int == 0)
    }

    @Test("the documented job array and the documented parallel run fill the same cache")
    func scripts() throws {
      let folder = try TemporaryFolder()
      let source = [1, 3, 5].map { self.source[$0] }
      for task in 1...2 {
        try script(
          "features.slurm", source + ["\(folder.path)/array"],
          [
            "SLURM_ARRAY_TASK_ID": "\(task)", "SLURM_ARRAY_TASK_MAX": "2",
            "SLURM_CPUS_PER_TASK": "1",
          ])
      }
      try script("features-parallel.sh", ["3"] + source + ["\(folder.path)/parallel"])
      let array = try blocks("\(folder.path)/array")
      #expect(array.count > 3)
      #expect(try blocks("\(folder.path)/parallel") == array)
    }

    @Test("a shard that does not exist is refused", arguments: ["0/3", "4/3", "1", "1/0", "a/b"])
    func hostile(shard: String) throws {
      let outcome = try Program.run(["features", "--dataset", "mini", "--shard", shard])
      #expect(outcome.code == 2)
    }
  }
}
