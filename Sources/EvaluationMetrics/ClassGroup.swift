// ClassGroup - head, medium and tail by the number of training images.
// SPDX-License-Identifier: Apache-2.0

/// The group of a class in the long tail, by its number of training images.
///
/// The released code's rule: n >= 100 head, 20 <= n < 100 medium, n < 20 tail.
public enum ClassGroup: String, Sendable, CaseIterable {
  /// At least 100 training images.
  case head
  /// From 20 to 99 training images.
  case medium
  /// Fewer than 20 training images.
  case tail

  /// The group of a class with `count` training images.
  public init(count: Double) {
    self = count >= 100 ? .head : count >= 20 ? .medium : .tail
  }
}
