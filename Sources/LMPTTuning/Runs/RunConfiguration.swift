// RunConfiguration - what a run was started with: config.json of its folder.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging
import LMPTTensors

/// What a run was started with: `config.json` of its folder.
package struct RunConfiguration: Sendable {
  /// The run folder.
  package let path: String
  /// The file.
  package let json: JSON

  /// Reads the configuration of a run folder.
  package init(_ path: String) throws {
    self.path = path
    json = try JSON.read("\(path)/config.json")
  }

  /// The options of the run.
  package func options() throws -> TrainingOptions {
    try inFile("\(path)/config.json") { try TrainingOptions(json: json) }
  }

  /// The class names of the run.
  package var classNames: [String] { json["classes"]?.array?.compactMap(\.string) ?? [] }

  private func text(_ key: String) throws -> String {
    guard let value = json[key]?.string else {
      throw FileError(file: "\(path)/config.json", cause: RunError.notARun(missing: "'\(key)'"))
    }
    return value
  }

  /// The data set and the weights of the run.
  ///
  /// - Throws: `RunError.differs` when the weights or the classes are not the run's.
  package func data(_ changes: RunData.Request = RunData.Request()) throws -> RunData {
    let access = json["access"]
    let data = try RunData(
      dataset: changes.dataset ?? access?["description"]?.string ?? text("dataset"),
      root: changes.root ?? text("data"), weights: changes.weights ?? text("weights"),
      activation: changes.activation ?? chosenActivation(),
      preprocessing: changes.preprocessing ?? preprocessing(),
      cache: changes.cache ?? access?["cache"]?.string,
      onBadImage: changes.onBadImage
        ?? access?["on_bad_image"]?.string.flatMap(BadImagePolicy.init) ?? .fail,
      allowOutside: changes.allowOutside || access?["allow_outside"]?.bool == true,
      orient: changes.orient || orient)
    try check(data.model)
    let (were, are) = (classNames, data.dataset.classNames)
    guard were == are else {
      throw FileError(
        file: path,
        cause: RunError.differs([
          "classes was \(JSON.array(were.map(JSON.string)).text()), "
            + "is \(JSON.array(are.map(JSON.string)).text())"
        ]))
    }
    return data
  }

  /// The model of the run alone; `weights` where the file moved.
  ///
  /// - Throws: `RunError.differs` when the weights are not the run's.
  package func model(weights: String? = nil) throws -> CLIPModel {
    let path = try weights ?? text("weights")
    var model = try openModel(path, activation: try chosenActivation())
    model.preprocessing = try preprocessing()
    try check(model)
    return model
  }

  /// From pixels to input, as in the run.
  package func preprocessing() throws -> Preprocessing {
    Preprocessing(rawValue: try text("preprocess")) ?? .lmpt
  }

  /// Whether the run turned its pictures as their EXIF orientation asks.
  package var orient: Bool { json["orient"]?.bool == true }

  /// The activation that the run was told, or that its weights told. One that it had to assume is no
  /// choice: what other weights say of theirs counts.
  private func chosenActivation() throws -> Activation? {
    let isAssumed = json["access"]?["activation_assumed"]?.bool == true
    return isAssumed ? nil : Activation(rawValue: try text("activation"))
  }

  private func check(_ model: CLIPModel) throws {
    let (was, isNow) = (try text("activation"), model.activation.rawValue)
    if was != isNow, case .stated(let place) = model.activationOrigin {
      throw FileError(
        file: path,
        cause: RunError.differs(["activation was \(was), assumed, is \(isNow) by \(place)"]))
    }
    let (tuned, fingerprint) = (try text("weights_fingerprint"), model.fingerprint)
    guard tuned == fingerprint else {
      throw FileError(
        file: path,
        cause: RunError.differs(["weights were \(tuned.prefix(8)), are \(fingerprint.prefix(8))"]))
    }
  }
}
