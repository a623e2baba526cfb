// TrainTests+Stopping - runs that are stopped, killed, started twice, left without room, resumed.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import LMPTTensors
import LMPTTuning
import Testing

extension TrainTests {
  @Suite("runs that are stopped", .serialized)
  struct Stopping {
    /// Data with its features in the cache, shared by all cases. Safety: never changed, and the suite
    /// is serialised.
    nonisolated(unsafe) private static let prepared = Result { () throws -> TinyData in
      let data = try TinyData()
      #expect(try Program.run(["features"] + data.source + ["--quiet"]).code == 0)
      return data
    }

    /// One combination, or all of them in the long form; `TrainingRunTests` stops others at every step.
    private static let combinations = Long.or(
      [(OptimizerKind.adam, ScheduleKind.plateau)],
      long: OptimizerKind.allCases.flatMap { optimizer in
        ScheduleKind.allCases.map { (optimizer, $0) }
      })

    /// Starts a run, stops it with a signal once its checkpoint holds three epochs, and returns how
    /// it ended; tried again in the rare case that it was faster than the signal.
    private func stopped(_ words: [String], in run: String, by signal: Int32) throws -> Outcome {
      for _ in 0..<5 {
        let program = try RunningProgram(words)
        while program.isRunning, (try epochs(of: run) ?? 0) < 3 { usleep(500) }
        program.send(signal)
        let outcome = program.wait()
        if outcome.code != 0 { return outcome }
        try FileManager.default.removeItem(atPath: run)
      }
      Issue.record("the run always ended before the signal")
      return Outcome(code: 0, output: "", errors: "")
    }

    @Test(
      "after SIGKILL, Ctrl-C and SIGTERM, for one and two threads", arguments: combinations)
    func exact(optimizer: OptimizerKind, schedule: ScheduleKind) throws {
      let data = try Self.prepared.get()
      // Three steps an epoch: 12 epochs are 36 steps, the stop comes after 9 or a few more.
      let options = [
        "--optimizer", optimizer.rawValue, "--schedule", schedule.rawValue, "--epochs", "12",
        "--batch-size", "16", "--lr", optimizer == .sgd ? "0.5" : "1e-2", "--n-ctx", "4",
      ]
      let name = "\(optimizer.rawValue)-\(schedule.rawValue)"
      let whole = "whole-\(name)"
      let finished = try Program.run(data.train(whole, options + ["--threads", "1"]))
      #expect(finished.code == 0, "\(finished.errors)")
      let expected = try numbers(of: data.path(whole))

      // Ctrl-C and SIGTERM take the same way through the program for every optimiser and schedule.
      let signals = [(SIGKILL, "2", "1"), (SIGINT, "1", "2"), (SIGTERM, "2", "2")]
      for (signal, before, after) in schedule == .plateau ? signals : [signals[0]] {
        let run = "\(name)-\(signal)"
        let outcome = try stopped(
          data.train(run, options + ["--threads", before]), in: data.path(run), by: signal)
        if signal == SIGKILL {
          #expect(outcome.code == -SIGKILL)
        } else {
          #expect(outcome.code == 130)
          #expect(outcome.errorLines.count == 1 && outcome.errors.contains("--resume"))
        }
        #expect(isIntact("\(data.path(run))/checkpoint.safetensors"))
        #expect(!FileManager.default.fileExists(atPath: "\(data.path(run))/prompts.safetensors"))
        let resumed = try Program.run(
          data.train(run, options + ["--resume", "--threads", after]))
        #expect(resumed.code == 0, "\(resumed.errors)")
        #expect(try numbers(of: data.path(run)) == expected, "\(name), signal \(signal)")
        Long.report("\(name) after signal \(signal) as without it")
      }
    }

    /// Whether a run has begun there: before its configuration a folder holds nothing.
    private func isStarted(_ run: String) -> Bool {
      FileManager.default.fileExists(atPath: "\(run)/config.json")
    }

    @Test(
      "killed at any moment: the newest checkpoint loads, and the end is that of an unkilled run")
    func killed() throws {
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
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: run).allSatisfy { $0.first != "." })
    }

    /// Waits until a file is there, or the program has ended.
    private func wait(for path: String, of program: RunningProgram) {
      while program.isRunning, !FileManager.default.fileExists(atPath: path) { usleep(500) }
    }

    @Test("two processes on one run folder: the second is told, nothing is harmed")
    func twice() throws {
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

    @Test("a run whose disk fills up keeps its last checkpoint")
    func fullDisk() throws {
      let data = try TinyData()
      #expect(try Program.run(["features"] + data.source + ["--quiet"]).code == 0)
      // Adam's checkpoint is larger than the first one would be allowed to be: a limit of 64 KiB
      // lets the configuration through and stops the checkpoint.
      let words = data.train("run", ["--epochs", "2", "--optimizer", "adam", "--json"])
      let line = words.map { "'\($0)'" }.joined(separator: " ")
      let full = try Program.shell("ulimit -f 128; $LMPT \(line)")
      #expect(full.code == 3 && full.errorLines.count == 1, "\(full.errors)")
      #expect(full.errors.contains("checkpoint.safetensors: no space is left"), "\(full.errors)")
      #expect(try full.json["error"]?["code"]?.string == "file.disk-full")
      #expect(!FileManager.default.fileExists(atPath: data.path("run")), "half a run was left")

      // The same after an epoch that was saved: the checkpoint stays, and the run can go on.
      let first = try RunningProgram(
        data.train("run", ["--epochs", "200", "--optimizer", "adam"]))
      while first.isRunning, (try epochs(of: data.path("run")) ?? 0) < 1 { usleep(500) }
      first.send(SIGINT)
      #expect(first.wait().code == 130)
      let checkpoint = data.path("run/checkpoint.safetensors")
      let saved = try Data(contentsOf: URL(fileURLWithPath: checkpoint))
      let again = data.train("run", ["--epochs", "200", "--optimizer", "adam", "--resume"])
      let second = try Program.shell(
        "ulimit -f 128; $LMPT " + again.map { "'\($0)'" }.joined(separator: " "))
      #expect(second.code == 3 && second.errors.contains("no space is left"), "\(second.errors)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: checkpoint)) == saved)
      #expect(isIntact(checkpoint))
    }

    @Test("a damaged checkpoint is refused, not trained on")
    func damaged() throws {
      let data = try TinyData()
      #expect(try Program.run(data.train("run", ["--epochs", "1"])).code == 0)
      let path = data.path("run") + "/checkpoint.safetensors"
      let good = try Data(contentsOf: URL(fileURLWithPath: path))
      for (change, code) in [
        ({ $0[$0.count - 5] ^= 1 }, "run.damaged"),
        ({ $0 = $0.dropLast(1) }, "safetensors."), ({ $0 = Data() }, "safetensors."),
        ({ $0 = Data("half".utf8) }, "safetensors."),
      ] as [((inout Data) -> Void, String)] {
        var bytes = good
        change(&bytes)
        try bytes.write(to: URL(fileURLWithPath: path))
        let outcome = try Program.run(
          data.train("run", ["--epochs", "1", "--resume", "--json"]))
        #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
        #expect(outcome.errors.contains("checkpoint.safetensors"))
        #expect(try outcome.json["error"]?["code"]?.string?.hasPrefix(code) == true)
      }
    }
  }
}
