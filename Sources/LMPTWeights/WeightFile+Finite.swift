// WeightFile+Finite - the first tensor of a file with NaN or infinity in it.
// SPDX-License-Identifier: Apache-2.0

extension WeightFile {
  /// The name of the first tensor with a NaN or an infinity; nil when all values are finite.
  ///
  /// Attention masks, which some archives keep, hold infinities on purpose and are left out.
  package var firstNotFinite: String? {
    tensors.first { tensor in
      guard tensor.dtype.isFloatingPoint, !tensor.name.hasSuffix("attn_mask") else { return false }
      if let (values, owner) = tensor.contiguousFloats {
        return withExtendedLifetime(owner) {
          // safety: the owner keeps `count` floats at the pointer.
          !allFinite(UnsafeBufferPointer(start: values, count: tensor.count))
        }
      }
      return !tensor.floats().allSatisfy(\.isFinite)
    }?.name
  }
}

/// Whether no value is NaN or infinite, without an early way out, so that it runs in vectors.
private func allFinite(_ values: UnsafeBufferPointer<Float>) -> Bool {
  let exponent: UInt32 = 0x7F80_0000  // all its bits are set in NaN and infinity alone
  var found: UInt32 = 0
  for value in values { found |= value.bitPattern & exponent == exponent ? 1 : 0 }
  return found == 0
}
