// Layers - the affine map and the normalisation with their frozen parameters.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// torch's `Linear`: x W^T + bias.
struct Linear: Sendable {
  let weight: Tensor  // [n, k]
  let bias: Tensor  // [n]

  func callAsFunction(_ x: Tensor, addedTo residual: Tensor? = nil) -> Tensor {
    linear(x, weight: weight, bias: bias, addedTo: residual)
  }
}

extension Linear {
  /// Reads `name.weight` [n, k] and `name.bias` [n].
  init(_ tensors: ModelTensors, _ name: String, _ n: Int, _ k: Int) throws(ModelError) {
    weight = try tensors.tensor("\(name).weight", [n, k])
    bias = try tensors.tensor("\(name).bias", [n])
  }
}

/// torch's `LayerNorm` over the last axis, eps 1e-5.
struct LayerNorm: Sendable {
  let weight: Tensor  // [D]
  let bias: Tensor  // [D]

  func callAsFunction(_ x: Tensor) -> Tensor { layerNorm(x, weight: weight, bias: bias) }
}

extension LayerNorm {
  /// Reads `name.weight` [D] and `name.bias` [D].
  init(_ tensors: ModelTensors, _ name: String, _ width: Int) throws(ModelError) {
    weight = try tensors.tensor("\(name).weight", [width])
    bias = try tensors.tensor("\(name).bias", [width])
  }
}
