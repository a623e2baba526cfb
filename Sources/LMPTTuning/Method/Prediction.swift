// Prediction - E2: logits and probabilities of classes for images.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Logits of images against class prompts.
///
/// Equation E2:  z_ki = s <f_k, g_i>,   f = image feature / |.|,  g = text feature / |.|
///
/// - Parameters:
///   - images: image features f, shape [B, E]; any length, they are normalised here.
///   - texts: text features g of the class prompts, shape [C, E].
///   - scale: s = exp(logit_scale), CLIP's inverse temperature.
/// - Returns: z, shape [B, C], in [-s, s].
/// - Throws: `ShapeError` when E disagrees.
///
/// Edge cases: a zero feature has logit 0 and no gradient. NaN in, NaN out.
/// Source: CoOp's form. The released code trains sigmoid losses on this very z (about 10 to 35 for
/// real CLIP), without bias or re-scaling (Deviations, 4).
public func logits(_ images: Tensor, _ texts: Tensor, scale: Float) throws -> Tensor {
  let width = images.shape.last ?? 0
  guard images.rank == 2 else {
    throw ShapeError(name: "images", expected: [0, width], found: images.shape)
  }
  guard texts.rank == 2, texts.shape[1] == width else {
    throw ShapeError(name: "texts", expected: [texts.shape.first ?? 0, width], found: texts.shape)
  }
  let f = normalize(images)  // [B, E]
  let g = normalize(texts)  // [C, E]
  return scale * matmul(f, g, .none, .transposed)  // [B, C]
}

/// Class probabilities, the score that the released evaluation ranks by.
///
/// Equation E2-score:  p(y = i | x) = exp(z_i) / sum_j exp(z_j)
///
/// - Parameter z: logits, shape [B, C].
/// - Returns: probabilities, shape [B, C]; every row sums to 1.
///
/// Ranking images by p_i is not ranking them by z_i: the denominator differs from image to image.
public func probabilities(_ z: Tensor) -> Tensor {
  softmax(z)
}
