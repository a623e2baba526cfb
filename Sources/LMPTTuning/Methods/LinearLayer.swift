// LinearLayer - a trained affine map with torch's start, part of several baselines.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// torch's `nn.Linear`: x W^T + b, both trained.
struct LinearLayer: Sendable {
  /// W, shape [n, k].
  var weight: Tensor
  /// b, shape [n].
  var bias: Tensor

  /// W and b from U(-1/sqrt(k), 1/sqrt(k)), the numbers that torch draws for the same generator.
  init(inputs k: Int, outputs n: Int, generator: inout Generator) {
    weight = Self.start([n, k], inputs: k, generator: &generator)
    bias = Self.start([n], inputs: k, generator: &generator)
  }

  /// A trained tensor of a layer of k inputs at torch's start; a layer without b takes W alone.
  static func start(_ shape: [Int], inputs k: Int, generator: inout Generator) -> Tensor {
    let bound = Float(1 / Double(max(k, 1)).squareRoot())
    let values = (0..<shape.reduce(1, *)).map { _ in
      generator.uniform() * (bound + bound) - bound
    }
    return Tensor(values, shape: shape).tracked()
  }

  /// The tensors of the map, in the order weight, bias.
  var parameters: [Tensor] {
    get { [weight, bias] }
    set { (weight, bias) = (newValue[0], newValue[1]) }
  }

  /// The same map as a constant.
  var frozen: LinearLayer {
    var copy = self
    copy.parameters = parameters.map(\.detached)
    return copy
  }

  /// x W^T + b for x of shape [..., k].
  func callAsFunction(_ x: Tensor) -> Tensor { linear(x, weight: weight, bias: bias) }
}
