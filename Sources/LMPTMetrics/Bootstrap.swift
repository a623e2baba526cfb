// Bootstrap - confidence intervals of mAP over the test images.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Percentile bootstrap intervals of mAP: total, head, medium and tail.
///
/// Every resample draws N test images with replacement and computes the same mAP on them. The
/// interval says how far the figure would move with other test images; it says nothing about other
/// seeds of training, for which `MeanAndDeviation` is.
///
/// Indices are those of `torch.randint(N, (N,))` for the same seed; percentiles interpolate
/// linearly, as numpy. A class that loses all its positives in a resample has AP 0 there, as it
/// would in ``MeanAveragePrecision``.
public struct Bootstrap: Sendable, Equatable {
  /// The lower and the upper end of an interval.
  public struct Interval: Sendable, Equatable {
    /// The lower percentile.
    public let low: Double
    /// The upper percentile.
    public let high: Double
  }

  /// Of the mean over all classes.
  public let total: Interval
  /// Of the means over head, medium and tail; nil for a group without classes.
  public let groups: [ClassGroup: Interval]
  /// How many resamples were drawn.
  public let resamples: Int
  /// The generator's seed.
  public let seed: Int
  /// The share of resamples inside, 0.95.
  public let level: Double
  /// The mean over all classes in every resample. The same seed draws the same images, so that two
  /// of these for the same images can be subtracted.
  package let samples: [Double]

  /// Draws resamples and measures each.
  ///
  /// - Parameters:
  ///   - scores: row-major [N, C].
  ///   - labels: row-major [N, C], positive where not 0.
  ///   - classes: C.
  ///   - counts: training images per class, for the groups.
  ///   - resamples: how many; 1000 settle the second digit of a percentage.
  ///   - seed: of the generator.
  ///   - level: the share of resamples inside.
  ///   - limits: where the groups begin.
  public init(
    scores: [Double], labels: [Double], classes: Int, counts: [Double]?, resamples: Int = 1000,
    seed: Int = 0, level: Double = 0.95, limits: GroupLimits = .published
  ) {
    requireMatrix(scores, labels, classes: classes)
    require(
      resamples > 0 && level > 0 && level < 1, "\(resamples) resamples at a level of \(level)")
    let images = scores.count / classes
    let rankings = (0..<classes).map { c in
      Ranking(
        scores: (0..<images).map { scores[$0 * classes + c] },
        positives: (0..<images).map { labels[$0 * classes + c] > 0 })
    }
    var generator = Generator(seed: seed)
    var totals: [Double] = []
    var byGroup: [ClassGroup: [Double]] = [:]
    var times = [Int32](repeating: 0, count: images)
    for _ in 0..<resamples {
      for index in times.indices { times[index] = 0 }
      for _ in 0..<images { times[generator.randint(below: images)] += 1 }
      let map = MeanAveragePrecision(
        perClass: rankings.map { $0.averagePrecision(times: times) }, counts: counts, limits: limits
      )
      totals.append(map.total)
      for (group, value) in map.groups { byGroup[group, default: []].append(value) }
    }
    func interval(_ values: [Double]) -> Interval {
      let sorted = values.sorted()
      return Interval(
        low: percentile(sorted, (1 - level) / 2), high: percentile(sorted, (1 + level) / 2))
    }
    samples = totals
    total = interval(totals)
    groups = byGroup.mapValues(interval)
    self.resamples = resamples
    self.seed = seed
    self.level = level
  }
}

/// One class's images by falling score, sorted once for all resamples.
private struct Ranking {
  /// Image, whether it is positive, and whether its score is the last of its ties.
  private let steps: [(image: Int32, isPositive: Bool, isLast: Bool)]

  init(scores: [Double], positives: [Bool]) {
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    steps = order.enumerated().map { place, image in
      let isLast = place + 1 == order.count || scores[order[place + 1]] != scores[image]
      return (Int32(image), positives[image], isLast)
    }
  }

  /// AP of the images taken so many times each.
  func averagePrecision(times: [Int32]) -> Double {
    var (truePositives, seen, previous, area) = (0, 0, 0, 0.0)
    for step in steps {
      let count = Int(times[Int(step.image)])
      seen &+= count
      if step.isPositive { truePositives &+= count }
      guard step.isLast, truePositives > previous else { continue }
      area += Double(truePositives - previous) * Double(truePositives) / Double(seen)
      previous = truePositives
    }
    return truePositives == 0 ? 0 : area / Double(truePositives)
  }
}

/// A percentile of ascending values by linear interpolation, numpy's default.
func percentile(_ sorted: [Double], _ fraction: Double) -> Double {
  guard let last = sorted.last else { return .nan }
  let place = fraction * Double(sorted.count - 1)
  let index = Int(place)
  guard index + 1 < sorted.count else { return last }
  return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Double(index))
}
