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
  let width = x.shape[x.index(ofAxis: -1)]
  require(
    weight.shape == [width] && bias.shape == [width],
    "layerNorm: input \(x.shape), weight \(weight.shape), bias \(bias.shape)")
  let rows = x.count / max(width, 1)
  // Kept for the gradient: the mean and 1 / sqrt(variance + eps) of each row.
  let (means, inverses) = (Tensor(shape: [rows, 1]) { _ in }, Tensor(shape: [rows, 1]) { _ in })
  let kernels = KernelSet.current
  let value = Tensor(shape: x.shape) { out in
    parallelRanges(rows, width: width) { range in
      let (first, start) = (range.lowerBound, range.lowerBound &* width)
      kernels.layerNormRows(
        LayerNormWork(
          x: x.storage.base + start, weight: weight.storage.base, bias: bias.storage.base,
          y: out + start, means: means.storage.base + first,
          inverses: inverses.storage.base + first, rows: range.count, columns: width, eps: eps))
    }
  }
  let (input, scale) = (x.detached, weight.detached)
  return primitive(
    value,
    (
      x, { layerNormGradient(input, weight: scale, upstream: $0, means: means, inverses: inverses) }
    ),
    (
      weight,
      { g in
        let normed = (input.reshaped([rows, width]) - means) * inverses
        return (g.reshaped([rows, width]) * normed).summed(to: [width])
      }
    ),
    (bias, { $0.summed(to: [width]) }))
}

/// dx = (h - mean(h) - n mean(h n)) / sqrt(variance + eps), with n the normalised row and h the
/// upstream gradient times the scale.
private func layerNormGradient(
  _ x: Tensor, weight: Tensor, upstream g: Tensor, means: Tensor, inverses: Tensor
) -> Tensor {
  let width = x.shape[x.index(ofAxis: -1)]
  let kernels = KernelSet.current
  return Tensor(shape: x.shape) { out in
    parallelRanges(inverses.count, width: width) { range in
      let (first, start) = (range.lowerBound, range.lowerBound &* width)
      kernels.layerNormGradientRows(
        LayerNormGradientWork(
          x: x.storage.base + start, weight: weight.storage.base,
          upstream: g.storage.base + start, means: means.storage.base + first,
          inverses: inverses.storage.base + first, gradient: out + start, rows: range.count,
          columns: width))
    }
  }
}
