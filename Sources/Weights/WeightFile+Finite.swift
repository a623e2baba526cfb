// WeightFile+Finite - the first tensor of a file with NaN or infinity in it.
// SPDX-License-Identifier: Apache-2.0

extension WeightFile {
  /// The name of the first tensor with a NaN or an infinity; nil when all values are finite.
  ///
  /// Attention masks, which some archives keep, hold infinities on purpose and are left out.
  public var firstNotFinite: String? {
    tensors.first { tensor in
      guard tensor.dtype.isFloatingPoint, !tensor.name.hasSuffix("attn_mask") else { return false }
      if let (values, owner) = tensor.contiguousFloats {
        return withExtendedLifetime(owner) {
          // safety: the owner keeps `count` floats at the pointer.
          !UnsafeBufferPointer(start: values, count: tensor.count).allSatisfy(\.isFinite)
        }
      }
      return !tensor.floats().allSatisfy(\.isFinite)
    }?.name
  }
}
