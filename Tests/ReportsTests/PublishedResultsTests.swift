// PublishedResultsTests - figures of other papers.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTReports

@Suite struct PublishedResultsTests {
  @Test func `the published totals stand beside the tower they belong to`() {
    // The paper's table 1 and the leaderboards: docs/Results.md.
    for (dataset, totals) in [
      (PublishedResults.Dataset.vocLT, [0.8544, 0.8788]), (.cocoLT, [0.5897, 0.6619]),
    ] {
      let rows = PublishedResults.rows(dataset)
      for (name, total) in zip(["LMPT, RN50", "LMPT, ViT-B/16"], totals) {
        let found = rows.first { $0.method == name }?[.total]?.mean ?? .nan
        #expect(abs(found - total) < 1e-9, "\(name)")
      }
    }
  }
}
