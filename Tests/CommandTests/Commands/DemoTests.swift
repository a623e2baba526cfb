// DemoTests - `lmpt demo`.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@Suite struct DemoTests {
  @Test("a demo that was stopped goes on with the same command")
  func stopped() throws {
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
    // What docs/Results.md says below the demo's table.
    let settings = try JSON.read("\(arm)/config.json")
    #expect(settings["optimizer"]?.string == "adam" && settings["lr"]?.double == 0.01)
    #expect(settings["schedule"]?.string == "constant" && settings["epochs"]?.int == 30)
    #expect(settings["lam"]?.double == 0.1 && settings["weights_sum"]?.string == "mean")
    #expect(settings["validation"]?.double == 0.25)
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

  @Test("it refuses the folder of another run and changes nothing in it")
  func elsewhere() throws {
    let folder = try TemporaryFolder()
    let run = "\(folder.path)/run"
    let words = ["train", "--dataset", "mini", "--out", run, "--quiet", "--epochs", "1"]
    #expect(try Program.run(words + ["--batch-size", "512", "--cseloss", "none"]).code == 0)
    let before = try marked(run)
    let outcome = try Program.run(["demo", "--out", run])
    #expect(outcome.code == 3 && outcome.errors.contains("command"), "\(outcome.errors)")
    #expect(try marked(run) == before)
  }
}
