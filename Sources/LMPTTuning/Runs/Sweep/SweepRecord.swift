// SweepRecord - what a part of a sweep was asked for and what its runs came to, kept in its folder.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// `shard.json` of the folder of a part: enough to join parts where neither data nor weights are.
package struct SweepRecord: Sendable {
  /// A run that is finished or has failed.
  package struct Run: Sendable {
    /// Its place in the plan.
    let place: Int
    /// The name of its folder; nil where it could not even be named.
    let folder: String?
    /// Why it failed.
    let failure: RecordedFailure?

    /// What is kept of an outcome.
    package init(_ outcome: SweepOutcome, failure: RecordedFailure?) {
      (place, folder) = (outcome.run.place, outcome.folder?.fileName)
      self.failure = failure
    }

    fileprivate init?(_ json: JSON) {
      guard let place = json["run"]?.int else { return nil }
      (self.place, folder) = (place, json["folder"]?.string)
      failure = json["failure"].flatMap(RecordedFailure.init)
    }

    fileprivate var json: JSON {
      .object([
        ("run", .integer(place)), ("folder", folder.map(JSON.string) ?? .null),
        ("failure", failure?.json ?? .null),
      ])
    }
  }

  /// Its name in the folder.
  static let name = "shard.json"

  /// Refuses a folder that holds a part of a sweep: the table of a whole one would take its place.
  package static func requireNoPart(in folder: String) throws {
    guard pathExists("\(folder)/\(name)") else { return }
    throw FileError(file: folder, cause: SweepError.isPart)
  }

  /// The plan of the whole sweep.
  let plan: SweepPlan
  /// Which part this is.
  let shard: Shard
  /// The folder, as the command line named it.
  let out: String
  private let program: String
  /// What the runs came to so far.
  package var runs: [Run] = []
  /// Whether nothing says which activation some weights were trained with.
  package var activationIsAssumed = false

  /// The record of a part that begins.
  package init(
    _ plan: SweepPlan, _ shard: Shard, out: String, program: String = programVersion
  ) {
    (self.plan, self.shard, self.out, self.program) = (plan, shard, out, program)
  }

  /// Everything that parts have in common, by name.
  private var facts: [(name: String, value: String)] {
    var hash = SHA256()
    hash.update(plan.file.json.text())
    let settings = plan.changes.settings.map { "\($0.key)=\($0.json.text())" }
    return [
      ("file of the sweep", "\(plan.file.name) \(hash.hexDigest().prefix(12))"),
      ("data set", plan.datasetName), ("seeds", plan.seeds.map(String.init).joined(separator: ",")),
      ("set", settings.joined(separator: " ")), ("version of lmpt", program),
    ]
  }

  /// Throws where two records are not of one sweep.
  func requireSame(_ other: SweepRecord) throws {
    for (mine, theirs) in zip(facts, other.facts) where mine.value != theirs.value {
      throw CollectionError.different(mine.name, here: mine.value, there: theirs.value)
    }
  }

  /// Refuses a folder that another part, or a part of another sweep, works in.
  package func requirePlace() throws {
    guard pathExists("\(out)/\(Self.name)") else { return }
    let there = try SweepRecord(out)
    let other = zip(facts, there.facts).first { $0.value != $1.value }?.0.name
    guard other == nil, there.shard == shard else {
      throw FileError(
        file: out,
        cause: SweepError.otherPart(
          here: shard.description, there: there.shard.description, differs: other))
    }
  }

  /// Writes the record into its folder.
  package func write() throws {
    try makeFolder(out)
    try AtomicFile.write(json.text(pretty: true) + "\n", to: "\(out)/\(Self.name)")
  }

  private var json: JSON {
    let changes = plan.changes
    return .object([
      ("schema", 1), ("program", .string(program)), ("sweep", plan.file.json),
      ("dataset", .string(plan.dataset)), ("dataset_name", .string(plan.datasetName)),
      ("seeds", .array(plan.seeds.map(JSON.integer))),
      ("set", .object(changes.settings.map { ($0.key, $0.json) })),
      ("shard", .integer(shard.index + 1)), ("shards", .integer(shard.count)),
      ("out", .string(out)), ("activation_assumed", .bool(activationIsAssumed)),
      ("runs", .array(runs.map(\.json))),
    ])
  }

  /// Reads the record of a part.
  ///
  /// - Throws: `FileError` naming the folder, or the file where it is not what `write` wrote.
  package init(_ folder: String) throws {
    let path = "\(folder)/\(Self.name)"
    guard fileSize(path) != nil else { throw FileError(file: folder, cause: SweepError.noRecord) }
    let json = try JSON.read(path)
    self = try inFile(path) {
      guard json["schema"]?.int == 1, let program = json["program"]?.string,
        let sweep = json["sweep"], let out = json["out"]?.string, !out.isEmpty,
        let dataset = json["dataset"]?.string, let name = json["dataset_name"]?.string,
        let seeds = json["seeds"]?.array?.compactMap(\.int), !seeds.isEmpty,
        let set = json["set"]?.object?.members, let index = json["shard"]?.int,
        let count = json["shards"]?.int, (1...1 << 20).contains(count), (1...count).contains(index),
        let runs = json["runs"]?.array
      else { throw SweepError.noRecord }
      var changes = SweepPlan.Changes()
      (changes.dataset, changes.seeds) = (dataset, seeds)
      changes.settings = try set.map {
        try SweepFile.setting($0.key, $0.value, "set", shown: "set.\($0.key)")
      }
      let plan = try SweepPlan(SweepFile(json: sweep), changes, datasetName: name)
      let shard = Shard(index: index - 1, count: count)
      let mine = shard.range(of: plan.runs.count)
      var record = SweepRecord(plan, shard, out: out, program: program)
      record.runs = try runs.map {
        guard let run = Run($0), mine.contains(run.place) else { throw SweepError.noRecord }
        return run
      }
      guard Set(record.runs.map(\.place)).count == runs.count else { throw SweepError.noRecord }
      record.activationIsAssumed = json["activation_assumed"]?.bool == true
      return record
    }
  }
}
