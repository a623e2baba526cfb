// Fingerprint - which weights a model has, as a key for caches of its features.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTensors
import LMPTWeights

extension ModelTensors {
  /// The fingerprint of a model of these tensors with this activation.
  ///
  /// The bytes go through a fast hash, at about the speed of memory: it finds changes, and is no
  /// protection against malice.
  func fingerprint(_ activation: Activation) -> String {
    let stored = storedTensors
    var digests = [UInt64](repeating: 0, count: stored.count)
    digests.withUnsafeMutableBufferPointer { digests in
      // safety: each task writes its own element.
      parallel(stored.count) { i in
        digests[i] = stored[i].tensor.withContiguousBytes(contentHash)
      }
    }
    var hash = SHA256()
    hash.update("activation \(activation.rawValue)\n")
    for (entry, digest) in zip(stored, digests) {
      hash.update("\(entry.name) \(entry.tensor.dtype.rawValue) \(entry.tensor.shape) \(digest)\n")
    }
    return hash.hexDigest()
  }
}

/// A 64-bit hash with the rounds of xxHash64 on four lanes.
private func contentHash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  let (p1, p2): (UInt64, UInt64) = (0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F)
  func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    let mixed = lane &+ word &* p2
    return (mixed << 31 | mixed >> 33) &* p1
  }
  func word(_ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
  var (a, b, c, d) = (p1 &+ p2, p2, UInt64(0), 0 &- p1)
  var offset = 0
  while offset &+ 32 <= bytes.count {
    a = round(a, word(offset))
    b = round(b, word(offset &+ 8))
    c = round(c, word(offset &+ 16))
    d = round(d, word(offset &+ 24))
    offset &+= 32
  }
  var total = round(round(round(round(UInt64(bytes.count), a), b), c), d)
  while offset < bytes.count {
    total = round(total, UInt64(bytes[offset]))
    offset &+= 1
  }
  return total ^ total >> 29
}
