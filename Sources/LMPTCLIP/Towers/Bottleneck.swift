// Bottleneck - a residual block of CLIP's networks, batch normalisation folded into convolutions.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// A convolution and the batch normalisation after it as one affine map, for frozen statistics:
/// gamma (w * x - mean) / sqrt(var + eps) + beta = (w gamma / sqrt(var + eps)) * x + shift.
struct FoldedConvolution: Sendable {
  let weight: Tensor  // [O, C, kernel, kernel]
  let bias: Tensor  // [O]

  /// Reads `name.weight` and the statistics `norm.*`; eps 1e-5 as torch's `BatchNorm2d`.
  init(
    _ tensors: ModelTensors, _ name: String, norm: String, _ shape: [Int]
  ) throws(ModelError) {
    let outputs = shape[0]
    let stored = try tensors.tensor("\(name).weight", shape).values
    let gamma = try tensors.tensor("\(norm).weight", [outputs]).values
    let beta = try tensors.tensor("\(norm).bias", [outputs]).values
    let mean = try tensors.tensor("\(norm).running_mean", [outputs]).values
    let variance = try tensors.tensor("\(norm).running_var", [outputs]).values
    // In statements of their own, which the compiler reads a hundred times as fast.
    let scale = (0..<outputs).map { o in
      let deviation: Double = (Double(variance[o]) + 1e-5).squareRoot()
      return Double(gamma[o]) / deviation
    }
    let inner = stored.count / outputs
    weight = Tensor(shape: shape) { out in
      for o in 0..<outputs {
        for i in 0..<inner {
          out[o &* inner &+ i] = Float(Double(stored[o &* inner &+ i]) * scale[o])
        }
      }
    }
    bias = Tensor(
      (0..<outputs).map { o in
        let shift: Double = Double(mean[o]) * scale[o]
        return Float(Double(beta[o]) - shift)
      })
  }

  /// The weight as a matrix [O, C kernel kernel].
  var matrix: Tensor { weight.reshaped([weight.shape[0], weight.count / weight.shape[0]]) }
}

/// 1x1, 3x3 and 1x1 convolutions around a shortcut; four times as wide outside as inside.
///
/// A stride is an average pooling, in front of the last convolution and of the shortcut's.
struct Bottleneck: Sendable {
  let reduce: FoldedConvolution
  let spread: Convolution3x3
  let restore: FoldedConvolution
  let shortcut: FoldedConvolution?
  let pooling: Convolution3x3.Pooling

  /// - Parameter x: one image or several, shape [..., H, W, C].
  /// - Returns: shape [..., H, W, O], or half of it each way after pooling.
  func callAsFunction(_ x: Tensor) -> Tensor {
    let narrow = linearReLU(x, weight: reduce.matrix, bias: reduce.bias)
    let seen = spread(narrow, pooling: pooling)
    var identity = x
    if let shortcut {
      let pooled = pooling == .average ? averagePool2(x) : x
      identity = linear(pooled, weight: shortcut.matrix, bias: shortcut.bias)
    }
    return linearReLU(seen, weight: restore.matrix, bias: restore.bias, residual: identity)
  }
}

extension Bottleneck {
  /// Reads the block `prefix`; the shortcut has a convolution where the block strides or widens.
  init(
    _ tensors: ModelTensors, _ prefix: String, inputs: Int, planes: Int,
    pooling: Convolution3x3.Pooling
  ) throws(ModelError) {
    self.pooling = pooling
    reduce = try FoldedConvolution(
      tensors, "\(prefix).conv1", norm: "\(prefix).bn1", [planes, inputs, 1, 1])
    let middle = try FoldedConvolution(
      tensors, "\(prefix).conv2", norm: "\(prefix).bn2", [planes, planes, 3, 3])
    spread = Convolution3x3(weight: middle.weight, bias: middle.bias)
    restore = try FoldedConvolution(
      tensors, "\(prefix).conv3", norm: "\(prefix).bn3", [4 * planes, planes, 1, 1])
    shortcut =
      pooling == .average || inputs != 4 * planes
      ? try FoldedConvolution(
        tensors, "\(prefix).downsample.0", norm: "\(prefix).downsample.1",
        [4 * planes, inputs, 1, 1]) : nil
  }
}
