// PictureInputs - pictures from their files to the input of an image tower.
// SPDX-License-Identifier: Apache-2.0

import LMPTImaging
import LMPTTensors

/// Decoded and preprocessed pictures, and what could not be decoded.
package struct PictureInputs {
  /// Shape [N V, 3, S, S], the views of a picture next to each other; zeros where it is bad.
  package let pixels: Tensor
  /// What was wrong with each bad picture, by its place.
  let errors: [Int: any Error]

  /// Decodes pictures on all threads.
  ///
  /// - Parameters:
  ///   - paths: the files.
  ///   - views: for each picture, which of its views are wanted: false as it is, true mirrored;
  ///     the same number V for each.
  ///   - preprocessing: the recipe from pixels to input.
  ///   - size: S.
  ///   - orient: whether the EXIF orientation is obeyed.
  package init(
    _ paths: [String], views: [[Bool]], preprocessing: Preprocessing, size: Int, orient: Bool
  ) {
    let count = views.first?.count ?? 1
    let floats = 3 * size * size
    let outcomes = Outcomes(count: paths.count)
    pixels = Tensor(shape: [paths.count * count, 3, size, size]) { out in
      out.update(repeating: 0, count: paths.count * count * floats)
      // safety: each task writes its own rows of `out` and its own outcome.
      nonisolated(unsafe) let out = out
      parallel(paths.count) { i in
        do {
          let resized = try RGBImage(path: paths[i], orient: orient).resized(
            to: size, as: preprocessing)
          for (view, mirrored) in views[i].enumerated() {
            preprocessing.input(resized, mirrored: mirrored).withUnsafeBufferPointer {
              if let base = $0.baseAddress {
                (out + (i * count + view) * floats).update(from: base, count: floats)
              }
            }
          }
        } catch {
          outcomes.errors[i] = error
        }
      }
    }
    errors = Dictionary(
      uniqueKeysWithValues: outcomes.errors.indices.compactMap { i in
        outcomes.errors[i].map { (i, $0) }
      })
  }

  /// The error of the first bad picture.
  package var firstError: (any Error)? { errors.min { $0.key < $1.key }?.value }
}

/// What each parallel task met. A class, so that tasks can write their own element.
private final class Outcomes: @unchecked Sendable {
  // safety: task i touches element i alone.
  var errors: UnsafeMutableBufferPointer<(any Error)?>

  init(count: Int) {
    errors = .allocate(capacity: count)
    errors.initialize(repeating: nil)
  }

  deinit {
    errors.deinitialize()
    errors.deallocate()
  }
}
