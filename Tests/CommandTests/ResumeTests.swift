// ResumeTests - a stopped run that goes on is the run that was never stopped, bit for bit.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTTuning
import LMPTSupport
import LMPTTensors
import Testing
import LMPTWeights

@Suite("resuming", .serialized)
struct ResumeTests {
  /// Data with its features in the cache, shared by all cases. Safety: never changed, and the suite
  /// is serialised.
  nonisolated(unsafe) private static let prepared = Result { () throws -> TinyData in
    let data = try TinyData()
    #expect(try Program.run(["features"] + data.source + ["--quiet"]).code == 0)
    return data
  }

  /// One combination, or all of them in the long form; TrainingResumeTests stops others at every step.
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

  @Test("other data, classes, weights, options or kernels are refused, each named")
  func differences() throws {
    let data = try TinyData()
    let options = ["--epochs", "1"]
    #expect(try Program.run(data.train("run", options)).code == 0)
    let before = try Data(
      contentsOf: URL(fileURLWithPath: data.path("run") + "/checkpoint.safetensors"))

    func refused(
      _ expected: [String], _ words: [String], environment: [String: String] = [:]
    ) throws {
      let outcome = try Program.run(
        data.train("run", options + ["--resume", "--json"] + words), environment: environment)
      #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(try outcome.json["error"]?["code"]?.string == "run.differs")
      for text in expected { #expect(outcome.errors.contains(text), "\(outcome.errors)") }
    }
    // Every difference is in the list, not only the first.
    try refused(
      ["lr was 0.0005, is 0.1", "seed was 0, is 4", "batch_size was 64, is 32"],
      ["--lr", "0.1", "--seed", "4", "--batch-size", "32"])
    try refused(["schedule was \"plateau\", is \"cosine\""], ["--schedule", "cosine"])
    try refused(["epochs was 1, is 2"], ["--epochs", "2"])
    try refused(["preprocess was \"lmpt\", is \"clip\""], ["--preprocess", "clip"])
    try refused(["kernel was"], [], environment: ["LMPT_KERNEL": "baseline"])

    // Another order of the same images, another caption, another test image.
    try data.writeLists(train: data.train.reversed(), captions: data.captions.reversed())
    try refused(["lists_sha256"], [])
    try data.writeLists(captions: [data.captions[0] + " again"] + data.captions.dropFirst())
    try refused(["lists_sha256"], [])
    try data.writeLists(test: data.test.dropLast())
    try refused(["lists_sha256", "test_images was 24, is 23"], [])
    try data.writeLists()

    let labels = data.path("labels.txt")
    let names = try String(contentsOfFile: labels, encoding: .utf8)
    _ = try data.folder.write("labels.txt", names.replacingOccurrences(of: "cow", with: "yak"))
    try refused(["classes was", "yak"], [])
    _ = try data.folder.write("labels.txt", names)

    let changed = try changedWeights(in: data.folder)
    try refused(["weights were"], ["--weights", changed])

    // Nothing was touched, and with everything as it was the run goes on.
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: data.path("run") + "/checkpoint.safetensors"))
        == before)
    #expect(try Program.run(data.train("run", options + ["--resume"])).code == 0)
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

  @Test("what is no run folder is not resumed, and not touched")
  func noRun() throws {
    let data = try TinyData()
    let missing = try Program.run(data.train("run", ["--resume", "--json"]))
    #expect(try missing.json["error"]?["code"]?.string == "run.not-a-run")
    #expect(!FileManager.default.fileExists(atPath: data.path("run")))

    try FileManager.default.createDirectory(
      atPath: data.path("run"), withIntermediateDirectories: true)
    _ = try data.folder.write("run/precious.txt", "mine")
    let other = try Program.run(data.train("run", ["--resume", "--json"]))
    #expect(try other.json["error"]?["code"]?.string == "run.not-a-run")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: data.path("run")) == ["precious.txt"])
  }
}

/// A copy of the mini benchmark's weights with one number changed.
func changedWeights(
  in folder: TemporaryFolder, _ name: String = "visual.proj", to value: Float = 0.25
) throws -> String {
  let file = try WeightFile.read(Fixtures.path("mini/clip.safetensors"))
  let path = "\(folder.path)/changed.safetensors"
  try Safetensors.write(
    file.tensors.map { tensor in
      guard tensor.name == name else { return NamedArray(tensor) }
      var values = tensor.floats()
      values[min(5, values.count - 1)] = value
      return NamedArray(tensor.name, floats: values, shape: tensor.shape)
    }, metadata: file.metadata, to: path)
  return path
}
