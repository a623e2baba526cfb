// Towers - features of pictures and texts, for every published family and size.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

enum TowerWork {
  /// Pictures at batch 1 and 16, texts at batch 1 and 80; only ViT-B/16 and RN50 at batch 1 are short.
  static var all: [Work] {
    RandomModel.published.flatMap { model in [1, 16].map { pictures(model, $0) } }
      + RandomModel.published.flatMap { model in [1, 80].map { texts(model, $0) } }
  }

  private static func pictures(_ model: RandomModel.Published, _ batch: Int) -> Work {
    Work(
      name: "encoder \(model.name) batch \(batch)", amount: amount(model.name, Double(batch)),
      run: {
        _ = try Loaded.model(model).visual(
          Loaded.input([batch, 3, model.side, model.side]))
      }, request: "encoder \(model.path) \(batch)",
      isLong: batch > 1 || !["ViT-B/16", "RN50"].contains(model.name))
  }

  /// Every position counts, so that no shortcut for short texts is measured.
  private static func texts(_ model: RandomModel.Published, _ batch: Int) -> Work {
    Work(
      name: "encoder \(model.name), texts, batch \(batch)", amount: .items(Double(batch)),
      run: {
        let text = try Loaded.model(model).text
        _ = text(
          Loaded.input([batch, text.contextLength, text.architecture.width]),
          endPositions: [Int](repeating: text.contextLength - 1, count: batch))
      }, request: "encoder-texts \(model.path) \(batch)", isLong: true)
  }

  /// Operations where they are known, pictures elsewhere.
  private static func amount(_ name: String, _ batch: Double) -> Amount {
    name == "ViT-B/16" ? .operations(EncoderWork.imageOperations * batch) : .items(batch)
  }
}

/// The model and the input of the work that is being measured: one at a time, because all of them
/// together do not fit into a small machine.
private enum Loaded {
  nonisolated(unsafe) private static var last: (path: String, model: CLIPModel)?
  nonisolated(unsafe) private static var filled: Tensor?

  static func model(_ wanted: RandomModel.Published) throws -> CLIPModel {
    if let last, last.path == wanted.path { return last.model }
    last = nil  // gone before the next one is read
    let model = try CLIPModel.load(path: try wanted.make())
    last = (wanted.path, model)
    return model
  }

  static func input(_ shape: [Int]) -> Tensor {
    if let filled, filled.shape == shape { return filled }
    let made = EncoderWork.random(shape)
    filled = made
    return made
  }
}
