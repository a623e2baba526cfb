// StoredTensors - between the tensors of files and those that are computed with.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors
import LMPTWeights

extension Tensor {
  /// A tensor of a file, in single precision.
  public init(_ stored: StoredTensor) {
    self.init(shape: stored.shape) {
      stored.copyFloats(into: UnsafeMutableBufferPointer(start: $0, count: stored.count))
    }
  }
}

extension NamedArray {
  /// A tensor to be written, in single precision.
  public init(_ name: String, _ tensor: Tensor) {
    self.init(name, floats: tensor.values, shape: tensor.shape)
  }
}
