// SweepPlan - from the file of a sweep to the list of its runs, every option checked beforehand.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import PromptTuning

/// The runs of a sweep on one data set.
struct SweepPlan {
  /// One run: words of `lmpt train`, and where it stands in the table.
  struct Run {
    /// The arm's name and the grid's values, `arm, lam 0.1`: runs that share it differ in seeds.
    let label: String
    let isZeroShot: Bool
    /// The grid's values in the order of `SweepPlan.gridKeys`; empty for zero-shot CLIP.
    let values: [String]
    let arm: String
    /// nil for zero-shot CLIP.
    let seed: Int?
    let options: TrainingOptions
    /// The options of the data set and the weights.
    let source: Arguments
    /// What `lmpt train` would be told, for the run's page.
    let words: [String]
  }

  let file: SweepFile
  let dataset: String
  let gridKeys: [String]
  let seeds: [Int]
  let runs: [Run]
  /// Options that hold for every run, without those of single arms and of the grid.
  let settings: [(key: String, value: String)]

  /// Most runs of one sweep.
  static let limit = 100_000

  /// Lays the grid over the arms and checks every run's options.
  ///
  /// - Parameters:
  ///   - file: the sweep.
  ///   - changes: what the command line of `lmpt sweep` says otherwise.
  ///   - arguments: that command line, for data and weights.
  /// - Throws: `SweepError` with the place of the first mistake.
  init(_ file: SweepFile, _ changes: Changes, _ arguments: Arguments) throws {
    self.file = file
    dataset = changes.dataset ?? file.dataset
    let overrides = changes.settings
    // What the command line fixes is no longer varied.
    let grid = file.grid.filter { row in !overrides.contains { $0.key == row.key } }
    let varied = grid.map(\.key)
    gridKeys = varied
    seeds = changes.seeds ?? file.seeds
    let spec = try DatasetSpec.named(dataset)
    let ofDataset =
      file.datasets.first { $0.name == spec.name } ?? file.datasets.first { $0.name == "any" }
    guard file.datasets.isEmpty || ofDataset != nil else {
      throw SweepError.noSuchDataset(name: spec.name, known: file.datasets.map(\.name))
    }
    let sourceWords = Self.sourceWords(arguments, dataset: dataset)

    settings = Self.last(of: (ofDataset?.options ?? []) + file.options + overrides)
      .filter { !varied.contains($0.key) }.map { ($0.key, $0.value) }

    // Counted before the grid is laid out, which a hostile one would fill the memory with.
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
              arm, label.isEmpty ? file.name : label, combination, settings, seed, spec.name,
              sourceWords))
        }
      }
    }
    self.runs = runs
  }

  private static func run(
    _ arm: SweepFile.Arm, _ label: String, _ combination: [SweepFile.Setting],
    _ settings: [SweepFile.Setting], _ seed: Int?, _ dataset: String, _ sourceWords: [String]
  ) throws -> Run {
    let last = last(of: settings)
    var words = last.map(word)
    if let seed { words.append("--seed=\(seed)") }
    let all = sourceWords + words
    do {
      let arguments = try Arguments.parse(all, for: .train)
      return Run(
        label: label, isZeroShot: arm.isZeroShot, values: combination.map(\.value), arm: arm.name,
        seed: seed, options: try TrainingOptions(arguments, dataset: dataset), source: arguments,
        words: ["lmpt", "train"] + all)
    } catch let error as UsageError {
      throw SweepError.badOption(
        place: culprit(last, dataset) ?? (arm.name.isEmpty ? "grid" : "arm \(arm.name)"),
        message: error.message, hint: error.hint)
    }
  }

  /// Shared options and an arm's own; shared ones that tune prompts are left out where the arm's
  /// method has no prompts, so that one file can compare all methods.
  private static func settings(
    shared: [SweepFile.Setting], own: [SweepFile.Setting]
  ) -> [SweepFile.Setting] {
    let name = (shared + own).last { $0.key == "method" }?.value
    let method = name.flatMap(Method.named) ?? .lmpt
    let understood = shared.filter { setting in
      let option = TrainingOptions.table.first { option in
        option.flag == setting.key || option.switches.contains { $0.name == setting.key }
      }
      return option.map { method.groups.contains($0.group) } ?? true
    }
    return understood + own
  }

  /// Later settings win, so only the last of each option is kept; a switch that is off is none.
  private static func last(of settings: [SweepFile.Setting]) -> [SweepFile.Setting] {
    var last: [SweepFile.Setting] = []
    for setting in settings {
      last.removeAll { $0.key == setting.key }
      last.append(setting)
    }
    return last.filter { !(isSwitch($0.key) && $0.value == "false") }
  }

  private static func isSwitch(_ key: String) -> Bool {
    guard let option = (Option.training + Option.source).first(where: { $0.name == key }) else {
      return false
    }
    return option.value == nil
  }

  private static func word(_ setting: SweepFile.Setting) -> String {
    isSwitch(setting.key) ? "--\(setting.key)" : "--\(setting.key)=\(setting.value)"
  }

  /// Where the one option stands that is refused alone, beside the method that decides which
  /// options there are; nil when only several together are refused.
  private static func culprit(_ settings: [SweepFile.Setting], _ dataset: String) -> String? {
    let method = settings.filter { $0.key == "method" }.map(word)
    return settings.first { setting in
      let words = method + [word(setting)]
      return (try? TrainingOptions(Arguments.parse(words, for: .train), dataset: dataset)) == nil
    }?.place
  }

  /// What the command line of `lmpt sweep` says otherwise than the file.
  struct Changes {
    /// The data set of `--dataset`.
    let dataset: String?
    /// The seeds of `--seeds`.
    let seeds: [Int]?
    /// The options of `--set`.
    let settings: [SweepFile.Setting]

    /// - Throws: `UsageError` for a list of seeds or an option that is none, `SpecError` for a data
    ///   set that is not known.
    init(_ arguments: Arguments) throws {
      dataset = arguments.string("dataset")
      _ = try dataset.map(DatasetSpec.named)
      seeds = try arguments.string("seeds").map(SweepPlan.seedList)
      settings = try arguments.strings("set").map(SweepPlan.override)
    }
  }

  private static func seedList(_ text: String) throws -> [Int] {
    let seeds = text.split(separator: ",").compactMap { Int($0) }
    guard !seeds.isEmpty, seeds.count == text.split(separator: ",").count,
      Set(seeds).count == seeds.count, seeds.allSatisfy({ 0...Int(Int32.max) ~= $0 })
    else {
      throw UsageError.badValue(
        option: "--seeds", found: text, expected: "different whole numbers like 0,1,2")
    }
    return seeds
  }

  private static func override(_ text: String) throws -> SweepFile.Setting {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw UsageError.badValue(option: "--set", found: text, expected: "an option as KEY=VALUE")
    }
    let (key, value) = (String(parts[0]), String(parts[1]))
    let isOn = ["true": true, "false": false][value]
    let json: JSON = isOn.map { isSwitch(key) ? .bool($0) : .string(value) } ?? .string(value)
    do {
      return try SweepFile.setting(key, json, "--set", shown: "--set \(key)")
    } catch {
      throw UsageError.badValue(
        option: "--set", found: text, expected: "an option of 'lmpt train': \(error.message)")
    }
  }

  /// The options of the sweep's command line that say where data and weights are.
  private static func sourceWords(_ arguments: Arguments, dataset: String) -> [String] {
    var words = ["--dataset=\(dataset)"]
    for option in Option.source where option.name != "dataset" {
      guard arguments.flag(option.name) else { continue }
      words.append(
        option.value == nil
          ? "--\(option.name)" : "--\(option.name)=\(arguments.string(option.name) ?? "")")
    }
    return words
  }
}
