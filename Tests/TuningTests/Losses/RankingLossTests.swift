// RankingLossTests - positives above negatives by a margin.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct RankingLossTests {
  @Test("float64 PyTorch, values and gradients")
  func fixture() throws { try expectStoredCases("ranking") }

  @Test("labels between 0 and 1 are refused")
  func refused() { expectBadLabel { try rankingLoss($0, labels: $1) } }
}
