// SweepRunner - works through the runs of a sweep; what is there already is not run again.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import CLIP
import Foundation
import PromptTuning
import Tensors

/// What one run of a sweep came to.
struct SweepOutcome {
  let run: SweepPlan.Run
  /// `metrics.json` of the run; nil when it failed.
  let metrics: JSON?
  /// The run's folder; nil when it could not even be named.
  let folder: String?
  /// Why it failed.
  let failure: (any Error)?

  /// By which rule its epoch was chosen, as `select` says it; `none` for zero-shot CLIP.
  var selection: String { run.isZeroShot ? "none" : run.options.effectiveSelection.rawValue }

  /// mAP of a column of the table.
  func value(_ column: String) -> Double? { metrics?[column == "total" ? "map" : column]?.double }
}

/// Runs a plan inside one folder.
///
/// A run is identified by its options, the data set's lists and the hash of the weights; the last
/// part of its folder's name is the hash of these. So a run that another arm, an earlier sweep or
/// an interrupted one has finished is read instead of repeated.
struct SweepRunner {
  let plan: SweepPlan
  let out: String
  let progress: ProgressLine
  private var open: (key: String, source: RunData)?
  private var encoded: (view: ImageView, features: DatasetFeatures)?
  private var page: (key: String, report: RunReport)?

  init(_ plan: SweepPlan, out: String, progress: ProgressLine) {
    (self.plan, self.out, self.progress) = (plan, out, progress)
  }

  /// Works through the runs.
  ///
  /// Several processes may share a folder: a run is locked while a process works on it, and what
  /// another one works on is left for later. A run whose process died goes on from its checkpoint.
  ///
  /// - Parameter finished: called after every run with all outcomes so far, those of earlier sweeps
  ///   included.
  /// - Returns: what every run came to, in the order of the plan.
  /// - Throws: `RunError.interrupted`, or when the folder cannot be made; the failure of a run is its
  ///   outcome.
  mutating func run(_ finished: ([SweepOutcome]) throws -> Void) throws -> [SweepOutcome] {
    do {
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    } catch {
      throw FileError(file: out, cause: RunError.cannotMakeFolder)
    }
    AtomicFile.removeLeftovers(in: out, olderThan: 60)  // others may be writing the table now
    // What is finished is known before anything that can fail, so that no failure hides it.
    var folders = plan.runs.map { run in (try? source(of: run)).map { folder(of: run, $0) } }
    var outcomes = zip(plan.runs, folders).map(finishedOutcome)
    var left = outcomes.indices.filter { outcomes[$0] == nil }
    if left.isEmpty { try finished(outcomes.compactMap(\.self)) }
    while !left.isEmpty {
      var held: [Int] = []
      for index in left where outcomes[index] == nil {
        let run = plan.runs[index]
        let prefix = "[\(index + 1)/\(plan.runs.count)] \(run.label)  "
        do {
          try Interruption.check()
          let metrics = try outcome(of: run, folder: &folders[index], prefix: prefix)
          outcomes[index] = SweepOutcome(
            run: run, metrics: metrics, folder: folders[index], failure: nil)
        } catch let error as any DiagnosticError where error.code == "run.interrupted" {
          throw error
        } catch let error as FileError where error.code == "folder.locked" {
          held.append(index)
          continue
        } catch {
          progress.finish()
          let seed = run.seed.map { ", seed \($0)" } ?? ""
          StandardStreams.tell("lmpt: \(run.label)\(seed): \(error)\n")
          outcomes[index] = SweepOutcome(
            run: run, metrics: nil, folder: folders[index], failure: error)
        }
        // Other processes may have finished some meanwhile.
        for other in left where outcomes[other] == nil {
          outcomes[other] = finishedOutcome(of: plan.runs[other], in: folders[other])
        }
        try finished(outcomes.compactMap(\.self))
      }
      left = held.filter { outcomes[$0] == nil }
      if !left.isEmpty {
        progress.show("waiting for other processes, which work on \(left.count) runs")
        usleep(300_000)
      }
    }
    progress.finish()
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
    // Not `nil` beside the other value, which would be JSON's.
    guard try isFinished(path) else { return .none }
    return try JSON.read("\(path)/metrics.json")
  }

