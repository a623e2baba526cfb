// TunedDiagnostics - what explains a tuned method's figures, read from the folders of its runs.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics

/// The diagnostics of one run: `diagnostics` of its metrics.json, and its log's active margins.
package struct TunedDiagnostics: Sendable {
  /// AP over log10 of the training count: the slope, in mAP for ten times as many images.
  package let slope: Double?
  /// The share of AP's variance over classes that the line explains.
  package let explained: Double?
  /// Mean distance of a group's class features from zero-shot CLIP's; empty for a method that keeps
  /// none.
  package let moved: [ClassGroup: Double]
  /// The share of active margins in E6 in the first and in the last epoch; empty without E6.
  package let active: (first: [ClassGroup: Double], last: [ClassGroup: Double])
  /// How much lower AP is on the images that do not show a tail class's most frequent partner: the
  /// mean over the tail classes that have one.
  package let partnerDrop: Double?

  /// Reads what a finished run left.
  ///
  /// - Returns: nil for a run that failed.
  /// - Throws: when the run's log cannot be read.
  init?(_ outcome: SweepOutcome) throws {
    guard let folder = outcome.folder, let found = outcome.metrics?["diagnostics"] else {
      return nil
    }
    slope = found["count_trend"]?["slope"]?.double
    explained = found["count_trend"]?["explained"]?.double
    moved = ClassGroup.allCases.reduce(into: [:]) {
      $0[$1] = found["prompt_shift"]?[$1.rawValue]?.double
    }
    let drops = (found["partners"]?.array ?? []).compactMap { effect -> Double? in
      guard let ap = effect["ap"]?.double, let without = effect["ap_without"]?.double else {
        return nil
      }
      return ap - without
    }
    partnerDrop = drops.isEmpty ? nil : drops.reduce(0, +) / Double(drops.count)
    let epochs = try EpochLog.read("\(folder)/events.jsonl")
    active = (
      epochs.first?.byGroup.activeMargins ?? [:], epochs.last?.byGroup.activeMargins ?? [:]
    )
  }

  /// The member `diagnostics` of a run in tuned.json.
  package var json: JSON {
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    func groups(_ values: [ClassGroup: Double]) -> JSON {
      values.isEmpty
        ? .null : .object(ClassGroup.allCases.map { ($0.rawValue, number(values[$0])) })
    }
    return .object([
      ("slope", number(slope)), ("explained", number(explained)), ("moved", groups(moved)),
      ("active_first", groups(active.first)), ("active_last", groups(active.last)),
      ("partner_drop", number(partnerDrop)),
    ])
  }
}
