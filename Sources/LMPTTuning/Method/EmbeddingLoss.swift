// EmbeddingLoss - E6: class-specific embedding loss.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Class-specific embedding loss.
///
/// Equation E6:  L = 1/(B C)  sum_k sum_i  omega_i l(d_ki, y_ki, mu_i)
///               l(d, 1, mu) = d        l(d, 0, mu) = max(0, mu - d)
///
/// Equation E6-released:  l(d, y, mu) = max(0, mu - (2 y - 1) d),  d summed over positions
///
/// - Parameters:
///   - d: caption distances (E3), in [0, 2] (`released`: their sum over positions), shape [B, C].
///   - y: labels in {0, 1}, shape [B, C].
///   - mu: class-aware soft margins (E4), shape [C]; one value for all classes is a plain hinge.
///   - omega: class weights (E5), shape [C], or one value for all classes.
///   - reading: `released` inverts the sign of d: it pushes matching pairs apart until d = mu and
///     pulls the others in.
/// - Returns: the loss, a scalar on the tape.
/// - Throws: `ShapeError` when B or C disagree; `MethodError.label` for a label other than 0 and 1.
///
/// Edge cases: d = mu is satisfied, gradient 0. NaN in, NaN out.
/// Source: number 6 confirmed by the author (issues 4 and 5); the branches are reconstructed from
/// Fig. 2 and from torch's HingeEmbeddingLoss (Deviations, 9).
public func embeddingLoss(
  _ d: Tensor, labels y: Tensor, margin mu: Tensor, weight omega: Tensor,
  reading: Reading = .paper
) throws -> Tensor {
  try expectLabels(y, like: d, "distance")
  let classes = d.shape[1]
  for (name, vector) in [("margin", mu), ("weight", omega)] where vector.count != 1 {
    try vector.expect([classes], name)
  }
  guard !reading.isReleased else { return mean(omega * relu(mu - (2 * y - 1) * d)) }
  let attract = y * d  // [B, C]  captions of the class are pulled in
  let repel = (1 - y) * relu(mu - d)  // [B, C]  the others are pushed out, as far as the margin
  return mean(omega * (attract + repel))
}
