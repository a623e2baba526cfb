// TrainingReplay - A1: stored runs of the PyTorch twin, tuned again and compared step by step.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTTuning
import LMPTTensors
import LMPTWeights

/// Runs of six steps on a tiny CLIP with random weights, of which a PyTorch twin stored the losses
/// and the final context.
package struct TrainingFixture: Sendable {
  /// One stored run and what it was made with.
  package struct Run: Sendable {
    /// The run's name in the file.
    package let name: String
    /// What the context starts from.
    package let start: ContextStart
    /// One context, or one per class.
    package let sharing: ContextSharing
    /// Where the class tokens stand.
    package let position: ClassTokenPosition
    /// What E3 compares.
    package let alignment: CaptionAlignment
    /// lambda of E8.
    package let lambda: Double
    /// m.
    package let offset: Int
    /// The reading of E3, E6 and E7.
    package let reading: Reading
    /// The learning rate.
    package let rate: Double
  }

  /// Inputs and expected outputs.
  package let file: WeightFile
  /// The tiny CLIP.
  package let model: CLIPModel
  /// The classes.
  package let classNames: [String]
  /// One caption per image of the batch.
  package let captions: [String]
  /// The stored runs, by name.
  package let runs: [Run]
  private let tolerances: [String: FixtureTolerance]

  /// Reads the fixture of a folder.
  ///
  /// - Parameter folder: the path of `Fixtures/training`.
  /// - Throws: `FixtureError`, or an error of the file formats.
  package init(_ folder: String) throws {
    let path = "\(folder)/steps.safetensors"
    guard let entry = try fixtureEntries(folder).first(where: { $0.path == path }) else {
      throw FixtureError.manifest("has no entry steps.safetensors")
    }
    let file = try Safetensors.read(path)
    self.file = file
    tolerances = entry.tolerances
    model = try CLIPModel.load(try Safetensors.parse(try Safetensors.bytes(of: Self.weights(file))))
    func list(_ key: String) throws -> [String] {
      try JSON.parse(file.metadata[key] ?? "null").array?.compactMap(\.string) ?? []
    }
    classNames = try list("names")
    captions = try list("captions")
    runs = try file.metadata.keys.sorted().filter { $0 != "names" && $0 != "captions" }
      .map { try Run(name: $0, settings: fixtureSettings(file.metadata[$0] ?? "")) }
    guard !classNames.isEmpty, !runs.isEmpty else { throw FixtureError.noCases(path: path) }
    let (steps, classes) = (try stored("features").shape, classNames.count)
    guard steps == [steps.first ?? 0, captions.count, model.architecture.embedding],
      try stored("labels").shape == [steps[0], captions.count, classes],
      try stored("counts").shape == [classes]
    else { throw FixtureError.manifest("describes tensors that do not fit together") }
  }

  /// A tensor of the file in single precision.
  package func tensor(_ name: String) throws -> Tensor {
    let stored = try stored(name)
    return Tensor(stored)
  }

  /// The values of a tensor of the file.
  package func doubles(_ name: String) throws -> [Double] { try stored(name).doubles() }

  private func stored(_ name: String) throws -> StoredTensor { try Self.stored(name, in: file) }

  private static func stored(_ name: String, in file: WeightFile) throws -> StoredTensor {
    guard let tensor = file[name] else { throw FixtureError.manifest("has no tensor \(name)") }
    return tensor
  }

  /// The model's weights under OpenAI's names: of its 49,408 token embeddings only the rows that
  /// occur are stored, the others are zero.
  package var weights: [NamedArray] {
    get throws { try Self.weights(file) }
  }

  private static func weights(_ file: WeightFile) throws -> [NamedArray] {
    let rows = try stored("rows", in: file).integers()
    let embeddings = try stored("embeddings", in: file)
    guard embeddings.shape == [rows.count, embeddings.shape.last ?? 0] else {
      throw FixtureError.manifest("has embeddings that are not a row for each of rows")
    }
    let (values, width) = (embeddings.floats(), embeddings.shape[1])
    var table = [Float](repeating: 0, count: 49408 * width)
    for (index, row) in rows.enumerated() where row >= 0 && row < 49408 {
      for k in 0..<width { table[row * width + k] = values[index * width + k] }
    }
    return file.tensors.filter { $0.name.hasPrefix("model/") }
      .map { NamedArray($0, name: String($0.name.dropFirst(6))) }
      + [NamedArray("token_embedding.weight", floats: table, shape: [49408, width])]
  }

  /// The prompts and the parts of the loss of a run at its start, and its captions.
  package func start(_ run: Run) throws -> (tuner: PromptTuner, captions: Captions) {
    let counts = try tensor("counts")
    let tokenizer = try Tokenizer.clip()
    var options = TrainingOptions()
    (options.reading, options.alignment, options.instanceOffset) = (
      run.reading, run.alignment, run.offset
    )
    let loss = Loss.dbl.on(LossData(counts: counts, images: 1142, options: options))
    var generator = Generator(seed: 0)
    let learner = try PromptLearner(
      classNames: classNames, start: run.start, sharing: run.sharing, position: run.position,
      tokenEmbedding: model.text.tokenEmbedding, tokenizer: tokenizer, generator: &generator)
    let tuner = PromptTuner(
      Prompts(learner, tower: model.text), scale: model.logitScale,
      objective: Objective(
        classification: loss,
        embedding: try ClassSpecificEmbedding(counts: counts, options: options),
        lambda: run.lambda))
    let captions = try Captions(
      captions, alignment: run.alignment, tokenizer: tokenizer, tower: model.text)
    return (tuner, captions)
  }

  /// Features and labels of the batch of a step.
  package func batch(_ step: Int) throws -> (features: Tensor, labels: Tensor) {
    let (features, labels) = (try tensor("features"), try tensor("labels"))
    return (
      features.slice(step..<step + 1).reshaped(Array(features.shape[1...])),
      labels.slice(step..<step + 1).reshaped(Array(labels.shape[1...]))
    )
  }

  /// Tunes a run's prompts.
  ///
  /// - Returns: E7, E6 and E8 of every step before its update, row-major [6, 3], and the context.
  package func tune(_ run: Run) throws -> (losses: [Float], context: [Float]) {
    var (tuner, captions) = try start(run)
    var optimizer = Optimizer(.sgd, learningRate: run.rate, momentum: 0.9, weightDecay: 1e-4)
    let losses = try (0..<tensor("features").shape[0]).flatMap { step in
      let (features, labels) = try batch(step)
      let parts = try tuner.step(
        TrainingBatch(
          images: ImageBatch(features: features), labels: labels, captions: captions),
        optimizer: &optimizer)
      return [parts.cls, parts.cse, parts.total]
    }
    return (losses, tuner.prompts.context.values)
  }

  /// How far a run is from the twin's, as a share of the tolerance, for losses and context.
  package func compare(_ run: Run) throws -> (losses: Double, context: Double) {
    let found = try tune(run)
    func ratio(_ output: String, _ values: [Float]) throws -> Double {
      guard let tolerance = tolerances[output] else {
        throw FixtureError.manifest("has no tolerance for \(output)")
      }
      return tolerance.worstRatio(
        values.map(Double.init), try doubles("run-\(run.name)-\(output)"))
    }
    return (try ratio("losses", found.losses), try ratio("context", found.context))
  }

  /// Tunes every run and compares.
  package func replay() -> FixtureResult {
    var (worst, failures) = (0.0, [String]())
    for run in runs {
      do {
        let (losses, context) = try compare(run)
        worst = max(worst, losses, context)
        if losses > 1 || context > 1 {
          failures.append("\(run.name): losses \(losses), context \(context) of the tolerance")
        }
      } catch {
        failures.append("\(run.name): \(error)")
        worst = .infinity
      }
    }
    return FixtureResult(
      tag: "A1", name: "training", cases: runs.count, failed: failures.count, failures: failures,
      worst: worst, tolerance: tolerances["losses"]?.rtol ?? 0)
  }
}

