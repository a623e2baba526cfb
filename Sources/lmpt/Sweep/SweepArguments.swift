// SweepArguments - the command line of `lmpt sweep`, and the words of `lmpt train` that repeat a run.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning

extension SweepPlan.Changes {
  /// - Throws: `UsageError` for a list of seeds or an option that is none, `SpecError` for a data set
  ///   that is not known.
  init(_ arguments: Arguments) throws {
    self.init()
    dataset = arguments.string("dataset")
    _ = try dataset.map(DatasetSpec.named)
    seeds = try arguments.string("seeds").map(Self.seedList)
    settings = try arguments.strings("set").map(Self.override)
  }

  fileprivate static func seedList(_ text: String) throws -> [Int] {
    let seeds = text.split(separator: ",").compactMap { Int($0) }
    guard !seeds.isEmpty, seeds.count == text.split(separator: ",").count,
      Set(seeds).count == seeds.count, seeds.allSatisfy({ 0...Int(Int32.max) ~= $0 })
    else {
      throw UsageError.badValue(
        option: "--seeds", found: text, expected: "different whole numbers like 0,1,2")
    }
    return seeds
  }

  static func override(_ text: String) throws -> SweepFile.Setting {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw UsageError.badValue(option: "--set", found: text, expected: "an option as KEY=VALUE")
    }
    let (key, value) = (String(parts[0]), String(parts[1]))
    let isOn = ["true": true, "false": false][value]
    let json: JSON =
      isOn.map { SweepFile.isSwitch(key) ? .bool($0) : .string(value) } ?? .string(value)
    do {
      return try SweepFile.setting(key, json, "--set", shown: "--set \(key)")
    } catch {
      throw UsageError.badValue(
        option: "--set", found: text, expected: "an option of 'lmpt train': \(error.message)")
    }
  }
}

extension SweepPlan.Run {
  /// What `lmpt train` would be told.
  func words(_ arguments: Arguments) -> [String] {
    var words = ["lmpt", "train", "--dataset=\(data.datasetName)"]
    for option in Option.source where option.name != "dataset" && arguments.flag(option.name) {
      words.append(
        option.value == nil
          ? "--\(option.name)" : "--\(option.name)=\(arguments.string(option.name) ?? "")")
    }
    words += settings.map { $0.isSwitch ? "--\($0.key)" : "--\($0.key)=\($0.value)" }
    return words + (seed.map { ["--seed=\($0)"] } ?? [])
  }
}
