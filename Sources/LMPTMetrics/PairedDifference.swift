// PairedDifference - how much two methods differ on the same test images.
// SPDX-License-Identifier: Apache-2.0

/// The difference of two methods' mAP, each the mean over its seeds, with a bootstrap interval.
///
///     d_r = mean over seeds of mAP_a(r) - mean over seeds of mAP_b(r)
///
/// r is a resample of the test images, the same for all runs. What both methods find hard cancels,
/// so the interval is narrower than that of either. It says how far the difference would move with
/// other test images. What other seeds would do is not in it.
package struct PairedDifference: Sendable, Equatable {
  /// On the test images as they are.
  package let mean: Double
  /// The interval of the resamples.
  package let interval: Bootstrap.Interval

  /// Compares the runs of two methods.
  ///
  /// - Parameters:
  ///   - a: mAP and resamples of a method's runs.
  ///   - b: of another's, on the same images with the same seed of the resamples.
  ///   - level: the share of resamples inside.
  package init?(
    _ a: [(map: Double, samples: [Double])], _ b: [(map: Double, samples: [Double])],
    level: Double = 0.95
  ) {
    guard let resamples = a.first?.samples.indices, !b.isEmpty else { return nil }
    mean = average(a.map(\.map)) - average(b.map(\.map))
    let differences = resamples.map { r in
      average(a.map { $0.samples[r] }) - average(b.map { $0.samples[r] })
    }.sorted()
    interval = Bootstrap.Interval(
      low: percentile(differences, (1 - level) / 2), high: percentile(differences, (1 + level) / 2))
  }
}

private func average(_ values: [Double]) -> Double {
  values.reduce(0, +) / Double(values.count)
}
