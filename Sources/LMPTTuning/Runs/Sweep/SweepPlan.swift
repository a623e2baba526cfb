// SweepPlan - from the file of a sweep to the list of its runs, every option checked beforehand.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging

/// The runs of a sweep on one data set.
package struct SweepPlan: Sendable {
  /// One run: its options, and where it stands in the table.
  package struct Run: Sendable {
    /// The arm's name and the grid's values, `arm, lam 0.1`: runs that share it differ in seeds.
    package let label: String
    /// Zero-shot CLIP is evaluated, not trained.
    package let isZeroShot: Bool
    /// The grid's values in the order of `SweepPlan.gridKeys`; empty for zero-shot CLIP.
    package let values: [String]
    /// The arm's name.
    package let arm: String
    /// nil for zero-shot CLIP.
    package let seed: Int?
    /// Its place in the plan, from 0.
    package var place = 0
    /// Everything that decides the numbers.
    package let options: TrainingOptions
    /// The data set and the weights.
    package let data: RunData.Request
    /// What was set, each option once.
    package let settings: [SweepFile.Setting]

    /// What its config.json says of the method and its options.
    var fields: [(key: String, value: JSON)] {
      isZeroShot ? [("method", .string("zero-shot"))] : options.fields
    }
  }

  package let file: SweepFile
  package let dataset: String
  /// What the data set calls itself.
  package let datasetName: String
  /// What was otherwise than the file says.
  package let changes: Changes
  package let gridKeys: [String]
  package let seeds: [Int]
  package let runs: [Run]
  /// Options that hold for every run, without those of single arms and of the grid.
  package let settings: [(key: String, value: String)]

  /// Most runs of one sweep.
  static let limit = 100_000

  /// Lays the grid over the arms and checks every run's options.
  ///
  /// - Parameters:
  ///   - file: the sweep.
  ///   - changes: what is otherwise than the file says.
  ///   - data: where data and weights are.
  ///   - known: what the data set calls itself, where its description is not at hand.
  /// - Throws: `SweepError` with the place of the first mistake.
  package init(
    _ file: SweepFile, _ changes: Changes = Changes(), data: RunData.Request = RunData.Request(),
    datasetName known: String? = nil
  ) throws {
    (self.file, self.changes) = (file, changes)
    dataset = changes.dataset ?? file.dataset
    let overrides = changes.settings
    // What the command line fixes is no longer varied.
    let grid = file.grid.filter { row in !overrides.contains { $0.key == row.key } }
    let varied = grid.map(\.key)
    gridKeys = varied
    seeds = changes.seeds ?? file.seeds
    let name = try known ?? DatasetSpec.named(dataset).name
    datasetName = name
    let ofDataset =
      file.datasets.first { $0.name == name } ?? file.datasets.first { $0.name == "any" }
    guard file.datasets.isEmpty || ofDataset != nil else {
      throw SweepError.noSuchDataset(name: name, known: file.datasets.map(\.name))
    }
    var request = data
    request.dataset = dataset

    settings = Self.last(of: (ofDataset?.options ?? []) + file.options + overrides)
      .filter { !varied.contains($0.key) }.map { ($0.key, $0.value) }

    // Counted before the grid is laid out: a hostile grid would fill the memory.
    let trained = file.arms.count { !$0.isZeroShot }
    let count = grid.map(\.values.count).reduce(Double(trained * seeds.count)) { $0 * Double($1) }
    guard count + Double(file.arms.count - trained) <= Double(Self.limit) else {
      throw SweepError.tooManyRuns(
        count: Int(min(count, 1e18)) + file.arms.count - trained, limit: Self.limit)
    }
    var combinations: [[SweepFile.Setting]] = [[]]
    for (_, values) in grid {
      combinations = combinations.flatMap { row in values.map { row + [$0] } }
    }
    var runs: [Run] = []
    for arm in file.arms {
      for combination in arm.isZeroShot ? [[]] : combinations {
        let settings = Self.settings(
          shared: (ofDataset?.options ?? []) + file.options,
          own: arm.options + combination + overrides)
        let label =
          ([arm.name].filter { !$0.isEmpty }
          + combination.map { "\($0.key) \($0.value.isEmpty ? "none" : $0.value)" })
          .joined(separator: ", ")
        for seed in arm.isZeroShot ? [nil] : seeds.map(Optional.some) {
          runs.append(
            try Self.run(
              of: arm, label: label.isEmpty ? file.name : label, grid: combination,
              settings: Self.last(of: settings), seed: seed, dataset: name, data: request))
        }
      }
    }
    for place in runs.indices { runs[place].place = place }
    self.runs = runs
  }

  private static func run(
    of arm: SweepFile.Arm, label: String, grid: [SweepFile.Setting], settings: [SweepFile.Setting],
    seed: Int?, dataset: String, data: RunData.Request
  ) throws -> Run {
    var request = data
    do {
      for setting in settings { try set(setting, in: &request) }
      var options = try options(settings, dataset)
      if let seed { options.seed = seed }
      return Run(
        label: label, isZeroShot: arm.isZeroShot, values: grid.map(\.value), arm: arm.name,
        seed: seed, options: options, data: request, settings: settings)
    } catch let error as OptionError {
      throw SweepError.badOption(
        place: culprit(settings, dataset) ?? (arm.name.isEmpty ? "grid" : "arm \(arm.name)"),
        error)
    }
  }

  /// The options that settings make of a data set's and a method's defaults.
  static func options(
    _ settings: [SweepFile.Setting], _ dataset: String
  ) throws -> TrainingOptions {
    var options = TrainingOptions(dataset: dataset, method: method(settings))
    try options.apply(settings.compactMap(\.assignment))
    return options
  }

  private static func method(_ settings: [SweepFile.Setting]) -> Method {
    settings.last(where: \.isMethod).flatMap { Method.named($0.value) } ?? .lmpt
  }

  /// Sets what a sweep may vary of the data.
  private static func set(
    _ setting: SweepFile.Setting, in request: inout RunData.Request
  ) throws(OptionError) {
    guard case .data(let option) = setting.target, !option.set(setting.json, &request) else {
      return
    }
    throw .badValue(option.name, found: setting.value, expected: option.expected)
  }

  /// Shared options and an arm's own. Shared ones that mean nothing to the arm's method are left out,
  /// so that one file can compare all methods.
  static func settings(
    shared: [SweepFile.Setting], own: [SweepFile.Setting]
  ) -> [SweepFile.Setting] {
    let method = method(shared + own)
    let understood = shared.filter { setting in
      setting.assignment.map { method.groups.contains($0.option.group) } ?? true
    }
    return understood + own
  }

  /// Later settings win, so only the last of each option is kept; a switch that is off is none.
  static func last(of settings: [SweepFile.Setting]) -> [SweepFile.Setting] {
    var last: [SweepFile.Setting] = []
    for setting in settings {
      last.removeAll { $0.key == setting.key }
      last.append(setting)
    }
    return last.filter { $0.json != false }
  }

  /// The place of the option that is refused when it and the method are all that is set; nil when
  /// only several together are refused.
  private static func culprit(_ settings: [SweepFile.Setting], _ dataset: String) -> String? {
    let method = settings.filter(\.isMethod)
    return settings.first { setting in
      var request = RunData.Request()
      return (try? options(method.filter { $0 != setting } + [setting], dataset)) == nil
        || (try? set(setting, in: &request)) == nil
    }?.place
  }

  /// What is otherwise than a sweep's file says.
  package struct Changes: Sendable {
    /// The data set.
    package var dataset: String?
    /// The seeds.
    package var seeds: [Int]?
    /// Options for every run.
    package var settings: [SweepFile.Setting] = []

    /// Everything as the file says.
    package init() {}
  }
}

extension SweepFile.Setting {
  fileprivate var isMethod: Bool { key == AnyTrainingOption.method.flag }
}
