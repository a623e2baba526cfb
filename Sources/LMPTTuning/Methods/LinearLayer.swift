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
    let bound = Float(1 / Double(max(k, 1)).squareRoot())
    func draw(_ count: Int) -> [Float] {
      (0..<count).map { _ in generator.uniform() * (bound + bound) - bound }
    }
    weight = Tensor(draw(n * k), shape: [n, k]).tracked()
    bias = Tensor(draw(n)).tracked()
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
