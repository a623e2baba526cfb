// LayerNorm - each row to mean 0 and variance 1, then scale and shift (Ba et al. 2016).
// SPDX-License-Identifier: Apache-2.0

/// y = (x - mean) / sqrt(variance + eps) * weight + bias, over the last axis.
///
/// - Parameters:
///   - x: shape [..., D].
///   - weight: the scale, shape [D].
///   - bias: the shift, shape [D].
///   - eps: added to the (biased) variance; CLIP uses 1e-5.
/// - Returns: y, in the shape of x.
public func layerNorm(_ x: Tensor, weight: Tensor, bias: Tensor, eps: Float = 1e-5) -> Tensor {
  let width = x.shape[x.rank - 1]
  let rows = x.count / max(width, 1)
  let inverse = Tensor(shape: [rows]) { _ in }  // 1 / sqrt(variance + eps), kept for the gradient
  let normed = Tensor(shape: x.shape) { out in
    for r in 0..<rows {
      let (source, target) = (x.storage.base + r * width, out + r * width)
      var total: Float = 0
      for i in 0..<width { total += source[i] }
      let mean = total / Float(width)
      var squares: Float = 0
      for i in 0..<width {
        let d = source[i] - mean
        squares += d * d
      }
      let scale = 1 / (squares / Float(width) + eps).squareRoot()
      inverse.storage.base[r] = scale
      for i in 0..<width { target[i] = (source[i] - mean) * scale }
    }
  }
  let value = zipMap(zipMap(normed, weight) { $0 * $1 }, bias) { $0 + $1 }
  let scale = weight.detached
  return primitive(
    value,
    (x, { g in layerNormGradient(zipMap(g, scale) { $0 * $1 }, normed, inverse) }),
    (weight, { g in zipMap(g, normed) { $0 * $1 }.summed(to: [width]) }),
    (bias, { $0.summed(to: [width]) }))
}

/// dx = (g - mean(g) - n mean(g n)) / sqrt(variance + eps), with n the normalised row.
private func layerNormGradient(_ g: Tensor, _ normed: Tensor, _ inverse: Tensor) -> Tensor {
  let width = g.shape[g.rank - 1]
  return Tensor(shape: g.shape) { out in
    for r in 0..<inverse.count {
      let (gr, n) = (g.storage.base + r * width, normed.storage.base + r * width)
      var (total, dot): (Float, Float) = (0, 0)
      for i in 0..<width {
        total += gr[i]
        dot += gr[i] * n[i]
      }
      let (mean, along) = (total / Float(width), dot / Float(width))
      for i in 0..<width {
        out[r &* width &+ i] = (gr[i] - mean - n[i] * along) * inverse.storage.base[r]
      }
    }
  }
}
