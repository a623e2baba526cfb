// ImageTable - the images of a list in the form that a method looks at.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTImaging
import LMPTTensors

/// The images of a list; row i is image i, row N + i the same mirrored, where that is kept.
public struct ImageTable: Sendable {
  /// N, the number of images.
  public let count: Int
  /// The features of whole images as the tower gives them, [N, E], or [2 N, E] with mirrored ones.
  public let features: Tensor
  /// The local features of rows, shape [B, 1 + P, E].
  package var places: (@Sendable ([Int]) -> Tensor)?
  /// The preprocessed pixels of rows, shape [B, 3, S, S].
  package var pixels: (@Sendable ([Int]) throws -> Tensor)?

  package init(features: Tensor, count: Int) {
    self.features = features
    self.count = count
  }

  /// The images at these rows.
  ///
  /// - Throws: when a picture can no longer be read.
  public func batch(_ rows: [Int]) throws -> ImageBatch {
    ImageBatch(
      features: features.gather(rows), places: places?(rows), pixels: try pixels?(rows))
  }

  /// Logits of the images at these rows, in groups where an image takes much memory.
  ///
  /// - Throws: what reading and predicting throw; `RunError.interrupted` between two groups.
  public func logits(_ rows: [Int], _ predict: Predictor) throws -> Tensor {
    let group = places == nil && pixels == nil ? max(rows.count, 1) : 64
    let parts = try stride(from: 0, to: rows.count, by: group).map { start in
      if pixels != nil { try Interruption.check() }
      return try predict(batch(Array(rows[start..<min(start + group, rows.count)])))
    }
    return parts.isEmpty ? try predict(batch([])) : concatenate(parts)
  }

  /// Logits of all images as they are, shape [N, C].
  public func logits(_ predict: Predictor) throws -> Tensor {
    try logits(Array(0..<count), predict)
  }
}

/// Local features in the mapped blocks of a cache.
struct PlaceTable: Sendable {
  let blocks: [Tensor]  // [images of the block * views, 1 + P, E], views next to each other
  let views: Int
  let kept: [Int]  // images of the cache that are rows of the table

  /// The rows' local features, shape [B, 1 + P, E].
  func gather(_ rows: [Int]) -> Tensor {
    let shape = Array(blocks.first?.shape.dropFirst() ?? [1, 1])
    let size = shape.reduce(1, *)
    return Tensor(shape: [rows.count] + shape) { out in
      for (place, row) in rows.enumerated() {
        let image = kept[row % kept.count]
        let index = (image % FeatureCache.blockSize) * views + row / kept.count
        blocks[image / FeatureCache.blockSize].withUnsafeBufferPointer { values in
          // safety: a block holds `size` floats for each view of each of its images.
          if let base = values.baseAddress {
            (out + place * size).update(from: base + index * size, count: size)
          }
        }
      }
    }
  }
}

/// Pictures that are decoded whenever they are asked for.
struct PixelTable: Sendable {
  let paths: [String]
  let preprocessing: Preprocessing
  let size: Int
  let orient: Bool

  /// The rows' preprocessed pixels, shape [B, 3, S, S].
  func gather(_ rows: [Int]) throws -> Tensor {
    let inputs = PictureInputs(
      rows.map { paths[$0 % paths.count] }, views: rows.map { [$0 >= paths.count] },
      preprocessing: preprocessing, size: size, orient: orient)
    if let error = inputs.firstError { throw error }
    return inputs.pixels
  }
}
