// RunArguments - data, weights and runs as command lines name them.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging
import LMPTTuning
import LMPTReports

extension RunData {
  /// The data and the weights of a command line.
  init(_ arguments: Arguments) throws { try self.init(Request(arguments)) }

  /// The data and the weights that are asked for.
  init(_ request: Request) throws {
    let (name, root, weights) = try request.places()
    try self.init(
      dataset: name, root: root, weights: weights, activation: request.activation,
      preprocessing: request.preprocessing ?? .lmpt, cache: request.cache,
      onBadImage: request.onBadImage ?? .fail, allowOutside: request.allowOutside,
      orient: request.orient)
  }

  /// The image features, with a line of progress, and one where pictures were replaced.
  func features(
    _ progress: ProgressLine, view: ImageDetail = .features
  ) throws -> DatasetFeatures {
    let features = try features(for: view) { progress.show("encoding pictures \($0)/\($1)") }
    progress.finish()
    tellChanged(features.changed)
    return features
  }

  /// Where the activation was assumed.
  var notes: [String] { assumptionNotes(activationIsAssumed, weightsPath) }

  /// The activation in a command's JSON.
  var activationFields: [(key: String, value: JSON)] {
    lmpt.activationFields(model.activation, assumed: activationIsAssumed)
  }
}

extension RunData.Request {
  /// What a command line says about data and weights.
  init(_ arguments: Arguments) throws {
    self.init()
    (dataset, root) = (arguments.string("dataset"), arguments.string("data"))
    (weights, cache) = (arguments.string("weights"), arguments.string("cache"))
    activation = try arguments.choice("activation")
    preprocessing = try arguments.choice("preprocess")
    onBadImage = try arguments.choice("on-bad-image")
    allowOutside = arguments.flag("allow-outside")
    orient = arguments.flag("orient")
  }

  /// Which data set, where it is, and the weights; the mini benchmark brings its own.
  fileprivate func places() throws -> (name: String, root: String, weights: String) {
    let name = dataset ?? "mini"
    let spec = try DatasetSpec.named(name)
    let mini = spec.name == "mini" ? try Installed.fixtures() + "/mini" : nil
    guard let root = root ?? mini else {
      throw UsageError.conflict("the data set \(spec.name) needs --data DIR")
    }
    guard let weights = weights ?? mini.map({ $0 + "/clip.safetensors" }) else {
      throw UsageError.conflict("the data set \(spec.name) needs --weights FILE")
    }
    return (name, root, weights)
  }
}

extension PictureData {
  /// The pictures and the image tower of a command line.
  init(_ arguments: Arguments) throws {
    let request = try RunData.Request(arguments)
    let (name, root, weights) = try request.places()
    try self.init(
      dataset: name, root: root, weights: weights, activation: request.activation,
      preprocessing: request.preprocessing ?? .lmpt, cache: request.cache,
      onBadImage: request.onBadImage ?? .fail, allowOutside: request.allowOutside,
      orient: request.orient)
  }
}

extension RunConfiguration {
  /// The options of the run with those of a command line over them.
  func options(_ arguments: Arguments) throws -> TrainingOptions {
    var options = try options()
    try options.apply(arguments)
    return options
  }
}

/// Says how many pictures were encoded again, if any.
func tellChanged(_ count: Int) {
  guard count > 0 else { return }
  let pictures = count == 1 ? "1 picture has" : "\(count) pictures have"
  StandardStreams.tell(
    "lmpt: \(pictures) changed since the features were stored, and were encoded again\n")
}

/// Whether a folder holds a finished run; a line says where it cannot be checked.
func isFinished(_ folder: String) throws -> Bool {
  switch try RunMark.state(of: folder) {
  case .sealed: return true
  case .unfinished: return false
  case .unsealed:
    tellUnsealed(folder)
    return true
  }
}

/// Says that the files of a run cannot be checked.
private func tellUnsealed(_ folder: String) {
  StandardStreams.tell(
    "lmpt: \(folder): unsealed, a run of an older version; its files cannot be checked\n")
}

/// A finished run.
func openRun(_ folder: String) throws -> TunedRun {
  let run = try TunedRun(folder)
  if !run.isSealed { tellUnsealed(folder) }
  return run
}

extension RunFolder {
  /// Trains and writes everything that a finished run leaves, its page with it.
  ///
  /// - Parameters:
  ///   - page: what the run's page shows besides the run itself.
  ///   - options: everything that decides the numbers.
  ///   - name: how tables call the run.
  ///   - commandLine: the words that repeat it.
  ///   - resume: whether to continue from the folder's checkpoint.
  ///   - progress: called after every step.
  ///   - epoch: called after every epoch.
  /// - Returns: what was learned and measured, and the page's numbers.
  /// - Throws: what the run throws, or what writing the page throws.
  func train(
    _ page: RunPage, options: TrainingOptions, name: String, commandLine: [String],
    resume: Bool = false, progress: (TrainingProgress) -> Void,
    epoch: (EpochRecord, _ best: EpochRecord?) -> Void = { _, _ in }
  ) throws -> (result: TrainingResult, report: Report) {
    var report: Report?
    let result = try train(
      page.features, model: page.source.model, options: options, resume: resume,
      progress: progress, epoch: epoch
    ) { result in
      let made = try page.report(
        result, options: options, name: name, commandLine: commandLine, folder: path)
      try RunPage.write(made, to: path)
      report = made
      return ["report.json"]
    }
    return (result, report ?? Report(title: name))
  }
}

/// The words of this process, as the program is called.
enum Environment {
  static var command: [String] { ["lmpt"] + CommandWords.all.dropFirst() }
  /// The same with the program's commit, for the record of a run.
  static var origin: RunOrigin { RunOrigin(command: command, commit: Installed.commit) }
}
