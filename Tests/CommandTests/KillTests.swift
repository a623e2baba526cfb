// KillTests - SIGKILL at random moments: whatever is there loads, verifies and goes on.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@Suite("killed at any moment", .serialized)
struct KillTests {
  /// Starts command lines one after the other and kills each at a random moment, a few times, or
  /// fifty in the long form; `check` looks at what is there after each, `restart` clears up after
  /// one that was finished.
  private func kill(
    _ words: () -> [String], check: (Int) throws -> Void, restart: () throws -> Void
  ) throws {
    let kills = Long.or(6, long: 50)
    // How long a whole run takes here and now, so that moments are spread over all of it.
    let clock = ContinuousClock()
    let start = clock.now
    #expect(try RunningProgram(words()).wait().code == 0)
    // At most 0.9 s: what was done before a kill is not done again, so later ones reach the rest.
    let whole = min(900, max(20, Int((clock.now - start) / .milliseconds(1))))
    try restart()
    var dice = Dice(state: 50)
    var (done, finished) = (0, 0)
    for round in 0..<1000 where done < kills {
      let program = try RunningProgram(words())
      // Each kill in a part of the run of its own, so that a few are spread over all of it.
      let part = (round * 5 % 6) * whole / 6
      usleep(UInt32(part + dice.next(whole / 6 + 1)) * 1000)
      program.send(SIGKILL)
      let outcome = program.wait()
      // A killed one ends by the signal, one that was faster with its result; never with an error.
      #expect(outcome.code == -SIGKILL || outcome.code == 0, "\(outcome.errors)")
      if outcome.code == -SIGKILL { done += 1 }
      try check(round)
      if outcome.code == 0 {
        try restart()
      }
    }
    #expect(done == kills)
    Long.report("\(done) kills within \(whole) ms, \(finished) runs were faster")
  }

  /// Whether a run has begun there: before its configuration a folder holds nothing.
  private func isStarted(_ run: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(run)/config.json")
  }

  @Test("a training run: the newest checkpoint loads, and the end is that of an unkilled run")
  func training() throws {
    let data = try TinyData()
    #expect(try Program.run(["features"] + data.source + ["--quiet"]).code == 0)
    let options = [
      "--epochs", "\(Long.or(20, long: 40))", "--batch-size", "16", "--optimizer", "adam", "--lr",
      "1e-2", "--n-ctx", "4",
    ]
    #expect(try Program.run(data.train("whole", options)).code == 0)
    let expected = try numbers(of: data.path("whole"))

    let run = data.path("run")
    var newest = 0
    try kill {
      // The first start makes the folder; those after it go on, also where nothing was saved yet.
      let resume = isStarted(run) ? ["--resume"] : []
      return data.train("run", options + resume)
    } check: { round in
      guard let epoch = try epochs(of: run) else { return }
      #expect(isIntact("\(run)/checkpoint.safetensors"), "round \(round)")
      #expect(epoch >= newest, "round \(round): epoch \(epoch) after \(newest)")
      newest = epoch
    } restart: {
      #expect(try numbers(of: run) == expected)
      newest = 0
      try FileManager.default.removeItem(atPath: run)
    }
    let resume = isStarted(run) ? ["--resume"] : []
    let last = try Program.run(data.train("run", options + resume))
    #expect(last.code == 0, "\(last.errors)")
    #expect(try numbers(of: run) == expected)
    // The temporary files of killed processes are gone.
    #expect(try FileManager.default.contentsOfDirectory(atPath: run).allSatisfy { $0.first != "." })
  }

  @Test("the filling of a cache: every block there is loads, and the features are the same")
  func cache() throws {
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
}
