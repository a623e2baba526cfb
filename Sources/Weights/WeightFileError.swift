// WeightFileError - what can be wrong before a file's format is known.
// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Why a file cannot be opened as weights at all.
public enum WeightFileError: DiagnosticError, Equatable {
  /// The file has no bytes.
  case empty
  /// The first bytes belong to no supported format.
  case unknownFormat(first: [UInt8])
  /// A recognised format that is not supported.
  case unsupported(format: String, hint: String)

  /// Stable identifier.
  public var code: String {
    switch self {
    case .empty: "weights.empty"
    case .unknownFormat: "weights.unknown-format"
    case .unsupported: "weights.unsupported-format"
    }
  }

  /// What is wrong.
  public var message: String {
    switch self {
    case .empty: "the file is empty"
    case .unknownFormat(let first):
      "the file begins with \(first.map(printable).joined(separator: " ")),"
        + " which no supported weight format does"
    case .unsupported(let format, _): "the file is \(format), which is not supported"
    }
  }

  /// What to do.
  public var hint: String {
    switch self {
    case .empty: "copy or download it again"
    case .unknownFormat:
      "give a .pt zip archive, a .safetensors file or its .index.json, a .npy or .npz"
    case .unsupported(_, let hint): hint
    }
  }

  /// What the first bytes say that a file is.
  static func sniff(_ bytes: UnsafeRawBufferPointer) throws(WeightFileError) -> WeightFile.Format {
    func begins(_ magic: [UInt8], at offset: Int = 0) -> Bool {
      bytes.count >= offset + magic.count && bytes[offset...].starts(with: magic)
    }
    guard !bytes.isEmpty else { throw .empty }
    if begins([0x93] + Array("NUMPY".utf8)) { return .npy }
    // A safetensors header's length is far below 2^40, so byte 7 is zero; no JSON text has one.
    if bytes.count >= 9, bytes[7] == 0 || bytes[8] == UInt8(ascii: "{") { return .safetensors }
    throw .unknownFormat(first: Array(bytes.prefix(4)))
  }
}
