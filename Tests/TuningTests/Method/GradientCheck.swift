// GradientCheck - central differences of a second transcription, in Double, of each equation.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import LMPTTensors
import Testing

/// Compares the tape's gradient with central differences of an independent scalar function.
///
/// The step of 1e-5 leaves an error of about 1e-10 relative in Double, so what is compared is the
/// single-precision gradient: 1e-5 relative, and as much absolute as 1e-6 of the largest entry.
func expectGradient(
  _ label: String, at x: Tensor, _ tape: (Tensor) throws -> Tensor,
  equals scalar: ([Double]) -> Double
) rethrows {
  let leaf = x.tracked()
  let loss = try tape(leaf)
  let point = x.values.map(Double.init)
  expectClose(
    [Double(loss.item)], [scalar(point)], atol: 1e-9, rtol: 1e-5, "\(label): value")
  let expected = point.indices.map { index -> Double in
    var (up, down) = (point, point)
    up[index] += 1e-5
    down[index] -= 1e-5
    return (scalar(up) - scalar(down)) / 2e-5
  }
  let largest = expected.reduce(0) { max($0, abs($1)) }
  expectClose(
    gradient(of: loss, in: leaf).values.map(Double.init), expected, atol: 1e-6 * largest + 1e-12,
    rtol: 1e-5, "\(label): gradient")
}
