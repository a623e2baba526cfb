// Functions - elementwise functions of the losses, and their gradients.
// SPDX-License-Identifier: Apache-2.0

import LMPTNumbers

/// max(0, x); the gradient at 0 is 0.
///
/// NaN stays NaN.
public func relu(_ x: Tensor) -> Tensor {
  let input = x.detached
  return primitive(
    map(x) { $0 < 0 ? 0 : $0 },
    (x, { g in zipMap(g, input) { $1 > 0 ? $0 : ($1.isNaN ? $1 : 0) } }))
}

/// e^x.
public func exp(_ x: Tensor) -> Tensor {
  let value = map(x) { exp($0) }
  return primitive(value, (x, { $0 * value }))
}

/// e^x - 1, exact near zero.
public func expm1(_ x: Tensor) -> Tensor {
  let value = map(x) { expm1($0) }
  return primitive(value, (x, { $0 * (value + 1) }))
}

/// The natural logarithm.
public func log(_ x: Tensor) -> Tensor {
  let input = x.detached
  return primitive(map(x) { log($0) }, (x, { $0 / input }))
}

/// log(1 + x), exact near zero.
public func log1p(_ x: Tensor) -> Tensor {
  let input = x.detached
  return primitive(map(x) { log1p($0) }, (x, { g in zipMap(g, input) { $0 / (1 + $1) } }))
}

/// The logistic function 1 / (1 + e^-x), exact at both ends.
public func sigmoid(_ x: Tensor) -> Tensor {
  let value = map(x, logistic)
  let complement = map(x.detached) { logistic(-$0) }  // 1 - sigmoid without cancellation
  return primitive(value, (x, { $0 * value * complement }))
}

/// log(1 + e^x) without overflow; its derivative is the logistic function.
///
/// Binary cross-entropy on a logit z is softplus(-z) for a positive and softplus(z) for a negative.
public func softplus(_ x: Tensor) -> Tensor {
  let input = x.detached
  return primitive(
    map(x) { max($0, 0) + log1p(exp(-abs($0))) },
    (x, { $0 * map(input, logistic) }))
}

/// x^exponent for x >= 0; not-a-number below unless the exponent is 0, 1 or 2. Exponent 0 gives ones
/// without a gradient.
public func pow(_ x: Tensor, _ exponent: Float) -> Tensor {
  if exponent == 0 { return .ones(x.shape) }
  if exponent == 1 { return x }
  let input = x.detached
  return primitive(
    map(x) { exponent == 2 ? $0 * $0 : pow($0, exponent) },
    (
      x,
      { g in
        zipMap(g, input) { $0 * (exponent == 2 ? 2 * $1 : exponent * pow($1, exponent - 1)) }
      }
    ))
}

/// The square root.
public func sqrt(_ x: Tensor) -> Tensor {
  let value = map(x) { $0.squareRoot() }
  return primitive(value, (x, { $0 / (2 * value) }))
}

/// Each element limited to a range; no gradient outside it.
public func clamp(_ x: Tensor, min low: Float = -.infinity, max high: Float = .infinity) -> Tensor {
  let input = x.detached
  return primitive(
    map(x) { $0 < low ? low : ($0 > high ? high : $0) },
    (x, { g in zipMap(g, input) { $1 < low || $1 > high ? 0 : $0 } }))
}

/// CLIP's activation x * sigmoid(1.702 x).
public func quickGELU(_ x: Tensor) -> Tensor {
  let (input, kernels) = (x.detached, KernelSet.current)
  return primitive(
    elementwise(x, kernels.quickGELU),
    (x, { elementwise(input, $0, kernels.quickGELUGradient) }))
}

/// The exact Gaussian error linear unit x * Phi(x), torch's default `gelu`.
public func gelu(_ x: Tensor) -> Tensor {
  let (input, kernels) = (x.detached, KernelSet.current)
  return primitive(
    elementwise(x, kernels.gelu),
    (x, { elementwise(input, $0, kernels.geluGradient) }))
}

/// Applies a kernel to the elements, in pieces on all threads.
private func elementwise(
  _ x: Tensor, _ kernel: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
) -> Tensor {
  Tensor(shape: x.shape) { out in
    let source = x.storage.base
    parallelRanges(x.count) {
      kernel(source + $0.lowerBound, out + $0.lowerBound, $0.count)
    }
  }
}

/// Applies a kernel to pairs of elements of two tensors of one shape.
private func elementwise(
  _ x: Tensor, _ y: Tensor,
  _ kernel: (
    UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int
  ) -> Void
) -> Tensor {
  Tensor(shape: x.shape) { out in
    let (a, b) = (x.storage.base, y.storage.base)
    parallelRanges(x.count) {
      kernel(a + $0.lowerBound, b + $0.lowerBound, out + $0.lowerBound, $0.count)
    }
  }
}

@inline(__always)
func logistic(_ x: Float) -> Float {
  // Both branches keep full relative precision; exp never overflows.
  if x >= 0 { return 1 / (1 + exp(-x)) }
  let e = exp(x)
  return e / (1 + e)
}
