// VOCExample - two images on the published class counts, for examples written down as numbers.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import LMPTTensors
import Testing

/// VOC-LT's class counts, and logits and labels of two images.
enum VOCExample {
  private static let voc: [Float] = [
    6, 34, 8, 14, 154, 17, 249, 29, 479, 4, 240, 48, 11, 20, 775, 100, 5, 82, 7, 64,
  ]
  static let counts = Tensor(voc)
  /// z_bi = 4 sin(0.7 i + 1.3 b), two images.
  static let logits = Tensor(
    (0..<40).map { Float(4 * sin(0.7 * Double($0 % 20) + 1.3 * Double($0 / 20))) },
    shape: [2, 20])
  static let labels = Tensor(
    (0..<40).map { [4, 14, 19, 29, 34].contains($0) ? 1 : 0 }, shape: [2, 20])
}

/// A value written down with as many digits as its tolerance says.
func expectClose(
  _ found: Float, _ expected: Double, _ rtol: Double,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  expectClose([Double(found)], [expected], rtol: rtol, sourceLocation: sourceLocation)
}
