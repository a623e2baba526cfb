// TunedRun - a finished run folder, opened again.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import CLIP
import Foundation
import Imaging
import PromptTuning
import Tensors
import Weights

/// What a run was started with: `config.json` of its folder.
struct RunConfiguration {
  let path: String
  let json: JSON

  /// Reads the configuration of a run folder.
  init(_ path: String) throws {
    self.path = path
    json = try JSON.read("\(path)/config.json")
  }

  /// The options of the run.
  func options() throws -> TrainingOptions {
    try inFile("\(path)/config.json") { try TrainingOptions(json: json) }
  }

  /// The options of the run with those of a command line over them.
  func options(_ arguments: Arguments) throws -> TrainingOptions {
    var options = try options()
    if let method: MethodKind = try arguments.choice("method") { options.method = method }
    try options.apply(arguments)
    return options
  }

  /// The class names of the run.
  var classNames: [String] { json["classes"]?.array?.compactMap(\.string) ?? [] }

  private func text(_ key: String) throws -> String {
    guard let value = json[key]?.string else {
      throw FileError(file: "\(path)/config.json", cause: RunError.notARun(missing: "'\(key)'"))
    }
    return value
  }

  /// The data set and the weights of the run; options of the command line go before its record.
  func source(_ arguments: Arguments) throws -> Source {
    let access = json["access"]
    let source = try Source(
      dataset: arguments.string("dataset") ?? access?["description"]?.string ?? text("dataset"),
      data: arguments.string("data") ?? text("data"),
      weights: arguments.string("weights") ?? text("weights"),
      activation: try arguments.choice("activation") ?? activation(),
      preprocessing: try arguments.choice("preprocess") ?? preprocessing(),
      cache: arguments.string("cache") ?? access?["cache"]?.string,
      onBadImage: try arguments.choice("on-bad-image")
        ?? access?["on_bad_image"]?.string.flatMap(BadImagePolicy.init) ?? .fail,
      allowOutside: arguments.flag("allow-outside") || access?["allow_outside"]?.bool == true,
      assumed: arguments.string("activation") == nil && activationIsAssumed)
    try check(source.fingerprint)
    let (were, are) = (classNames, source.dataset.classNames)
    guard were == are else {
      throw FileError(
        file: path,
        cause: RunError.differs([
          "classes was \(JSON.array(were.map(JSON.string)).text()), "
            + "is \(JSON.array(are.map(JSON.string)).text())"
        ]))
    }
    return source
  }

  /// The model of the run alone.
  func model(_ arguments: Arguments) throws -> CLIPModel {
    let path = try arguments.string("weights") ?? text("weights")
    let model = try openModel(path, activation: try activation())
    try check(model.fingerprint)
    return model
  }

  /// From pixels to input, as in the run.
  func preprocessing() throws -> Preprocessing {
    Preprocessing(rawValue: try text("preprocess")) ?? .lmpt
  }

  /// Whether the run had to assume the activation.
  var activationIsAssumed: Bool { json["access"]?["activation_assumed"]?.bool == true }

  private func activation() throws -> Activation? { Activation(rawValue: try text("activation")) }

  private func check(_ fingerprint: String) throws {
    let tuned = try text("weights_fingerprint")
    guard tuned == fingerprint else {
      throw FileError(
        file: path,
        cause: RunError.differs(["weights were \(tuned.prefix(8)), are \(fingerprint.prefix(8))"]))
    }
  }
}

/// What a run kept, and what it was trained with.
struct TunedRun {
  let path: String
  let options: TrainingOptions
  let classNames: [String]
  let configuration: RunConfiguration
  private let kept: WeightFile

  init(_ path: String) throws {
    self.path = path
    configuration = try RunConfiguration(path)
    options = try configuration.options()
    classNames = configuration.classNames
    guard try RunMark.isFinished(path) else {
      throw FileError(
        file: path, cause: RunError.unfinished(resume: TrainingRun.resumeCommand(path)))
    }
    kept = try Safetensors.read("\(path)/\(options.method.resultFile)")
  }

  /// A kept tensor.
  func tensor(_ name: String) throws -> Tensor {
    guard let stored = kept[name] else {
      throw FileError(
        file: "\(path)/\(options.method.resultFile)", cause: RunError.notARun(missing: "'\(name)'"))
    }
    return Tensor(stored)
  }

  /// What predicts with the kept tensors.
  func predictor(_ model: CLIPModel) throws -> Predictor {
    // The losses are not asked for, so any counts will do.
    let classes = TrainingClasses(
      names: classNames, counts: classNames.map { _ in 1 }, images: classNames.count)
    var method = try options.makeMethod(model: model, classes: classes)
    method.parameters = try zip(method.names, method.parameters).map { name, start in
      let found = try tensor(name)
      guard found.shape == start.shape else {
        throw FileError(
          file: "\(path)/\(options.method.resultFile)",
          cause: ShapeError(name: name, expected: start.shape, found: found.shape))
      }
      return found
    }
    return try method.predictor()
  }

  /// The data set and the weights of the run; options of the command line go before its record.
  func source(_ arguments: Arguments) throws -> Source { try configuration.source(arguments) }

  /// The model of the run alone.
  func model(_ arguments: Arguments) throws -> CLIPModel { try configuration.model(arguments) }

  /// From pixels to input, as in the run.
  func preprocessing() throws -> Preprocessing { try configuration.preprocessing() }
}
