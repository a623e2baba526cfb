// Objective - E8: the total objective.
// SPDX-License-Identifier: Apache-2.0

import Tensors

/// Total objective of LMPT.
///
/// Equation E8:  L = lambda L_cls + (1 - lambda) L_cse
///
/// - Parameters:
///   - cls: classification loss (E7), a scalar.
///   - cse: class-specific embedding loss (E6), a scalar.
///   - lambda: weight of the classification loss, in [0, 1]; 0.5 in the released code.
/// - Returns: the loss, a scalar on the tape.
/// - Throws: `MethodError.parameter` for a lambda outside [0, 1].
///
/// Edge cases: lambda = 1 leaves the classification loss alone, even when E6 is NaN or infinite, and
/// lambda = 0 the other way round.
/// Source: the released training loop (`--lam`); the number of the equation is reconstructed.
public func objective(_ cls: Tensor, _ cse: Tensor, lambda: Double = 0.5) throws -> Tensor {
  guard lambda >= 0, lambda <= 1 else {
    throw MethodError.parameter(name: "lambda", found: lambda, expected: "0 to 1")
  }
  if lambda == 1 { return cls }
  if lambda == 0 { return cse }
  return Float(lambda) * cls + (1 - Float(lambda)) * cse
}
