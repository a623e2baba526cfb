// CRC32C - the Castagnoli checksum and the mask that record files put over it.
// SPDX-License-Identifier: Apache-2.0

/// The CRC-32C checksum (Castagnoli, RFC 3720), as TensorFlow's record format uses it.
package enum CRC32C {
  /// Remainders of all bytes for the reflected polynomial 0x82F63B78.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
    }
  }

  /// The checksum of some bytes.
  ///
  /// - Parameter bytes: the data; empty data gives 0.
  /// - Returns: the checksum; of the nine digits "123456789" it is 0xE3069283.
  package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { value, byte in
      value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ byte)]
    }
  }

  /// The checksum, rotated right by 15 bits plus a constant, so that a checksum stored beside its
  /// own data does not make the checksum of both degenerate.
  package static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let value = checksum(bytes)
    return (value >> 15 | value << 17) &+ 0xA282_EAD8
  }
}