extension TrainingFixture.Run {
  init(name: String, settings: [String: String]) throws {
    func text(_ key: String) throws -> String {
      guard let value = settings[key] else {
        throw FixtureError.manifest("has a run \(name) without \(key)")
      }
      return value
    }
    func choice<C: RawRepresentable<String>>(_ key: String, _: C.Type = C.self) throws -> C {
      guard let value = C(rawValue: try text(key)) else {
        throw FixtureError.manifest("has a run \(name) with an unknown \(key)")
      }
      return value
    }
    func number(_ key: String) throws -> Double {
      guard let value = Double(try text(key)) else {
        throw FixtureError.manifest("has a run \(name) whose \(key) is not a number")
      }
      return value
    }
    self.name = name
    let words = try text("words").split(separator: "_")
    // "X X X X" stands for four random vectors, as in the released code.
    start =
      words.allSatisfy { $0 == "X" }
      ? .random(count: words.count) : .words(words.joined(separator: " "))
    sharing = try choice("sharing")
    position = try choice("position")
    alignment = try choice("alignment")
    lambda = try number("lambda")
    guard let offset = Int(try text("split")) else {
      throw FixtureError.manifest("has a run \(name) whose split is not a whole number")
    }
    self.offset = offset
    guard let reading = Reading.named(try text("variant")) else {
      throw FixtureError.manifest("has a run \(name) with an unknown variant")
    }
    self.reading = reading
    rate = try number("lr")
  }
}
