// TrainingTwin - the tiny CLIP of Fixtures/training, put together for the tests of E1 and A1.
// SPDX-License-Identifier: Apache-2.0

import CLIP
import PromptTuning
import Support
import Tensors
import Weights

/// A CLIP with random weights, whose prompts and tuning steps a PyTorch twin computed.
struct TrainingTwin {
  static let names = ["aeroplane", "diningtable", "person", "traffic_light", "sheep"]
  static let captions = [
    "a man riding a horse", "two cars driving down a city street with buildings.",
    "a table with plates", "an aeroplane", "sheep on a hill in front of a very old stone house",
    "traffic lights at night", "", "a person and a sheep",
  ]

  let file: WeightFile
  let model: CLIPModel

  init() throws {
    file = try Safetensors.read(Fixtures.path("training/steps.safetensors"))
    var arrays = file.tensors.filter { $0.name.hasPrefix("model/") }
      .map { NamedArray($0, name: String($0.name.dropFirst(6))) }
    let rows = try present(file["rows"]).integers()
    let embeddings = try present(file["embeddings"])
    let (values, width) = (embeddings.floats(), embeddings.shape[1])
    var table = [Float](repeating: 0, count: 49408 * width)
    for (index, row) in rows.enumerated() {
      for k in 0..<width { table[row * width + k] = values[index * width + k] }
    }
    arrays.append(NamedArray("token_embedding.weight", floats: table, shape: [49408, width]))
    model = try CLIPModel.load(try Safetensors.parse(try Safetensors.bytes(of: arrays)))
  }

  func tensor(_ name: String) throws -> Tensor {
    let stored = try present(file[name])
    return Tensor(stored.floats(), shape: stored.shape)
  }

  func doubles(_ name: String) throws -> [Double] { try present(file[name]).doubles() }

  func learner(
    _ start: ContextStart, sharing: ContextSharing = .shared,
    position: ClassTokenPosition = .end, variant: Variant = .paper
  ) throws -> PromptLearner {
    var generator = Generator(seed: 0)
    return try PromptLearner(
      classNames: TrainingTwin.names, start: start, sharing: sharing, position: position,
      variant: variant, tokenEmbedding: model.text.tokenEmbedding, tokenizer: try Tokenizer.clip(),
      generator: &generator)
  }
}

struct MissingFixture: Error {}

func present<T>(_ value: T?) throws -> T {
  guard let value else { throw MissingFixture() }
  return value
}
