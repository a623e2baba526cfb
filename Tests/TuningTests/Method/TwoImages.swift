// TwoImages - two images of four classes, for properties and bad input.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Counts, logits, labels and caption distances of two images.
enum TwoImages {
  static let n = Tensor([6, 34, 8, 775])
  static let z = Tensor([1, -2, 0.5, 3, -1, 2, 4, -3], shape: [2, 4])
  static let y = Tensor([1, 0, 0, 1, 0, 0, 1, 0], shape: [2, 4])
  static let d = Tensor([0.3, 0.02, 0.9, 0.6, 0.05, 1.2, 0.4, 0.01], shape: [2, 4])
}
