// Variant - which reading of an equation: the paper's intent or the released code.
// SPDX-License-Identifier: Apache-2.0

/// Which reading of an equation is computed, where the two differ (docs/Deviations.md).
public enum Variant: String, Sendable, CaseIterable {
  /// What the paper intends.
  case paper
  /// What the authors' released code computes, with the smallest repair where it cannot run.
  case released
}
