// SweepFile - the file of a sweep: arms, a grid over options, seeds.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// A sweep as its file describes it (docs/schemas/sweep.schema.json).
///
/// Options are those of `lmpt train`, under the same names. Later ones win: those of the data set,
/// of the sweep, of the arm, of the grid, of the command line (`--set`).
package struct SweepFile: Sendable {
  /// One line of the comparison before the grid is laid over it.
  package struct Arm: Sendable, Equatable {
    package let name: String
    /// Zero-shot CLIP is evaluated, not trained: once, without grid and seeds.
    package let isZeroShot: Bool
    package let options: [Setting]
  }

  /// The file as it was read.
  package let json: JSON
  package let name: String
  package let title: String
  package let description: String
  /// The data set used unless the command line names another.
  package let dataset: String
  /// Options by data set; `any` stands for those that are not listed.
  package let datasets: [(name: String, options: [Setting])]
  package let options: [Setting]
  package let arms: [Arm]
  package let grid: [(key: String, values: [Setting])]
  package let seeds: [Int]

  /// Reads the file of a sweep.
  package init(_ path: String) throws {
    let json = try JSON.read(path)
    self = try inFile(path) { try SweepFile(json: json) }
  }

  package init(json: JSON) throws(SweepError) {
    self.json = json
    let top = try Self.members(
      json, "the file",
      known: [
        "name", "title", "description", "dataset", "datasets", "options", "arms", "grid", "seeds",
      ])
    func text(_ key: String) throws(SweepError) -> String? {
      guard let value = top[key] else { return nil }
      guard let text = value.string else { throw .wrongKind(place: key, expected: "a text") }
      return text
    }
    guard let name = try text("name"), !name.isEmpty else { throw .missing(place: "name") }
    self.name = name
    title = try text("title") ?? name
    description = try text("description") ?? ""
    dataset = try text("dataset") ?? RunData.Request().datasetName
    options = try Self.settings(top["options"], "options")
    datasets = try Self.each(top["datasets"], "datasets") { key, value, place throws(SweepError) in
      (key, try Self.settings(value, place))
    }
    grid = try Self.each(top["grid"], "grid") { key, value, place throws(SweepError) in
      guard let values = value.array, !values.isEmpty else {
        throw .wrongKind(place: place, expected: "a list of values")
      }
      var settings: [Setting] = []
      for (index, value) in values.enumerated() {
        settings.append(try Self.setting(key, value, "grid", shown: "\(place)[\(index)]"))
      }
      return (settings[0].key, settings)
    }
    arms = try Self.arms(top["arms"])
    seeds = try Self.seeds(top["seeds"])
  }

  private static func arms(_ json: JSON?) throws(SweepError) -> [Arm] {
    guard let json else { return [Arm(name: "", isZeroShot: false, options: [])] }
    guard let list = json.array, !list.isEmpty else {
      throw .wrongKind(place: "arms", expected: "a list of arms")
    }
    var arms: [Arm] = []
    for (index, element) in list.enumerated() {
      let place = "arms[\(index)]"
      let members = try Self.members(element, place, known: ["name", "zeroshot", "options"])
      guard let name = members["name"]?.string, !name.isEmpty else {
        throw .missing(place: "\(place).name")
      }
      guard !arms.contains(where: { $0.name == name }) else {
        throw .repeatedArm(place: "\(place).name", name: name)
      }
      let zeroShot = members["zeroshot"] ?? false
      guard let isZeroShot = zeroShot.bool else {
        throw .wrongKind(place: "\(place).zeroshot", expected: "true or false")
      }
      let options = try settings(members["options"], "\(place).options")
      arms.append(Arm(name: name, isZeroShot: isZeroShot, options: options))
    }
    return arms
  }

  private static func seeds(_ json: JSON?) throws(SweepError) -> [Int] {
    guard let json else { return [0] }
    let seeds = json.array?.compactMap(\.int) ?? []
    guard !seeds.isEmpty, seeds.count == json.array?.count, Set(seeds).count == seeds.count,
      seeds.allSatisfy({ 0...Int(Int32.max) ~= $0 })
    else { throw .wrongKind(place: "seeds", expected: "a list of different whole numbers from 0") }
    return seeds
  }

  private static func members(
    _ json: JSON, _ place: String, known: [String]
  ) throws(SweepError) -> JSON.Object {
    guard let object = json.object else { throw .wrongKind(place: place, expected: "an object") }
    for member in object.members where !known.contains(member.key) {
      let prefix = place == "the file" ? "" : "\(place)."
      throw .unknownKey(
        place: "\(prefix)\(member.key)", nearest: nearest(member.key, in: known))
    }
    return object
  }

  private static func each<T>(
    _ json: JSON?, _ place: String,
    _ body: (_ key: String, _ value: JSON, _ place: String) throws(SweepError) -> T
  ) throws(SweepError) -> [T] {
    guard let json else { return [] }
    guard let object = json.object else { throw .wrongKind(place: place, expected: "an object") }
    var result: [T] = []
    for member in object.members {
      result.append(try body(member.key, member.value, "\(place).\(member.key)"))
    }
    return result
  }

  private static func settings(_ json: JSON?, _ place: String) throws(SweepError) -> [Setting] {
    try each(json, place) { key, value, shown throws(SweepError) in
      try setting(key, value, place, shown: shown)
    }
  }
}
