// SoftmaxCrossEntropyTests - softmax cross-entropy with several positives.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct SoftmaxCrossEntropyTests {
  @Test("float64 PyTorch, values and gradients")
  func fixture() throws { try expectStoredCases("softmax-cross-entropy") }

  @Test("central differences of a scalar transcription")
  func gradients() throws {
    try expectGradient("L-softmax", at: ThreeImages.z) {
      try softmaxCrossEntropy($0, labels: ThreeImages.y)
    } equals: { z in
      var total = 0.0
      for k in 0..<ThreeImages.batch {
        let row = z[(k * ThreeImages.classes)..<(k * ThreeImages.classes + ThreeImages.classes)]
        let partition = log(row.reduce(0) { $0 + exp($1) })
        let positive = (0..<ThreeImages.classes).filter {
          ThreeImages.labels[k * ThreeImages.classes + $0] == 1
        }
        for i in positive {
          total += (partition - z[k * ThreeImages.classes + i]) / Double(positive.count)
        }
      }
      return total / Double(ThreeImages.batch)
    }
  }

  @Test("labels between 0 and 1 are refused")
  func refused() { expectBadLabel { try softmaxCrossEntropy($0, labels: $1) } }
}
