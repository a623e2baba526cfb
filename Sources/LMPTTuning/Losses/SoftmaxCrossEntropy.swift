// SoftmaxCrossEntropy - one softmax over the classes against the image's labels, shared equally.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Softmax cross-entropy over normalised multi-hot labels.
///
/// Equation L-softmax:  L = 1/B sum_k  -sum_i  y_ki / |y_k|  log softmax(z_k)_i
///
/// - Parameters:
///   - z: logits, shape [B, C].
///   - y: labels in {0, 1}, shape [B, C]; |y| is the number of positives of the image.
/// - Returns: the loss, a scalar on the tape.
/// - Throws: `ShapeError`, `MethodError.label`.
///
/// Edge cases: an image without positives costs 0.
/// Source: CoOp's cross-entropy extended to several labels; `kpos_cross_entropy` of the released
/// dbl.py divides by C as well, and 0 by 0 for an image without positives.
public func softmaxCrossEntropy(_ z: Tensor, labels y: Tensor) throws -> Tensor {
  try expectLabels(y, like: z, "logits")
  let images = z.shape[0]
  let positives = clamp(sum(y, axis: 1), min: 1).reshaped([images, 1])  // [B, 1]
  let cells = (y / positives) * logSoftmax(z)  // [B, C]
  return -sum(cells) / Float(images)
}

extension Loss {
  /// Softmax cross-entropy over normalised labels; not in the released program.
  public static let softmax = Loss(
    "softmax", equation: "softmax-cross-entropy", tag: "L-softmax",
    summary: "softmax cross-entropy over normalised labels",
    source: "CoOp (Zhou et al., IJCV 2022), for several labels"
  ) { z, y, _ in try softmaxCrossEntropy(z, labels: y) }
}
