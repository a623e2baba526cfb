// SweepParts - parts of a sweep that were run apart, joined into one folder.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Finished parts of one sweep.
package struct SweepParts {
  /// The sweep.
  package let plan: SweepPlan
  /// Whether nothing says which activation some weights were trained with.
  package let activationIsAssumed: Bool
  /// What each run came to, in the order of the plan, and in which folder.
  private let runs: [(run: SweepRecord.Run, part: String, record: SweepRecord)]

  /// Reads the records of the parts and checks that they belong together, that none is missing, and that
  /// each of their runs is there and is what the plan asks for.
  ///
  /// - Parameter paths: the folders of the parts, in any order.
  /// - Throws: `FileError` around `CollectionError`, `SweepError` or `RunMarkError`.
  package init(_ paths: [String]) throws {
    let parts = try paths.map { (path: $0, record: try SweepRecord($0)) }
    guard let first = parts.first?.record else { throw CollectionError.empty }
    for (path, record) in parts { try inFile(path) { try first.requireSame(record) } }
    try Shard.requireWhole(parts.map { ($0.path, $0.record.shard) })
    plan = first.plan
    activationIsAssumed = parts.contains { $0.record.activationIsAssumed }
    var runs: [(run: SweepRecord.Run, part: String, record: SweepRecord)] = []
    // What must be the same for all runs, and for all with the same weights.
    var known: [String: JSON?] = [:]
    for (path, record) in parts.sorted(by: { $0.record.shard.index < $1.record.shard.index }) {
      for place in record.shard.range(of: plan.runs.count) {
        let run = plan.runs[place]
        guard let mine = record.runs.first(where: { $0.place == place }) else {
          throw FileError(
            file: path, cause: SweepError.runMissing(label: run.label, seed: run.seed))
        }
        if mine.failure == nil { try Self.check(run, mine, in: path, &known) }
        runs.append((mine, path, record))
      }
    }
    self.runs = runs
  }

  /// Checks that a run is finished, is what the plan asks for, and was made of the same data and weights
  /// as the others.
  private static func check(
    _ run: SweepPlan.Run, _ found: SweepRecord.Run, in part: String, _ known: inout [String: JSON?]
  ) throws {
    guard let name = found.folder, !name.hasPrefix("."), !name.utf8.contains(UInt8(ascii: "/")),
      try RunMark.state(of: "\(part)/\(name)") != .unfinished
    else {
      throw FileError(file: part, cause: SweepError.runMissing(label: run.label, seed: run.seed))
    }
    let file = "\(part)/\(name)/config.json"
    let config = try JSON.read(file)
    func require(_ key: String, _ value: JSON?, as expected: JSON?) throws {
      guard value != expected else { return }
      let (here, there) = (expected?.text() ?? "not there", value?.text() ?? "not there")
      throw FileError(file: file, cause: CollectionError.different(key, here: here, there: there))
    }
    for (key, value) in run.fields { try require(key, config[key], as: value) }
    func requireKnown(_ place: String, _ key: String, _ value: JSON?) throws {
      if let first = known[place] {
        try require(key, value, as: first)
      } else {
        known.updateValue(value, forKey: place)
      }
    }
    let weights = run.data.modelKey
    let ofData = [
      "dataset", "classes", "train_images", "test_images", "lists_sha256", "kernel",
      "arithmetic", "orient", "groups",
    ]
    let ofWeights = ["weights_fingerprint", "activation", "preprocess"]
    for (key, place) in ofData.map({ ($0, $0) }) + ofWeights.map({ ($0, "\($0) \(weights)") }) {
      try requireKnown(place, key, config[key])
    }
    // Lists are the same where pictures of them were left out on one machine alone; zero-shot CLIP
    // keeps no list of these.
    guard !run.isZeroShot else { return }
    let metrics = try JSON.read("\(part)/\(name)/metrics.json")
    try requireKnown("skipped_images", "skipped_images", metrics["skipped_images"])
  }

  /// Copies the runs of all parts into one folder.
  ///
  /// What is finished there is left as it is, so a join that was interrupted goes on.
  ///
  /// - Parameter out: the folder.
  /// - Returns: what every run came to, in the order of the plan.
  /// - Throws: `FileError`; `RunError.interrupted` between two runs.
  package func join(into out: String) throws -> [SweepOutcome] {
    try makeFolder(out)
    AtomicFile.removeLeftovers(in: out, shared: true)
    return try runs.map { run, part, record in
      try Interruption.check()
      let folder = try run.folder.flatMap { try copy($0, of: part, into: out) }
      let failure = run.failure?.error(movedFrom: record.out, to: out)
      let metrics = try failure == nil ? folder.map { try JSON.read("\($0)/metrics.json") } : nil
      return SweepOutcome(
        run: plan.runs[run.place], metrics: metrics,
        folder: run.folder.map { folder ?? "\(out)/\($0)" },
        failure: failure)
    }
  }

  /// Copies a run's folder; returns where it is then, or nil where a run that failed left none.
  private func copy(_ name: String, of part: String, into out: String) throws -> String? {
    let source = "\(part)/\(name)"
    guard isFolder(source) else { return nil }
    // Runs that are the same under two names share a folder, as in a sweep by one process.
    let hash = String(name.parts(between: "-").last ?? name)
    let target = "\(out)/\(SweepRunner.name(endingIn: hash, in: out) ?? name)"
    if try RunMark.state(of: target) != .unfinished { return target }
    try makeFolder(target)
    let lock = try FolderLock(target)
    defer { lock.release() }
    AtomicFile.removeLeftovers(in: target)
    let files = folderEntries(source).filter { !$0.hasPrefix(".") && $0 != RunMark.name }.sorted()
    // The mark last: with it the run is finished.
    for file in files + [RunMark.name] where fileSize("\(source)/\(file)") != nil {
      try copyFile("\(source)/\(file)", to: "\(target)/\(file)")
    }
    return target
  }
}
