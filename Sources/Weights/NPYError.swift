// NPYError - what can be wrong with a numpy array file.
// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Why a file is not an acceptable `.npy` array.
package enum NPYError: DiagnosticError, Equatable {
  /// The file does not begin with the format's magic bytes.
  case magic
  /// A format version other than 1.0, 2.0 and 3.0.
  case version(major: UInt8, minor: UInt8)
  /// The header is longer than the file or `Limits.npyHeader`.
  case headerLength(declared: Int, limit: Int)
  /// The header is not the literal that numpy writes.
  case header(offset: Int, expected: String)
  /// The header names a key twice, leaves one out, or has one too many.
  case key(String)
  /// An element type that is not supported.
  case dtype(String)
  /// The file has fewer or more bytes than the shape needs.
  case dataSize(declared: Int, found: Int)

  /// Stable identifier.
  package var code: String {
    switch self {
    case .magic: "npy.magic"
    case .version: "npy.version"
    case .headerLength: "npy.header-length"
    case .header: "npy.header"
    case .key: "npy.key"
    case .dtype: "npy.dtype"
    case .dataSize: "npy.data-size"
    }
  }

  /// What is wrong and where.
  package var message: String {
    switch self {
    case .magic: "the file does not begin as a numpy array does (offset 0)"
    case .version(let major, let minor):
      "the numpy format version is \(major).\(minor), supported are 1.0, 2.0 and 3.0 (offset 6)"
    case .headerLength(let declared, let limit):
      "the numpy header claims \(declared) bytes, at most \(limit) are possible (offset 8)"
    case .header(let offset, let expected):
      "the numpy header lacks \(expected) (offset \(offset))"
    case .key(let key): "the numpy header has the key \(printable(key)) missing, twice or unknown"
    case .dtype(let text): "the numpy element type \(printable(text)) is not supported"
    case .dataSize(let declared, let found):
      "the numpy array needs \(declared) bytes by its shape, \(found) follow the header"
    }
  }

  /// What to do.
  package var hint: String {
    switch self {
    case .dtype:
      "save it with array.astype(...) as float64/32/16, int64/32/16/8, uint8 or bool"
    case .version: "save the array again with a current numpy"
    case .dataSize: "the file is truncated or holds several arrays; save one array per file"
    default: "the file is damaged or no numpy array; write it again with numpy.save"
    }
  }
}
