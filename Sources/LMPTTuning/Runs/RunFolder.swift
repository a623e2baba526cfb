// RunFolder - what a run leaves behind: configuration, environment, metrics, prompts, report.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import Foundation
import LMPTTensors
import LMPTWeights

/// A run folder: made at the start, complete at the end, never half of a file.
public struct RunFolder: Sendable {
  /// The folder.
  public let path: String
  /// The words that the run was started with, not those that it goes on with.
  package private(set) var command: [String]
  private let made: Bool
  /// Held as long as the run writes; a second process is told at once.
  private let lock: FolderLock

  /// The folder's own name, which tables call the run by.
  package var name: String { path.fileName }

  /// Whether a run folder must be new, must be there, or may be either.
  public enum Mode: Sendable {
    /// A run that starts.
    case new
    /// A run that goes on.
    case resume
    /// A run that starts or goes on, whichever is there: for sweeps and the demo.
    case either
  }

  /// Makes the folder of a new run, or opens that of a run to resume.
  ///
  /// A folder without a configuration holds nothing: it is empty, or its process was killed in its
  /// first moments. A run can start in it.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - mode: whether a run may be there.
  ///   - configuration: what a run that goes on is compared by.
  ///   - recording: what else `config.json` keeps.
  ///   - origin: who starts it.
  /// - Throws: `RunError.outputExists`; when resuming, `RunError.differs` listing every option,
  ///   file or class that is not as it was; `LockError` when another process works in it.
  package init(
    _ path: String, _ mode: Mode, configuration: [(key: String, value: JSON)],
    recording: [(key: String, value: JSON)], origin: RunOrigin = RunOrigin()
  ) throws {
    command = origin.command
    self.path = path
    let configPath = "\(path)/config.json"
    let isThere = FileManager.default.fileExists(atPath: path)
    guard isThere || mode != .resume else {
      throw FileError(file: path, cause: RunError.notARun(missing: "the folder"))
    }
    if isThere {
      try FolderLock.check(path)
      if mode == .new, try !Self.isEmpty(path) {
        throw FileError(file: path, cause: RunError.outputExists)
      }
    } else {
      do {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      } catch {
        throw FileError(file: path, cause: RunError.cannotMakeFolder)
      }
    }
    lock = try FolderLock(path)
    AtomicFile.removeLeftovers(in: path)
    if FileManager.default.fileExists(atPath: configPath) {
      // Another process may have started a run here in the same moment.
      guard mode != .new else { throw FileError(file: path, cause: RunError.outputExists) }
      try Self.compare(configuration, with: configPath, in: path)
      let saved = try? JSON.read("\(path)/environment.json")["command"]?.array
      command = saved?.compactMap(\.string) ?? command
      made = false
      return
    }
    guard mode != .resume, try Self.isEmpty(path) else {
      throw FileError(file: path, cause: RunError.notARun(missing: "config.json"))
    }
    made = true
    do {
      try AtomicFile.write(
        Self.environment(origin).text(pretty: true) + "\n", to: "\(path)/environment.json")
      // Last, so that a folder with a configuration has the environment too.
      try AtomicFile.write(
        JSON.object(configuration + recording).text(pretty: true) + "\n", to: configPath)
    } catch {
      abandonIfEmpty()
      throw error
    }
  }

