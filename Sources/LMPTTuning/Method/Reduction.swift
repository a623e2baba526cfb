// Reduction - what becomes of the terms of a loss.
// SPDX-License-Identifier: Apache-2.0

/// What becomes of the terms of a loss, by torch's names.
public enum Reduction: String, Sendable, CaseIterable {
  /// Their mean.
  case mean
  /// Their sum.
  case sum
}
