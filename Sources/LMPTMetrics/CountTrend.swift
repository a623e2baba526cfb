// CountTrend - how average precision grows with the number of training images of a class.
// SPDX-License-Identifier: Apache-2.0

import LMPTNumbers
import LMPTTensors

/// The straight line through AP over log10 of the training count, by least squares.
///
/// AP_i = intercept + slope log10 n_i + rest. The slope says what ten times as many training images
/// go with: a method that helps the tail has a smaller one. It is a description of one table. Classes
/// differ in more than their counts.
public struct CountTrend: Sendable, Equatable {
  /// Difference of AP for ten times as many training images.
  public let slope: Double
  /// AP of the line at one training image.
  public let intercept: Double
  /// Share of the variance of AP that the line explains; nil where AP is the same everywhere.
  public let explained: Double?
  /// Classes in the fit.
  public let classes: Int

  /// Fits the line; nil when the classes that are left have fewer than two different counts.
  ///
  /// - Parameters:
  ///   - ap: average precision per class; nil for a class that no image shows, which is left out.
  ///   - counts: training images per class; a class without any is left out.
  public init?(ap: [Double?], counts: [Int]) {
    require(ap.count == counts.count, "one count per class")
    let points = zip(ap, counts).compactMap { ap, count in
      ap.flatMap { count > 0 ? (x: log10(Double(count)), y: $0) : nil }
    }
    guard let first = points.first, points.contains(where: { $0.x != first.x }) else { return nil }
    let number = Double(points.count)
    let middle = (
      x: points.reduce(0) { $0 + $1.x } / number, y: points.reduce(0) { $0 + $1.y } / number
    )
    var (xx, xy, yy) = (0.0, 0.0, 0.0)
    for point in points {
      let (x, y) = (point.x - middle.x, point.y - middle.y)
      xx += x * x
      xy += x * y
      yy += y * y
    }
    slope = xy / xx
    intercept = middle.y - slope * middle.x
    explained = yy > 0 ? xy * xy / (xx * yy) : nil
    classes = points.count
  }

  /// AP of the line at a number of training images.
  public func callAsFunction(_ count: Double) -> Double { intercept + slope * log10(count) }
}
