// LossTerms - what several losses are made of, and what they ask of their arguments.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// z for a positive, -lambda z for a negative: above zero where the prediction is right.
package func signedLogit(_ z: Tensor, _ y: Tensor, lambda: Float) -> Tensor {
  (y - lambda * (1 - y)) * z
}

/// The focal term (1 - sigmoid(t))^gamma, in log space: no cancellation where t is large. With gamma 0
/// it is 1 for every t, an infinite one too.
package func focalTerm(_ t: Tensor, _ gamma: Float) -> Tensor {
  gamma == 0 ? Tensor(1) : exp(-gamma * softplus(t))
}

/// Throws unless the constant is a number above 0.
func expectPositive(_ value: Double, _ name: String) throws {
  guard value > 0, value.isFinite else {
    throw MethodError.parameter(name: name, found: value, expected: "a number above 0")
  }
}

/// Throws unless the exponent is 0 or more.
func expectExponent(_ value: Double, _ name: String) throws {
  guard value >= 0, value.isFinite else {
    throw MethodError.parameter(name: name, found: value, expected: "0 or more")
  }
}

/// Throws unless `weight` has one number per cell of `values`, per image, per class, or in all.
func expectWeight(_ weight: Tensor, like values: Tensor, _ name: String) throws {
  let (images, classes) = (values.shape[0], values.shape[1])
  guard [values.shape, [images, 1], [classes], []].contains(weight.shape) else {
    throw ShapeError(name: name, expected: values.shape, found: weight.shape)
  }
}

/// Throws unless `y` is a matrix of zeros and ones in the shape of `values`.
func expectLabels(_ y: Tensor, like values: Tensor, _ name: String) throws {
  guard values.rank == 2 else {
    throw ShapeError(name: name, expected: y.shape, found: values.shape)
  }
  try y.expect(values.shape, "labels")
  let classes = values.shape[1]
  try y.withUnsafeBufferPointer { labels in
    for (index, label) in labels.enumerated() where label != 0 && label != 1 {
      throw MethodError.label(row: index / classes, class: index % classes, found: Double(label))
    }
  }
}

/// The counts in Double.
///
/// - Throws: `MethodError.count` naming the first class without images.
func expectCounts(_ n: Tensor, classes: Int? = nil) throws -> [Double] {
  if n.rank != 1 || n.count != classes ?? n.count {
    throw ShapeError(name: "counts", expected: [classes ?? n.count], found: n.shape)
  }
  let counts = n.values.map(Double.init)
  for (index, count) in counts.enumerated() where !(count > 0 && count.isFinite) {
    throw MethodError.count(class: index, found: count)
  }
  return counts
}
