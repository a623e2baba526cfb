// NPYError - what can be wrong with a numpy array file.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

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

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .magic:
      Diagnostic(
        "npy.magic", "the file does not begin as a numpy array does (offset 0)",
        hint: "the file is damaged or no numpy array; write it again with numpy.save")
    case .version(let major, let minor):
      Diagnostic(
        "npy.version",
        "the numpy format version is \(major).\(minor), supported are 1.0, 2.0 and 3.0 (offset 6)",
        hint: "save the array again with a current numpy")
    case .headerLength(let declared, let limit):
      Diagnostic(
        "npy.header-length",
        "the numpy header claims \(declared) bytes, at most \(limit) are possible (offset 8)",
        hint: "the file is damaged or no numpy array; write it again with numpy.save")
    case .header(let offset, let expected):
      Diagnostic(
        "npy.header", "the numpy header lacks \(expected) (offset \(offset))",
        hint: "the file is damaged or no numpy array; write it again with numpy.save")
    case .key(let key):
      Diagnostic(
        "npy.key", "the numpy header has the key \(printable(key)) missing, twice or unknown",
        hint: "the file is damaged or no numpy array; write it again with numpy.save")
    case .dtype(let text):
      Diagnostic(
        "npy.dtype", "the numpy element type \(printable(text)) is not supported",
        hint: "save it with array.astype(...) as float64/32/16, int64/32/16/8, uint8 or bool")
    case .dataSize(let declared, let found):
      Diagnostic(
        "npy.data-size",
        "the numpy array needs \(declared) bytes by its shape, \(found) follow the header",
        hint: "the file is truncated or holds several arrays; save one array per file")
    }
  }
}
