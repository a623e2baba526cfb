// PredictorReplay - what every method says of pictures with given tensors, against its PyTorch twin.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTTuning
import LMPTTensors
import LMPTWeights

/// Tensors of every method, inputs, and the logits that an independent program computed from them.
package struct PredictorFixture: Sendable {
  /// A method with the options of a run.
  package struct Case: Sendable {
    /// Its name in the file.
    package let name: String
    /// The options of the run.
    package let options: TrainingOptions
  }

  /// Given tensors, inputs and expected outputs.
  package let file: FixtureFiles
  /// The tiny CLIP of `Fixtures/training`, under OpenAI's names.
  package let weights: [NamedArray]
  /// The same, opened.
  package let model: CLIPModel
  /// The classes of the cases.
  package let classNames: [String]
  /// The classes of zero-shot CLIP.
  package let zeroShotNames: [String]
  /// Paths of the pictures.
  package let pictures: [String]
  /// The methods, by name.
  package let cases: [Case]
  private let root: String
  private var tolerances: [String: FixtureTolerance] { file.tolerances }

  /// Reads the fixture.
  ///
  /// - Parameter fixtures: the path of `Fixtures`; the model and the pictures are beside it.
  /// - Throws: `FixtureError`, or an error of the file formats.
  package init(_ fixtures: String) throws {
    let folder = "\(fixtures)/predictors"
    let file = try FixtureFiles(folder)
    func list(_ key: String) throws -> [String] {
      try JSON.parse(file.metadata[key] ?? "null").array?.compactMap(\.string) ?? []
    }
    self.file = file
    root = fixtures
    weights = try TrainingFixture("\(fixtures)/training").weights
    model = try CLIPModel.load(try Safetensors.parse(try Safetensors.bytes(of: weights)))
    classNames = try list("names")
    zeroShotNames = try list("zero-shot-names")
    pictures = try list("pictures").map { "\(fixtures)/mini/\($0)" }
    let lists = ["names", "zero-shot-names", "pictures"]
    cases = try file.metadata.keys.sorted().filter { !lists.contains($0) }
      .map { try Case(name: $0, settings: fixtureSettings(file.metadata[$0] ?? "")) }
    guard !cases.isEmpty, !classNames.isEmpty, !zeroShotNames.isEmpty, !pictures.isEmpty else {
      throw FixtureError.noCases(path: folder)
    }
  }

  /// A tensor of the file in single precision.
  package func tensor(_ name: String) throws -> Tensor {
    let stored = try stored(name)
    return Tensor(stored)
  }

  /// The values of a tensor of the file.
  package func doubles(_ name: String) throws -> [Double] { try stored(name).doubles() }

  private func stored(_ name: String) throws -> StoredTensor {
    guard let tensor = file[name] else { throw FixtureError.manifest("has no tensor \(name)") }
    return tensor
  }

  /// The method of a case with its given tensors; those that are not given are as at the start.
  package func method(_ fixture: Case) throws -> any Trainable {
    // The losses are not asked for, so any counts will do.
    var method = try fixture.options.makeMethod(
      model: model,
      classes: TrainingClasses(
        names: classNames, counts: classNames.map { _ in 1 }, images: classNames.count))
    let start = Dictionary(uniqueKeysWithValues: zip(method.names, method.parameters))
    try method.restore { name in
      guard let stored = file["\(fixture.name)/given/\(name)"] else {
        guard let start = start[name] else {
          throw FixtureError.manifest("has no tensor \(fixture.name)/given/\(name)")
        }
        return start
      }
      return Tensor(stored)
    }
    return method
  }

  /// Images as features, places and pixels of which none is of unit length.
  package func images() throws -> ImageBatch {
    ImageBatch(
      features: try tensor("features"), places: try tensor("places"), pixels: try tensor("pixels"))
  }

  /// The pictures, in the form that a method looks at.
  package func shown(_ options: TrainingOptions) throws -> ImageBatch {
    let inputs = PictureInputs(
      pictures, views: pictures.map { _ in [false] }, preprocessing: .lmpt,
      size: model.architecture.imageSize, orient: false)
    if let error = inputs.firstError { throw error }
    return ImageBatch(pixels: inputs.pixels, model: model, view: options.method.sees)
  }

  /// How far values are from the twin's, as a share of the tolerance for this kind of output.
  package func ratio(_ values: [Float], _ name: String, _ output: String) throws -> Double {
    guard let tolerance = tolerances[output] else {
      throw FixtureError.manifest("has no tolerance for \(output)")
    }
    return tolerance.worstRatio(values.map(Double.init), try doubles(name))
  }

  /// Logits of zero-shot CLIP from each published set of texts.
  package func zeroShot(_ set: TemplateSet, _ mini: CLIPModel) throws -> Tensor {
    try logits(
      tensor("zero-shot/features"),
      mini.zeroShot(classNames: zeroShotNames, set: set).classFeatures,
      scale: mini.logitScale)
  }

  /// Scores with every method and every set of texts, and compares.
  package func replay() -> FixtureResult {
    var (worst, failures, count) = (0.0, [String](), 0)
    func compare(_ name: String, _ output: String, _ body: () throws -> Tensor) {
      count += 1
      do {
        let ratio = try ratio(body().values, name, output)
        worst = max(worst, ratio)
        if ratio > 1 { failures.append("\(name): \(ratio) of the tolerance") }
      } catch {
        failures.append("\(name): \(error)")
        worst = .infinity
      }
    }
    for fixture in cases {
      compare("\(fixture.name)/logits", "logits") {
        try method(fixture).predictor()(images())
      }
      compare("\(fixture.name)/pictures", "pictures") {
        try method(fixture).predictor()(shown(fixture.options))
      }
    }
    let mini = Result { try CLIPModel.load(path: "\(root)/mini/clip.safetensors") }
    for set in TemplateSet.allCases {
      compare("zero-shot/\(set.rawValue)", "logits") { try zeroShot(set, mini.get()) }
    }
    return FixtureResult(
      tag: "scores", name: "predictors", cases: count, failed: failures.count, failures: failures,
      worst: worst, tolerance: tolerances["logits"]?.atolOfMax ?? 0)
  }
}

extension PredictorFixture.Case {
  init(name: String, settings: [String: String]) throws {
    guard let method = settings["method"].flatMap(Method.named) else {
      throw FixtureError.manifest("has a case \(name) of no known method")
    }
    var options = TrainingOptions(dataset: KnownDataset.vocLT.name, method: method)
    for (key, value) in settings {
      guard let field = TrainingOptions.table.first(where: { $0.name == key }),
        field.take(.string(value), in: &options)
      else { throw FixtureError.manifest("has a case \(name) with an unknown \(key)") }
    }
    self.name = name
    self.options = options
  }
}
