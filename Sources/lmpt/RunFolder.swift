// RunFolder - what a run leaves behind: configuration, environment, metrics, prompts, report.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import EvaluationMetrics
import Foundation
import PromptTuning
import Reports
import Tensors
import Weights

/// A run folder: made at the start, complete at the end, never half of a file.
struct RunFolder {
  let path: String
  private let made: Bool
  /// Held as long as the run writes; a second process is told at once.
  private let lock: FolderLock

  /// The folder's own name, which tables call the run by.
  var name: String { path.fileName }

  /// Whether a run folder must be new, must be there, or may be either.
  enum Mode {
    /// A run that starts.
    case new
    /// A run that goes on.
    case resume
    /// Whichever it is: the runs of a sweep or a demo.
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
  ///   - beside: what else `config.json` keeps.
  /// - Throws: `RunError.outputExists`; when resuming, `RunError.differs` listing every option,
  ///   file or class that is not as it was; `LockError` when another process works in it.
  init(
    _ path: String, _ mode: Mode, configuration: [(key: String, value: JSON)],
    beside: [(key: String, value: JSON)]
  ) throws {
    self.path = path
    let configPath = "\(path)/config.json"
    let isThere = FileManager.default.fileExists(atPath: path)
    guard isThere || mode != .resume else {
      throw FileError(file: path, cause: RunError.notARun(missing: "the folder"))
    }
    if isThere {
      try FolderLock.check(path)
      if mode == .new, try !Self.isEmpty(path) {
        throw FileError(file: path, cause: RunError.outputExists(path))
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
      guard mode != .new else { throw FileError(file: path, cause: RunError.outputExists(path)) }
      try Self.compare(configuration, with: configPath, in: path)
      made = false
      return
    }
    guard mode != .resume, try Self.isEmpty(path) else {
      throw FileError(file: path, cause: RunError.notARun(missing: "config.json"))
    }
    made = true
    do {
      try AtomicFile.write(
        Environment.json.text(pretty: true) + "\n", to: "\(path)/environment.json")
      // Last, so that a folder with a configuration has the environment too.
      try AtomicFile.write(
        JSON.object(configuration + beside).text(pretty: true) + "\n", to: configPath)
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

  /// Throws `RunError.differs` with every entry that is not as it was.
  private static func compare(
    _ configuration: [(key: String, value: JSON)], with file: String, in path: String
  ) throws {
    let saved = try JSON.read(file)
    let differences = configuration.compactMap { key, value in
      saved[key] == value
        ? nil : "\(key) was \(saved[key]?.text() ?? "absent"), is \(value.text())"
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
  func abandonIfEmpty() {
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

  /// The words that the run was started with, not those that it goes on with.
  var command: [String] {
    let saved = try? JSON.read("\(path)/environment.json")["command"]?.array
    return saved?.compactMap(\.string) ?? Environment.command
  }

  /// Trains, keeps the logs, and writes everything that a finished run leaves.
  ///
  /// - Parameters:
  ///   - page: what the run's page shows besides the run itself.
  ///   - options: everything that decides the numbers.
  ///   - name: how tables call the run.
  ///   - commandLine: the words that repeat it.
  ///   - resume: whether to continue from the folder's checkpoint.
  ///   - progress: called after every step.
  /// - Returns: what was learned and measured, and the page's numbers.
  /// - Throws: what the run throws; an interrupted one is saved and says how to resume.
  func train(
    _ page: RunReport, options: TrainingOptions, name: String, commandLine: [String],
    resume: Bool = false, progress: (TrainingProgress) -> Void
  ) throws -> (result: TrainingResult, report: Report) {
    try listSkipped(page.features.skipped)
    var run = try TrainingRun(
      model: page.source.model, features: page.features, options: options, folder: path,
      resume: resume)
    let log = try RunLog(path, history: run.history)
    let result: TrainingResult
    do {
      result = try run.run(progress: progress) { try log.append($0) }
    } catch {
      try? log.note("stopped: \(error)")
      throw error
    }
    let report = try page.report(
      result, options: options, name: name, commandLine: commandLine)
    try finish(result, options: options, features: page.features, report: report)
    try log.note("finished; \(options.effectiveSelection.label): epoch \(result.epoch)")
    return (result, report)
  }

  /// Writes everything that a finished run leaves besides its logs, and last the mark.
  private func finish(
    _ result: TrainingResult, options: TrainingOptions, features: DatasetFeatures, report: Report
  ) throws {
    let dataset = features.dataset
    RunMark.remove(from: path)
    try Safetensors.write(
      result.tensors.map { NamedArray($0.name, $0.value) },
      metadata: [
        "method": options.method.rawValue,
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
      resultJSON(result, options: options, features: features).text(pretty: true)
        + "\n", to: "\(path)/metrics.json")
    try RunReport.write(report, to: path)
    try RunMark.write(
      [
        "config.json", "metrics.json", options.method.resultFile, "test_scores.safetensors",
        "report.json",
      ], in: path)
  }

  /// The result as `metrics.json` and `--json` give it.
  func resultJSON(
    _ result: TrainingResult, options: TrainingOptions, features: DatasetFeatures
  ) -> JSON {
    var fields = evaluationFields(result.evaluation)
    fields.append(("epoch", .integer(result.epoch)))
    fields.append(("selection", .string(options.effectiveSelection.label)))
    fields.append(("kernel", .string(KernelSet.current.name)))
    fields.append(("train_images", .integer(features.dataset.train.count)))
    fields.append(("test_images", .integer(features.dataset.test.count)))
    fields.append(("skipped_images", .array(features.skipped.map { .string($0) })))
    if let best = result.history.max(by: { $0.test < $1.test }) {
      // The released rule's figure, named as what it is.
      fields.append(
        (
          "best_test_epoch_overstates",
          .object([("epoch", .integer(best.epoch)), ("map", .number(best.test))])
        ))
    }
    return .object(fields)
  }
}

/// The metrics of an evaluation, under the names of the command contract.
func evaluationFields(_ evaluation: Evaluation) -> [(key: String, value: JSON)] {
  func group(_ group: ClassGroup) -> JSON {
    evaluation.map.groups[group].map { .number($0) } ?? .null
  }
  return [
    ("scores", .string(evaluation.kind.rawValue)), ("map", .number(evaluation.map.total)),
    ("head", group(.head)), ("medium", group(.medium)), ("tail", group(.tail)),
    ("ap", .array(evaluation.map.perClass.map { .number($0) })),
  ] + predictionFields(evaluation.predictions)
}

/// What a result depends on besides its options; no user or host names.
enum Environment {
  /// The words of this process, as the program is called.
  static var command: [String] { ["lmpt"] + CommandLine.arguments.dropFirst() }

  static var json: JSON {
    .object([
      ("version", .string(Main.version)), ("kernel", .string(KernelSet.current.name)),
      ("processor", .string(Processor.name)), ("threads", .integer(Threads.count)),
      ("date", .string(timestamp())),
      ("command", .array(Environment.command.map(JSON.string))),
    ])
  }
}
