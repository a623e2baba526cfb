// Fingerprint - a fast identity of a weight file's contents, for cache keys.
// SPDX-License-Identifier: Apache-2.0

extension WeightFile {
  /// 32 hexadecimal digits that change when any name, type, shape or element changes.
  ///
  /// Not a cryptographic hash: it keeps caches of different weights apart, at the speed of memory.
  public var fingerprint: String {
    var hash = Mixer()
    for tensor in tensors.sorted(by: { $0.name < $1.name }) {
      var header = "\(tensor.name) \(tensor.dtype.rawValue) \(tensor.shape)"
      header.withUTF8 { hash.mix(UnsafeRawBufferPointer($0)) }
      tensor.withContiguousBytes { hash.mix($0) }
    }
    return hash.hex
  }
}

/// Four interleaved multiply-and-rotate lanes over 32-byte blocks.
private struct Mixer {
  private var lanes = SIMD4<UInt64>(
    0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb, 0xd6e8_feb8_6659_fd93)
  private var length: UInt64 = 0

  mutating func mix(_ bytes: UnsafeRawBufferPointer) {
    var offset = 0
    while offset &+ 32 <= bytes.count {
      absorb(bytes.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self))
      offset &+= 32
    }
    var rest = SIMD4<UInt64>(repeating: 0)
    withUnsafeMutableBytes(of: &rest) { target in
      target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset...]))
    }
    absorb(rest)
    length &+= UInt64(bytes.count)
    absorb(SIMD4(repeating: length))
  }

  private mutating func absorb(_ block: SIMD4<UInt64>) {
    let x = (lanes ^ block) &* 0x9fb2_1c65_1e98_df25
    lanes = (x &<< 29) | (x &>> 35)
  }

  /// The lanes folded into 128 bits.
  var hex: String {
    let folded = [
      (lanes[0] ^ (lanes[1] &* 0xff51_afd7_ed55_8ccd)) &* 0xc4ce_b9fe_1a85_ec53,
      (lanes[2] ^ (lanes[3] &* 0xff51_afd7_ed55_8ccd)) &* 0xc4ce_b9fe_1a85_ec53,
    ]
    return folded.map { word in
      let digits = String(word ^ (word >> 31), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
