// CurveThinning - fewer points for the same drawn line.
// SPDX-License-Identifier: Apache-2.0

extension Report.ClassCurves.Curve {
  /// The curve without the points that nobody could see.
  ///
  /// Ramer, Douglas and Peucker: a point stays when it is farther than `tolerance` from the line
  /// through its kept neighbours. The first and the last point always stay, and every point that
  /// stays is an original one.
  ///
  /// - Parameter tolerance: a distance in the unit square; 0.004 is half a pixel of the small chart.
  /// - Returns: the curve with its AP unchanged.
  package func thinned(tolerance: Double = 0.004) -> Self {
    guard points.count > 2 else { return self }
    var keep = [Bool](repeating: false, count: points.count)
    (keep[0], keep[points.count - 1]) = (true, true)
    var open = [(0, points.count - 1)]
    while let (first, last) = open.popLast() {
      var (farthest, distance) = (first, tolerance)
      for index in (first + 1)..<max(first + 1, last) {
        let found = Self.distance(points[index], points[first], points[last])
        if found > distance { (farthest, distance) = (index, found) }
      }
      guard farthest > first else { continue }
      keep[farthest] = true
      open += [(first, farthest), (farthest, last)]
    }
    var thinned = self
    thinned.points = zip(points, keep).filter(\.1).map(\.0)
    return thinned
  }

  /// Distance of a point from the segment between two others.
  private static func distance(
    _ p: Report.ClassCurves.Point, _ a: Report.ClassCurves.Point, _ b: Report.ClassCurves.Point
  ) -> Double {
    let (dx, dy) = (b.recall - a.recall, b.precision - a.precision)
    let (px, py) = (p.recall - a.recall, p.precision - a.precision)
    let square = dx * dx + dy * dy
    let along = square > 0 ? min(1, max(0, (px * dx + py * dy) / square)) : 0
    let (ex, ey) = (px - along * dx, py - along * dy)
    return (ex * ex + ey * ey).squareRoot()
  }
}
