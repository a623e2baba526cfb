// Variant - which reading of an equation: the paper's intent or the released code.
// SPDX-License-Identifier: Apache-2.0

/// Which reading of an equation is computed, where the two differ (docs/Deviations.md).
public enum Variant: String, Sendable, CaseIterable {
  /// What the paper intends.
  case paper
  /// What the authors' released code computes, with the smallest repair where it cannot run.
  case released
}

/// A reading of all equations by one name, as `--variant` takes it.
public enum Reading: String, Sendable, CaseIterable {
  /// What the paper intends.
  case paper
  /// The same, with E7 as the code of Wu et al. (ECCV 2020) computes it.
  case upstream
  /// What the authors' released code computes.
  case released

  /// The reading of E1, E3 and E6.
  public var variant: Variant { self == .released ? .released : .paper }
}
