// RunArguments - data, weights and runs as command lines name them.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging
import LMPTTuning

extension RunData {
  /// The data and the weights of a command line.
  init(_ arguments: Arguments) throws { try self.init(Request(arguments)) }

  /// The data and the weights that are asked for.
  init(_ request: Request) throws {
    let (name, root, weights) = try request.located()
    try self.init(
      dataset: name, root: root, weights: weights, activation: request.activation,
      preprocessing: request.preprocessing ?? Option.preprocess.initial, cache: request.cache,
      onBadImage: request.onBadImage ?? Option.onBadImage.initial,
      allowOutside: request.allowOutside, orient: request.orient)
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
    preprocessing = try arguments.given(Option.preprocess)
    onBadImage = try arguments.given(Option.onBadImage)
    allowOutside = arguments.flag("allow-outside")
    orient = arguments.flag("orient")
  }

  /// Which data set, where it is, and the weights; the mini benchmark brings its own.
  fileprivate func located() throws -> (name: String, root: String, weights: String) {
    let name = try DatasetSpec.named(datasetName).name
    let installed = try KnownDataset.named(name)?.installed()
    guard let root = root ?? installed?.root else {
      throw UsageError.conflict("the data set \(name) needs --data DIR")
    }
    guard let weights = weights ?? installed?.weights else {
      throw UsageError.conflict("the data set \(name) needs --weights FILE")
    }
    return (datasetName, root, weights)
  }
}

extension PictureData {
  /// The pictures and the image tower of a command line.
  init(_ arguments: Arguments) throws {
    let request = try RunData.Request(arguments)
    let (name, root, weights) = try request.located()
    try self.init(
      dataset: name, root: root, weights: weights, activation: request.activation,
      preprocessing: request.preprocessing ?? Option.preprocess.initial, cache: request.cache,
      onBadImage: request.onBadImage ?? Option.onBadImage.initial,
      allowOutside: request.allowOutside, orient: request.orient)
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

/// The words of this process, as the program is called.
enum Environment {
  static var command: [String] { ["lmpt"] + CommandWords.all.dropFirst() }
  /// The same with the program's commit, for the record of a run.
  static var origin: RunOrigin { RunOrigin(command: command, commit: Installed.commit) }
}
