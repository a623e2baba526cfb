// ClassGroup - head, medium and tail by the number of training images.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

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

/// A column of every table of results: all classes first, then each group.
///
/// The one place where these four stand together; tables, files and pages go through `all`.
public enum ResultColumn: Hashable, Sendable {
  /// All classes.
  case total
  /// The classes of a group.
  case group(ClassGroup)

  /// Every column, in the order of the paper's tables.
  package static let all = [total] + ClassGroup.allCases.map(group)

  /// The heading: total, or the group's name.
  package var name: String {
    switch self {
    case .total: "total"
    case .group(let group): group.rawValue
    }
  }
}

extension MeanAveragePrecision {
  /// The mean of a column; nil for a group without classes.
  public subscript(column: ResultColumn) -> Double? {
    switch column {
    case .total: total
    case .group(let group): groups[group]
    }
  }
}

extension Bootstrap {
  /// The interval of a column; nil for a group without classes.
  public subscript(column: ResultColumn) -> Interval? {
    switch column {
    case .total: total
    case .group(let group): groups[group]
    }
  }
}