  /// Whether a folder holds nothing of a run but, perhaps, its very beginning.
  private static func isEmpty(_ path: String) throws -> Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [""]
    return names.allSatisfy { $0.hasPrefix(".") || $0 == "environment.json" }
  }

  /// Makes the folder of a new run on some data, or opens that of a run to resume.
  ///
  /// - Throws: as the folder of any run does.
  public init(
    _ path: String, _ mode: Mode = .new, data: RunData, options: TrainingOptions,
    origin: RunOrigin = RunOrigin()
  ) throws {
    try self.init(
      path, mode, configuration: data.configuration + options.fields,
      recording: [data.access], origin: origin)
  }

  /// Throws `RunError.differs` with every entry that is not as it was.
  private static func compare(
    _ configuration: [(key: String, value: JSON)], with file: String, in path: String
  ) throws {
    let saved = try JSON.read(file)
    // An option of a single method that the file does not know yet had its declared value.
    let declared = TrainingOptions()
    let newer = TrainingOptions.table.filter { $0.group.isOpen && saved[$0.name] == nil }
    let differences = configuration.compactMap { key, value -> String? in
      let was = saved[key] ?? newer.first { $0.name == key }?.get(declared)
      return was == value ? nil : "\(key) was \(was?.text() ?? "absent"), is \(value.text())"
    }
    guard differences.isEmpty else {
      throw FileError(file: path, cause: RunError.differs(differences))
    }
  }

  /// Lists the pictures that were left out in `skipped.txt`.
  ///
  /// - Throws: `RunError.differs` when a resumed run left out other ones before.
  private func listSkipped(_ paths: [String]) throws {
    let file = "\(path)/skipped.txt"
    let text = paths.map { $0 + "\n" }.joined()
    let before = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
    guard made || before == text else {
      let count = { (text: String) in text.split(separator: "\n").count }
      throw FileError(
        file: path,
        cause: RunError.differs([
          "skipped pictures were \(count(before)), are \(count(text)), or other ones (skipped.txt)"
        ]))
    }
    if !paths.isEmpty { try AtomicFile.write(text, to: file) }
  }

  /// Removes a folder that a failed start left without a checkpoint.
  package func abandonIfEmpty() {
    guard made, !FileManager.default.fileExists(atPath: TrainingRun.checkpointPath(path)) else {
      return
    }
    lock.release()
    let ours = ["config.json", "environment.json", "skipped.txt"] + RunLog.files(in: path)
    // Other runs inside, as a demo has them, keep it.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    guard names.allSatisfy({ ours.contains($0) || $0.hasPrefix(".") }) else { return }
    for name in ours { try? FileManager.default.removeItem(atPath: "\(path)/\(name)") }
    _ = rmdir(path)
  }

  /// Trains, keeps the logs, and writes everything that a finished run leaves but its page.
  ///
  /// - Parameters:
  ///   - features: the data set with its image features.
  ///   - model: the frozen CLIP model.
  ///   - options: everything that decides the numbers.
  ///   - method: a method of one's own at its start, in the place of the one that the options name.
  ///   - resume: whether to continue from the folder's checkpoint.
  ///   - progress: called after every step.
  ///   - epoch: called after every epoch, with the best one so far if the run keeps the best.
  ///   - more: writes what else belongs to the run, such as its page, from the folder in which
  ///     everything stands but the mark; returns the files' names.
  /// - Returns: what was learned and measured.
  /// - Throws: what the run throws; an interrupted one is saved and says how to resume.
  public func train(
    _ features: DatasetFeatures, model: CLIPModel, options: TrainingOptions,
    method: (any Trainable)? = nil, resume: Bool = false,
    progress: (TrainingProgress) -> Void = { _ in },
    epoch: (EpochRecord, _ best: EpochRecord?) -> Void = { _, _ in },
    alongside more: (TunedRun) throws -> [String] = { _ in [] }
  ) throws -> TrainingResult {
    try train(
      features, model: model, options: options, method: method, resume: resume,
      mustStop: { Interruption.isRequested }, progress: progress, epoch: epoch, alongside: more)
  }

  /// Trains until the run is finished, or until `mustStop` says so, which is asked before every step.
  func train(
    _ features: DatasetFeatures, model: CLIPModel, options: TrainingOptions,
    method: (any Trainable)?, resume: Bool, mustStop: @escaping () -> Bool,
    progress: (TrainingProgress) -> Void,
    epoch: (EpochRecord, _ best: EpochRecord?) -> Void = { _, _ in },
    alongside more: (TunedRun) throws -> [String] = { _ in [] }
  ) throws -> TrainingResult {
    try listSkipped(features.skipped)
    var run = try TrainingRun(
      model: model, features: features, options: options, folder: path, resume: resume,
      method: method)
    run.mustStop = mustStop
    let log = try RunLog(path, history: run.history)
    var history = run.history
    let result: TrainingResult
    do {
      result = try run.run(progress: progress) { record in
        history.append(record)
        let best = options.effectiveSelection.best(of: history)
        try log.append(record, best: best)
        epoch(record, best)
      }
    } catch {
      try? log.note("stopped: \(error)")
      throw error
    }
    try write(result, options: options, features: features, alongside: more)
    for line in result.diagnostics.lines(features.dataset.classNames) { try log.note(line) }
    try log.note("finished; \(options.effectiveSelection.label): epoch \(result.epoch)")
    return result
  }

  /// Writes what a finished run measured and learned, and last the mark.
  private func write(
    _ result: TrainingResult, options: TrainingOptions, features: DatasetFeatures,
    alongside more: (TunedRun) throws -> [String]
  ) throws {
    let dataset = features.dataset
    RunMark.remove(from: path)
    try Safetensors.write(
      result.tensors.map { NamedArray($0.name, $0.value) },
      metadata: [
        "method": options.method.name,
        "classnames": JSON.array(dataset.classNames.map { .string($0) }).text(),
        "class_token_position": options.position.rawValue,
        "epoch": "\(result.epoch)", "kernel": KernelSet.current.name,
      ], to: "\(path)/\(options.method.resultFile)")
    try Safetensors.write(
      [
        NamedArray("scores", result.evaluation.scores),
        NamedArray("labels", result.evaluation.labels),
      ], metadata: ["scores": options.scores.rawValue], to: "\(path)/test_scores.safetensors")
    try AtomicFile.write(
      result.json(options: options, features: features).text(pretty: true) + "\n",
      to: "\(path)/metrics.json")
    try RunMark.write(
      [
        "config.json", "metrics.json", options.method.resultFile, "test_scores.safetensors",
      ] + more(TunedRun(whole: path, isSealed: false)), in: path)
  }

  /// What a result depends on besides its options; no user or host names.
  private static func environment(_ origin: RunOrigin) -> JSON {
    .object([
      ("version", .string(programVersion)), ("commit", origin.commit.map(JSON.string) ?? .null),
      ("kernel", .string(KernelSet.current.name)),
      ("processor", .string(Processor.name)), ("threads", .integer(Threads.count)),
      ("date", .string(timestamp())), ("command", .array(origin.command.map(JSON.string))),
    ])
  }
}

/// Who starts a run, for its record.
public struct RunOrigin: Sendable {
  /// The words that repeat it.
  public var command: [String]
  /// The commit of the program, where it is known.
  public var commit: String?

  /// This process.
  public init(command: [String] = CommandLine.arguments, commit: String? = nil) {
    (self.command, self.commit) = (command, commit)
  }
}

/// The version that `lmpt --version` prints and every run folder records.
package let programVersion = "1.0.0"
