// ClassGroup - head, medium and tail by the number of training images.
// SPDX-License-Identifier: Apache-2.0

import Tensors

/// Where the groups of the long tail begin and end, in training images of a class.
public struct GroupLimits: Sendable, Equatable {
  /// The least that a head class has.
  public let head: Int
  /// The least that a medium class has; a tail class has fewer.
  public let medium: Int

  /// The released code's: n >= 100 head, 20 <= n < 100 medium, n < 20 tail.
  public static let published = GroupLimits(head: 100, medium: 20)

  /// Limits of one's own, `head >= medium >= 0`.
  public init(head: Int, medium: Int) {
    require(head >= medium && medium >= 0, "head from \(head), medium from \(medium)")
    (self.head, self.medium) = (head, medium)
  }
}

/// The group of a class in the long tail, by its number of training images.
public enum ClassGroup: String, Sendable, CaseIterable {
  /// At least `GroupLimits.head` training images, 100 as published.
  case head
  /// Fewer, but at least `GroupLimits.medium`, 20 as published.
  case medium
  /// Fewer than that.
  case tail

  /// The group of a class with `count` training images.
  public init(count: Double, limits: GroupLimits = .published) {
    self = count >= Double(limits.head) ? .head : count >= Double(limits.medium) ? .medium : .tail
  }
}
