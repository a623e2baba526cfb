// TunePlan - one protocol of tuning for every method: which trials, on which training images, with which seeds.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// The trials of some methods, and the runs that measure the best of each.
///
/// A trial is a set of options from the method's own space (``SearchSpace``); trial 0 has the
/// published ones. It is trained once on each split of the training images, and its score is the
/// mean over the splits of the mAP on the held-out training images. Test images do not exist for
/// it. The trial with the highest score is then trained on all training images with fresh seeds and
/// measured on the test images, once each. No epoch is chosen anywhere: the number of epochs is one
/// of the settings, and the last is kept.
package struct TunePlan: Sendable {
  /// A set of options for a method.
  package struct Trial: Sendable {
    /// The method.
    package let method: Method
    /// 0 for the published settings.
    package let number: Int
    /// What was drawn, each option once; empty for the published settings.
    package let drawn: [SweepFile.Setting]
    /// What was drawn, with what holds for every trial.
    package let settings: [SweepFile.Setting]
    /// Everything that decides the numbers but the seed.
    package let options: TrainingOptions

    /// What was drawn as a table prints it.
    package var text: String {
      drawn.isEmpty
        ? "as published"
        : drawn.map { setting in
          if setting.isSwitch { return setting.key }
          return "\(setting.key) \(setting.shortValue.isEmpty ? "''" : setting.shortValue)"
        }.joined(separator: ", ")
    }
  }

  /// How much is tried, and from which seed.
  package struct Budget: Sendable {
    /// Trials of a method with the usual budget.
    package var trials = 12
    /// Splits of the training images that judge a trial.
    package var splits = 3
    /// Runs that measure the best trial.
    package var seeds = 5
    /// The share of every class that a split holds out.
    package var fraction = 0.25
    /// Decides trials, splits and seeds.
    package var seed = 0

    /// The usual budget.
    package init() {}
  }

  /// How much is tried.
  package let budget: Budget
  /// The data set.
  package let dataset: String
  /// What holds for every trial of every method that understands it.
  package let fixed: [SweepFile.Setting]
  /// Ranges that stand for the methods' own.
  package let ranges: [SearchSpace.Dimension]
  /// The trials of each method, in the order in which the methods were named.
  package let trials: [(method: Method, trials: [Trial])]
  private let data: RunData.Request

  /// Draws the trials and checks the options of each.
  ///
  /// - Parameters:
  ///   - methods: what is tuned.
  ///   - budget: how much is tried.
  ///   - fixed: options that are not varied.
  ///   - ranges: ranges for every method that varies the option, in place of its own.
  ///   - data: where data and weights are.
  /// - Throws: `SweepError` for options that do not go together.
  package init(
    _ methods: [Method], _ budget: Budget, fixed: [SweepFile.Setting] = [],
    ranges: [SearchSpace.Dimension] = [], data: RunData.Request = RunData.Request()
  ) throws {
    let dataset = try DatasetSpec.named(data.datasetName).name
    (self.budget, self.fixed, self.data, self.dataset) = (budget, fixed, data, dataset)
    self.ranges = ranges
    trials = try methods.map { method in
      let space = method.search.replacing(ranges)
      return (method, try Self.trials(of: method, in: space, budget, fixed, dataset))
    }
  }

  private static func trials(
    of method: Method, in space: SearchSpace, _ budget: Budget, _ fixed: [SweepFile.Setting],
    _ dataset: String
  ) throws -> [Trial] {
    // A method's trials do not depend on which others are tuned.
    let seed = method.name.utf8.reduce(budget.seed) { ($0 &* 31 &+ Int($1)) & 0x7fff_ffff }
    var generator = Generator(seed: seed)
    let place = "trial of \(method.name)"
    let own = [SweepFile.Setting(.method, to: method, place: place)]
    let always = [
      SweepFile.Setting(.selection, to: .last, place: place),
      SweepFile.Setting(.validationFraction, to: 0, place: place),
    ]
    let understood = SweepPlan.settings(shared: fixed, own: own)
    func trial(_ number: Int, _ drawn: [SweepFile.Setting]) throws -> Trial {
      let settings = SweepPlan.last(of: understood + drawn + always)
      do {
        return Trial(
          method: method, number: number, drawn: drawn, settings: settings,
          options: try SweepPlan.options(settings, dataset))
      } catch let error as OptionError {
        throw SweepError.badOption(place: "trial \(number) of \(method.name)", error)
      }
    }
    let published = try trial(0, [])
    let names = Set(fixed.compactMap { $0.assignment?.option.name })
    return try [published]
      + (1..<max(1, space.trials(of: budget.trials))).map { number in
        let drawn = space.draw(from: published.options, fixed: names, generator: &generator)
        return try trial(number, drawn.map { SweepFile.Setting($0, $1, place: place) })
      }
  }

  /// The runs of the trials. Those of a split stand together, because they share its images.
  package var trialRuns: [SweepPlan.Run] {
    trials.flatMap { _, trials in
      (0..<budget.splits).flatMap { split in
        trials.map { trial in
          run(trial, "\(trial.method.name), trial \(trial.number)", seed: split) { request in
            request.heldOut = HeldOut(seed: first + split, fraction: budget.fraction)
          }
        }
      }
    }
  }

  /// The runs of the best trials on all training images, with seeds that no trial had.
  package func finalRuns(_ best: [Trial]) -> [SweepPlan.Run] {
    best.flatMap { trial in
      (0..<budget.seeds).map { run(trial, trial.method.name, seed: budget.splits + $0) }
    }
  }

  /// The first seed of the protocol; another seed of the protocol shares none.
  private var first: Int { budget.seed * 1000 }

  private func run(
    _ trial: Trial, _ label: String, seed: Int,
    _ change: (inout RunData.Request) -> Void = { _ in }
  ) -> SweepPlan.Run {
    var (options, request) = (trial.options, data)
    options.seed = first + seed
    change(&request)
    return SweepPlan.Run(
      label: label, isZeroShot: false, values: [], arm: trial.method.name, seed: options.seed,
      options: options, data: request, settings: trial.settings)
  }
}
