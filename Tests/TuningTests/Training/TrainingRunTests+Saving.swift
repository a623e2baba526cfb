// TrainingRunTests+Saving - a run stopped before any step and continued is the run that was never stopped.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

extension TrainingRunTests {
  @Suite("stopped before any step")
  struct Saving {
    let few: FewPictures

    init() throws { few = try FewPictures() }

    /// What must be equal: everything but the seconds.
    private func numbers(_ result: TrainingResult) -> [[Double]] {
      result.values.map { $0.map(Double.init) } + [[Double(result.epoch)]]
        + [result.evaluation.scores.values.map(Double.init)]
        + result.history.map { record in
          [
            Double(record.epoch), record.loss, record.losses.cls, record.losses.cse,
            record.learningRate,
            record.validation ?? -1, record.test,
          ] + GroupFigures.columns.map { record.byGroup[$0] ?? -1 }
        }
    }

    /// Runs until `steps` steps are done, from the folder's checkpoint if there is one.
    private func stop(
      after steps: Int, _ options: TrainingOptions, _ features: DatasetFeatures, in folder: String
    ) throws {
      var run = try TrainingRun(
        model: few.model, features: features, options: options, folder: folder, resume: true)
      var done = 0
      run.mustStop = {
        done += 1
        return done > steps
      }
      #expect(throws: RunError.interrupted(folder: folder)) {
        try run.run()
      }
    }

    /// Stops at each of these steps, and one step later again, then runs to the end.
    private func expectSame(
      _ options: TrainingOptions, view: ImageDetail = .features, at steps: [Int]? = nil,
      look: (Checkpoint) -> Void = { _ in }
    ) throws {
      let features = try few.features(view: view)
      var straight = try TrainingRun(
        model: few.model, features: features, options: options, folder: nil)
      var total = 0
      let expected = numbers(try straight.run { _ in total += 1 })
      #expect(total > options.epochs, "one step an epoch has no middle")
      for step in steps ?? Array(0..<total) where step < total {
        let folder = try TemporaryFolder()
        try stop(after: step, options, features, in: folder.path)
        look(try Checkpoint(readingFrom: TrainingRun.checkpointPath(folder.path)))
        if step + 1 < total { try stop(after: 1, options, features, in: folder.path) }
        var rest = try TrainingRun(
          model: few.model, features: features, options: options, folder: folder.path, resume: true)
        var left = 0
        let found = numbers(try rest.run { _ in left += 1 })
        let done = step + 1 < total ? step + 1 : step
        #expect(left == total - done, "step \(step)")
        // The clock goes on where it was, it does not begin again.
        let seconds = rest.history.map(\.seconds)
        #expect(seconds == seconds.sorted())
        #expect(found == expected, "stopped at step \(step) of \(total)")
      }
    }

    @Test(
      "every step of three epochs, for every optimiser, schedule and order",
      arguments: [
        (OptimizerKind.sgd, ScheduleKind.plateau, Sampling.uniform),
        (.adam, .cosine, .classAware), (.adamw, .warmupCosine, .uniform),
        (.sgd, .constant, .classAware),
      ])
    func everyStep(optimizer: OptimizerKind, schedule: ScheduleKind, sampling: Sampling) throws {
      var options = FewPictures.options(epochs: 3)
      (options.optimizer, options.schedule, options.sampling) = (optimizer, schedule, sampling)
      try expectSame(options)
    }

    @Test("every step with a second batch of its own order, whose generators go on too")
    func secondOrder() throws {
      var options = TrainingOptions(dataset: "mini", method: .ltml)
      (options.epochs, options.batch, options.learningRate) = (2, 16, 0.01)
      try expectSame(options)
    }

    @Test("prompts and captions, stopped at some steps")
    func prompts() throws {
      var options = TrainingOptions(dataset: "mini")
      (options.epochs, options.batch, options.contextCount) = (2, 24, 4)
      (options.learningRate, options.optimizer) = (0.01, .adam)
      try expectSame(options, at: [1, 3])
    }

    @Test(
      "a plateau with bad epochs, between one drop of the rate and the next",
      arguments: [(EpochSelection.validation, 0.3), (.validation, 0), (.test, 0.3)])
    func plateau(selection: EpochSelection, validation: Double) throws {
      let options = FewPictures.options(selection, validation: validation)
      var seen: [(rate: Double, bad: Int)] = []
      try expectSame(options, at: Array(stride(from: 4, to: 200, by: 7))) { checkpoint in
        seen.append((checkpoint.learningRate, checkpoint.scheduleBadEpochs))
        // The best of the plateau, not the last: only it tells later epochs that they are bad.
        #expect((checkpoint.scheduleBest == nil) == (checkpoint.epoch == 0))
      }
      let rates = Set(seen.map(\.rate)).sorted(by: >)
      #expect(rates.count > 2, "the rate never dropped twice")
      let between = seen.filter { rates.count > 2 && $0.rate == rates[1] }
      #expect(between.contains { $0.bad > 0 }, "never stopped with bad epochs between two drops")
    }

    @Test("a checkpoint of other tensors is refused, with both shapes")
    func otherTensors() throws {
      let folder = try TemporaryFolder()
      let features = try few.features()
      var options = FewPictures.options(epochs: 1)
      try stop(after: 1, options, features, in: folder.path)
      options.method = .ltml
      let code = errorCode {
        _ = try TrainingRun(
          model: few.model, features: features, options: options, folder: folder.path, resume: true)
      }
      #expect(code == "run.differs")
      // Without `resume` what lies in the folder is not looked at.
      _ = try TrainingRun(
        model: few.model, features: features, options: options, folder: folder.path)
    }
  }
}
