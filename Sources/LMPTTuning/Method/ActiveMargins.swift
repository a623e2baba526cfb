// ActiveMargins - which negatives E6 still pushes: those within the margin of a class.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTTensors

/// How many hinges of E6 are active, by class.
///
/// A negative of class i is a caption whose picture does not show it. Its hinge max(0, mu_i - d) is
/// active when it is above 0; an inactive one costs nothing and moves nothing. In `released` the
/// hinge of a negative is max(0, mu_i + d).
public struct ActiveMargins: Sendable, Equatable {
  /// Of each class, the negatives that were seen.
  public private(set) var negatives: [Int]
  /// Of each class, those of them whose hinge was above 0.
  public private(set) var active: [Int]

  /// Nothing seen yet of `classes` classes.
  public init(classes: Int) {
    negatives = [Int](repeating: 0, count: classes)
    active = negatives
  }

  /// The counts of each class; nil when they are not counts of as many classes.
  init?(negatives: [Int], active: [Int], classes: Int) {
    guard negatives.count == classes, active.count == classes,
      zip(active, negatives).allSatisfy({ 0 <= $0 && $0 <= $1 })
    else { return nil }
    (self.negatives, self.active) = (negatives, active)
  }

  /// Counts the hinges of a batch.
  ///
  /// - Parameters:
  ///   - d: caption distances (E3), shape [B, C].
  ///   - labels: y in {0, 1}, shape [B, C].
  ///   - margin: mu (E4), shape [C], or one value for all classes.
  ///   - reading: which hinge a negative has.
  public init(_ d: Tensor, labels: Tensor, margin: Tensor, reading: Reading = .paper) {
    let classes = d.shape[1]
    self.init(classes: classes)
    let (distances, labels, margins) = (d.values, labels.values, margin.values)
    for (index, label) in labels.enumerated() where label == 0 {
      let c = index % classes
      let mu = margins[margins.count == 1 ? 0 : c]
      let hinge = reading.isReleased ? mu + distances[index] : mu - distances[index]
      negatives[c] += 1
      active[c] += hinge > 0 ? 1 : 0
    }
  }

  /// Adds what another batch showed.
  mutating func add(_ other: ActiveMargins) {
    for c in negatives.indices {
      negatives[c] += other.negatives[c]
      active[c] += other.active[c]
    }
  }

  /// The share of active hinges among the negatives of each group.
  ///
  /// - Parameter groups: the group of each class.
  /// - Returns: a share for each group; a group without negatives has none.
  public func shares(_ groups: [ClassGroup]) -> [ClassGroup: Double] {
    var shares: [ClassGroup: Double] = [:]
    for group in ClassGroup.allCases {
      let members = groups.indices.filter { groups[$0] == group }
      let seen = members.reduce(0) { $0 + negatives[$1] }
      guard seen > 0 else { continue }
      shares[group] = Double(members.reduce(0) { $0 + active[$1] }) / Double(seen)
    }
    return shares
  }
}
