// CurveThinningTests - fewer points, the same line.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTReports

@Suite struct CurveThinningTests {
  @Test func `thinning keeps the ends and every point that is off the line`() {
    let straight = (0...100).map {
      Report.ClassCurves.Point(recall: Double($0) / 100, precision: 1 - Double($0) / 200)
    }
    let line = Report.ClassCurves.Curve(method: "m", ap: 0.5, points: straight).thinned()
    #expect(line.points == [straight[0], straight[100]])
    var bent = straight
    bent[40].precision = 0.2
    let corner = Report.ClassCurves.Curve(method: "m", points: bent).thinned()
    #expect(corner.points.contains(bent[40]))
    #expect(corner.points.count < 6)
  }

  @Test func `a thinned curve is nowhere farther away than it says`() {
    let round = (0...200).map { step in
      let recall = Double(step) / 200
      return Report.ClassCurves.Point(
        recall: recall, precision: (1 - recall * recall).squareRoot())
    }
    let kept = Report.ClassCurves.Curve(method: "m", points: round).thinned().points
    #expect(kept.count < 40 && kept.first == round.first && kept.last == round.last)
    for point in round {
      let nearest = zip(kept, kept.dropFirst()).map { distance(point, $0, $1) }.min()
      #expect((nearest ?? 1) <= 0.004 + 1e-12)
    }
  }

  /// Of a point from a segment, by the smallest of many places on it.
  private func distance(
    _ p: Report.ClassCurves.Point, _ a: Report.ClassCurves.Point, _ b: Report.ClassCurves.Point
  ) -> Double {
    (0...400).map { step in
      let share = Double(step) / 400
      let x = a.recall + share * (b.recall - a.recall) - p.recall
      let y = a.precision + share * (b.precision - a.precision) - p.precision
      return (x * x + y * y).squareRoot()
    }.min() ?? 1
  }
}