  private mutating func outcome(
    of run: SweepPlan.Run, folder: inout String?, prefix: String
  ) throws -> JSON {
    let source = try source(of: run)
    let path = self.folder(of: run, source)
    folder = path
    if let metrics = try finishedMetrics(path) { return metrics }
    // Files may have moved; their fingerprints are compared.
    let paths: Set = ["data", "weights"]
    let moved = source.configuration.filter { paths.contains($0.key) }
    let compared = source.configuration.filter { !paths.contains($0.key) }
    try FolderLock.check(path)  // before pictures are opened for a run that is another's
    let features = try features(of: run, source)
    let saved = try RunFolder(
      path, .either, configuration: compared + fields(of: run), beside: moved + [source.access],
      command: Environment.command)
    // Another process may have finished it before it gave the folder back.
    if let metrics = try finishedMetrics(path) { return metrics }
    do {
      let page = try self.page(source, features, run.options.scores)
      guard !run.isZeroShot else {
        let json = JSON.object(
          page.zeroShot.fields + [
            ("epoch", .integer(0)), ("selection", .string("no epoch was chosen")),
            ("kernel", .string(KernelSet.current.name)),
          ])
        try AtomicFile.write(json.text(pretty: true) + "\n", to: "\(path)/metrics.json")
        try RunMark.write(["config.json", "metrics.json"], in: path)
        return json
      }
      let trained = try saved.train(
        page, options: run.options, name: run.label, commandLine: run.words + ["--out", path],
        resume: true
      ) { progress.show($0, prefix: prefix) }
      return trained.result.json(options: run.options, features: features)
    } catch {
      saved.abandonIfEmpty()
      throw error
    }
  }

  /// Data set and weights of a run; kept while the next runs want the same.
  mutating func source(of run: SweepPlan.Run) throws -> RunData {
    let key = SweepFile.ofSource.map { run.source.string($0) ?? "" }.joined(separator: "\n")
    if let open, open.key == key { return open.source }
    (open, encoded, page) = (nil, nil, nil)
    let source = try RunData(run.source)
    try source.dataset.requireEveryClass()
    open = (key, source)
    return source
  }

  private mutating func features(
    of run: SweepPlan.Run, _ source: RunData
  ) throws -> DatasetFeatures {
    // Zero-shot CLIP needs the features of whole images alone, whatever method stands beside it.
    let view: ImageView = run.isZeroShot ? .features : run.options.method.sees
    if let encoded, encoded.view == view { return encoded.features }
    (encoded, page) = (nil, nil)
    let features = try source.features(progress, view: view)
    encoded = (view, features)
    return features
  }

  private mutating func page(
    _ source: RunData, _ features: DatasetFeatures, _ scores: ScoreKind
  ) throws -> RunReport {
    if let page, page.key == scores.rawValue { return page.report }
    let report = try RunReport(source, features, scores: scores)
    page = (scores.rawValue, report)
    return report
  }

  private func fields(of run: SweepPlan.Run) -> [(key: String, value: JSON)] {
    run.isZeroShot ? [("method", .string("zero-shot"))] : run.options.fields
  }

  /// Where a run is, or will be: its folder bears the hash of everything that decides its numbers.
  func folder(of run: SweepPlan.Run, _ source: RunData) -> String {
    // Paths may change, and kernels agree but for rounding.
    let paths: Set = ["data", "weights", "kernel"]
    let members =
      source.configuration.filter { !paths.contains($0.key) } + fields(of: run)
      + [("scores", .string(run.options.scores.rawValue))]
    var hash = SHA256()
    hash.update(JSON.object(members).text())
    return existing(String(hash.hexDigest().prefix(12)), run)
  }

  /// The folder of a run: the one that bears its hash, or a new one.
  private func existing(_ hash: String, _ run: SweepPlan.Run) -> String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: out)) ?? []
    if let name = names.sorted().first(where: { $0.hasSuffix("-\(hash)") }) {
      return "\(out)/\(name)"
    }
    let words = run.label + (run.seed.map { " seed \($0)" } ?? "")
    let slug = words.lowercased().map { character -> Character in
      character.isASCII && (character.isLetter || character.isNumber || character == ".")
        ? character : "-"
    }
    let short = String(slug).split(separator: "-").joined(separator: "-").prefix(80)
    return "\(out)/\(short)-\(hash)"
  }
}
