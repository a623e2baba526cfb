// RunInputs - the options, features and pictures of the stored runs.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging
import LMPTTuning
import LMPTTensors
import LMPTWeights

extension TrainingOptions {
  /// The options of a stored run.
  ///
  /// - Throws: `FixtureError.manifest` for an option or a value that does not exist.
  init(_ run: RunFixture.Run) throws {
    guard let method = run.options["method"].flatMap(Method.named) else {
      throw FixtureError.manifest("has a run \(run.name) without a method")
    }
    self.init(dataset: RunFixture.spec.name, method: method)
    for (name, text) in run.options {
      guard let field = Self.table.first(where: { $0.name == name }),
        field.take(.string(text), in: &self)
      else { throw FixtureError.manifest("has a run \(run.name) with \(name) '\(text)'") }
    }
  }
}

extension RunFixture.Run {
  /// A run as its file describes it.
  init(name: String, text: String) throws {
    let json = try JSON.parse(Array(text.utf8))
    guard let epoch = json["kept"]?.int, case .object(let options)? = json["options"] else {
      throw FixtureError.manifest("has a run \(name) without its epoch or options")
    }
    self.name = name
    self.epoch = epoch
    self.options = Dictionary(
      options.members.map { ($0.key, $0.value.string ?? "") }, uniquingKeysWith: { $1 })
  }
}

extension RunFixture {
  /// The images in the form that a method looks at, from the stored features of the twin.
  func features(_ view: ImageDetail) throws -> DatasetFeatures {
    DatasetFeatures(
      dataset, trainImages: try table("train", dataset.train.count, views: 2, view),
      testImages: try table("test", dataset.test.count, views: 1, view))
  }

  private func table(
    _ side: String, _ count: Int, views: Int, _ view: ImageDetail
  ) throws -> ImageTable {
    /// A tensor with a row for every view of every image: first all as they are, then mirrored.
    func rows(_ name: String, rank: Int) throws -> Tensor {
      let tensor = try stored("\(side)/\(name)")
      guard tensor.shape.count == rank, tensor.shape[0] == count * views,
        tensor.shape[rank - 1] == model.architecture.embedding
      else { throw FixtureError.manifest("describes \(name) of other images than the lists") }
      return Tensor(tensor)
    }
    var table = ImageTable(features: try rows("features", rank: 2), count: count)
    switch view {
    case .features: break
    case .places:
      let places = try rows("places", rank: 3)
      table.places = { places.gather($0) }
    case .pixels:
      let pictures = try pictures(side)
      guard pictures.count == count else {
        throw FixtureError.manifest("has other pictures than the lists")
      }
      let size = model.architecture.imageSize
      table.pixels = { rows in
        Tensor(
          rows.flatMap { row in
            Preprocessing.lmpt.input(
              pictures[row % count].resized(to: size, as: .lmpt), mirrored: row >= count)
          }, shape: [rows.count, 3, size, size])
      }
    }
    return table
  }

  /// The pictures of the training or the test list, `train` or `test`.
  package func pictures(_ side: String) throws -> [RGBImage] {
    let stored = try stored("\(side)/pictures")
    let shape = stored.shape
    guard shape.count == 4, shape[3] == 3, shape.allSatisfy({ $0 > 0 }) else {
      throw FixtureError.manifest("has pictures that are not [N, H, W, 3]")
    }
    let samples = stored.floats().map { UInt8(clamping: Int($0)) }
    let size = shape[1] * shape[2] * 3
    return (0..<shape[0]).map { index in
      RGBImage(
        width: shape[2], height: shape[1],
        pixels: Array(samples[index * size..<(index + 1) * size]))
    }
  }
}
