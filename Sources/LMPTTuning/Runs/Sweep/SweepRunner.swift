// SweepRunner - works through runs: what is finished is read, the rest is run or continued.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import LMPTCLIP
import Foundation
import LMPTTensors

/// What one run of a sweep came to.
package struct SweepOutcome: Sendable {
  /// The run.
  package let run: SweepPlan.Run
  /// `metrics.json` of the run; nil when it failed.
  package let metrics: JSON?
  /// The run's folder; nil when it could not even be named.
  package let folder: String?
  /// Why it failed.
  package let failure: (any Error)?

  /// By which rule its epoch was chosen, as `select` says it; `none` for zero-shot CLIP.
  package var selection: String {
    run.isZeroShot ? "none" : run.options.effectiveSelection.rawValue
  }

  /// mAP of a column of the table.
  package func value(_ column: ResultColumn) -> Double? {
    metrics?[column.key]?.double
  }
}

/// Runs of a sweep inside one folder.
///
/// A run is identified by its options, the data set's lists and the hash of the weights; the last
/// part of its folder's name is the hash of these. So a run that another arm, an earlier sweep or
/// an interrupted one has finished is read instead of repeated.
package struct SweepRunner {
  /// What happens while runs are worked through.
  package struct Observer {
    /// Opens the data of a run.
    package var open: (RunData.Request) throws -> RunData
    /// Pictures encoded, and to encode.
    package var encoding: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    /// A step of a run, which is the `number`-th of all.
    package var step: (_ run: SweepPlan.Run, _ number: Int, TrainingProgress) -> Void = { _, _, _ in
    }
    /// What an epoch of a run came to, with the best one so far if the run keeps the best.
    package var epoch:
      (_ run: SweepPlan.Run, _ number: Int, EpochRecord, _ best: EpochRecord?) -> Void = {
        _, _, _, _ in
      }
    /// A run begins; `rest` are those that are left after it.
    package var starting: (_ run: SweepPlan.Run, _ rest: [SweepPlan.Run]) -> Void = { _, _ in }
    /// A run that was trained, before it is marked as finished; returns the names of files that it
    /// wrote beside, which belong to the run.
    package var trained: (Trained) throws -> [String] = { _ in [] }
    /// Pictures that were replaced since their features were stored.
    package var changed: (_ pictures: Int) -> Void = { _ in }
    /// Other processes work on all runs that are left, so many.
    package var waiting: (_ runs: Int) -> Void = { _ in }
    /// A run that failed.
    package var failed: (_ run: SweepPlan.Run, any Error) -> Void = { _, _ in }

    /// An observer that opens data and looks away.
    package init(open: @escaping (RunData.Request) throws -> RunData) { self.open = open }
  }

  /// A trained run with what it was trained on.
  package struct Trained {
    /// The run.
    package let run: SweepPlan.Run
    /// What it left in its folder.
    package let tuned: TunedRun
    /// Its data.
    package let data: RunData
    /// Its images.
    package let features: DatasetFeatures
  }

  /// What is run.
  package let runs: [SweepPlan.Run]
  /// The folder of the runs.
  package let out: String
  private let observer: Observer
  private let origin: RunOrigin
  private var open: (key: String, data: RunData)?
  /// The data of the run before, if training images stood for test images there.
  private var part: (heldOut: HeldOut, data: RunData)?
  private var encoded: (view: ImageDetail, heldOut: HeldOut?, features: DatasetFeatures)?

  /// A runner that has done nothing yet; `origin` is what run folders record.
  package init(
    _ runs: [SweepPlan.Run], out: String, origin: RunOrigin = RunOrigin(),
    observer: Observer
  ) {
    (self.runs, self.out, self.observer, self.origin) = (runs, out, observer, origin)
  }

  /// Works through the runs.
  ///
  /// Several processes may share a folder: a run is locked while a process works on it, and what
  /// another one works on is left for later. A run whose process died goes on from its checkpoint.
  ///
  /// - Parameter finished: called after every run with all outcomes so far, those of earlier sweeps
  ///   and of other processes included.
  /// - Returns: what every run came to, in the order of the runs.
  /// - Throws: `RunError.interrupted`, or when the folder cannot be made; the failure of a run is its
  ///   outcome.
  package mutating func run(
    _ finished: ([SweepOutcome]) throws -> Void = { _ in }
  ) throws -> [SweepOutcome] {
    try makeFolder(out)
    AtomicFile.removeLeftovers(in: out, shared: true)  // others may be writing the table now
    // What is finished is known before anything that can fail, so that no failure hides it.
    var folders = runs.map { run in (try? data(of: run)).map { folder(of: run, $0) } }
    var outcomes = zip(runs, folders).map(finishedOutcome)
    var left = outcomes.indices.filter { outcomes[$0] == nil }
    if left.isEmpty { try finished(outcomes.compactMap(\.self)) }
    while !left.isEmpty {
      var held: [Int] = []
      for index in left where outcomes[index] == nil {
        let run = runs[index]
        do {
          try Interruption.check()
          let rest = left.filter { $0 > index && outcomes[$0] == nil } + held
          observer.starting(run, rest.map { runs[$0] })
          let metrics = try outcome(of: run, number: index + 1, folder: &folders[index])
          outcomes[index] = SweepOutcome(
            run: run, metrics: metrics, folder: folders[index], failure: nil)
        } catch let error as any DiagnosticError where error.kind == .interrupted {
          throw error
        } catch let error as FileError where error.code == "folder.locked" {
          held.append(index)
          continue
        } catch {
          observer.failed(run, error)
          outcomes[index] = SweepOutcome(
            run: run, metrics: nil, folder: folders[index], failure: error)
        }
        // Other processes may have finished some meanwhile.
        for other in left where outcomes[other] == nil {
          outcomes[other] = finishedOutcome(of: runs[other], in: folders[other])
        }
        try finished(outcomes.compactMap(\.self))
      }
      left = held.filter { outcomes[$0] == nil }
      if !left.isEmpty {
        observer.waiting(left.count)
        usleep(300_000)
      }
    }
    return outcomes.compactMap(\.self)
  }

  /// The outcome of a run that is finished; nil when it is not, or cannot be told without an error,
  /// which comes again where the run is tried.
  private func finishedOutcome(of run: SweepPlan.Run, in path: String?) -> SweepOutcome? {
    guard let path, let metrics = try? finishedMetrics(path) else { return nil }
    return SweepOutcome(run: run, metrics: metrics, folder: path, failure: nil)
  }

  /// The metrics of a finished run, which are as they were written; nil when it is not finished.
  private func finishedMetrics(_ path: String) throws -> JSON? {
    // `nil` would be read as JSON's null here.
    guard try RunMark.state(of: path) != .unfinished else { return .none }
    return try JSON.read("\(path)/metrics.json")
  }

  private mutating func outcome(
    of run: SweepPlan.Run, number: Int, folder: inout String?
  ) throws -> JSON {
    let data = try data(of: run)
    let path = self.folder(of: run, data)
    folder = path
    if let metrics = try finishedMetrics(path) { return metrics }
    // Files may have moved; their fingerprints are compared.
    let paths: Set = ["data", "weights"]
    let moved = data.configuration.filter { paths.contains($0.key) }
    let compared = data.configuration.filter { !paths.contains($0.key) }
    try FolderLock.check(path)  // before pictures are opened for a run that is another's
    let features = try features(of: run, data)
    let saved = try RunFolder(
      path, .either, configuration: compared + run.fields, recording: moved + [data.access],
      origin: origin)
    // Another process may have finished it before it gave the folder back.
    if let metrics = try finishedMetrics(path) { return metrics }
    do {
      guard !run.isZeroShot else {
        let evaluation = try Evaluation(zeroShot: features, data.model, kind: run.options.scores)
        let json = JSON.object(
          evaluation.fields(features.dataset.classNames) + [
            ("epoch", .integer(0)), ("selection", .string("no epoch was chosen")),
            ("kernel", .string(KernelSet.current.name)),
          ])
        try AtomicFile.write(json.text(pretty: true) + "\n", to: "\(path)/metrics.json")
        try RunMark.write(["config.json", "metrics.json"], in: path)
        return json
      }
      let trained = try saved.train(
        features, model: data.model, options: run.options, resume: true
      ) {
        observer.step(run, number, $0)
      } epoch: {
        observer.epoch(run, number, $0, $1)
      } alongside: { tuned in
        try observer.trained(Trained(run: run, tuned: tuned, data: data, features: features))
      }
      return trained.json(options: run.options, features: features)
    } catch {
      saved.abandonIfEmpty()
      throw error
    }
  }

  /// Data set and weights of a run; kept while the next runs want the same.
  package mutating func data(of run: SweepPlan.Run) throws -> RunData {
    let whole = try opened(run.data)
    guard let heldOut = run.data.heldOut else { return whole }
    if let part, part.heldOut == heldOut { return part.data }
    let data = whole.holdingOut(heldOut)
    part = (heldOut, data)
    return data
  }

  /// The whole data set of a request, whichever of its images are held out.
  private mutating func opened(_ request: RunData.Request) throws -> RunData {
    let key = request.modelKey
    if let open, open.key == key { return open.data }
    (open, part, encoded) = (nil, nil, nil)
    let data = try observer.open(request)
    try data.dataset.requireEveryClass()
    open = (key, data)
    return data
  }

  private mutating func features(
    of run: SweepPlan.Run, _ data: RunData
  ) throws -> DatasetFeatures {
    // Zero-shot CLIP needs the features of whole images alone, whatever method stands beside it.
    let view: ImageDetail = run.isZeroShot ? .features : run.options.method.sees
    if let encoded, encoded.view == view, encoded.heldOut == run.data.heldOut {
      return encoded.features
    }
    encoded = nil
    let features = try data.features(for: view, progress: observer.encoding)
    observer.changed(features.changed)
    encoded = (view, run.data.heldOut, features)
    return features
  }

  /// Where a run is, or will be: its folder bears the hash of everything that decides its numbers.
  package func folder(of run: SweepPlan.Run, _ data: RunData) -> String {
    // Paths may change, and all kernels but baseline-fast agree.
    let free = ["data", "weights"] + (KernelSet.current.followsContract ? ["kernel"] : [])
    let members =
      data.configuration.filter { !free.contains($0.key) } + run.fields
      + [("scores", .string(run.options.scores.rawValue))]
    var hash = SHA256()
    hash.update(JSON.object(members).text())
    return existing(String(hash.hexDigest().prefix(12)), run)
  }

  /// The folder of a run: the one that bears its hash, or a new one.
  private func existing(_ hash: String, _ run: SweepPlan.Run) -> String {
    if let name = Self.name(endingIn: hash, in: out) { return "\(out)/\(name)" }
    let words = run.label + (run.seed.map { " seed \($0)" } ?? "")
    let slug = words.lowercased().map { character -> Character in
      character.isASCII && (character.isLetter || character.isNumber || character == ".")
        ? character : "-"
    }
    let short = String(slug).split(separator: "-").joined(separator: "-").prefix(80)
    return "\(out)/\(short)-\(hash)"
  }

  /// The name of the folder that bears a hash; nil where there is none.
  static func name(endingIn hash: String, in out: String) -> String? {
    folderEntries(out).sorted().first { $0.hasSuffix("-\(hash)") }
  }
}
