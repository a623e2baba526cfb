// WeightFileError - what can be wrong before a file's format is known.
// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Why a file cannot be opened as weights at all.
package enum WeightFileError: DiagnosticError, Equatable {
  /// The file has no bytes.
  case empty
  /// The first bytes belong to no supported format.
  case unknownFormat(first: [UInt8])
  /// A recognised format that is not supported.
  case unsupported(format: String, hint: String)
  /// A zip archive that neither torch nor numpy wrote.
  case unknownArchive
  /// A file to be written has no extension that says how.
  case unknownExtension(String)
  /// A `.npy` file holds one array, not none and not several.
  case notOneArray(names: [String])
  /// An array whose name an archive cannot hold, or has already.
  case arrayName(String)

  /// Stable identifier.
  package var code: String {
    switch self {
    case .empty: "weights.empty"
    case .unknownFormat: "weights.unknown-format"
    case .unsupported: "weights.unsupported-format"
    case .unknownArchive: "weights.unknown-archive"
    case .unknownExtension: "weights.unknown-extension"
    case .notOneArray: "weights.not-one-array"
    case .arrayName: "weights.array-name"
    }
  }

  /// What is wrong.
  package var message: String {
    switch self {
    case .empty: "the file is empty"
    case .unknownFormat(let first):
      "the file begins with \(first.map(printable).joined(separator: " ")),"
        + " which no supported weight format does"
    case .unsupported(let format, _): "the file is \(format), which is not supported"
    case .unknownArchive: "the zip archive has neither torch's data.pkl nor numpy arrays"
    case .unknownExtension(let path):
      "the name \(printable(path)) does not say in which format to write"
    case .arrayName(let name):
      "the array \(printable(name)) has a name that the archive cannot hold, or has already"
    case .notOneArray(let names):
      names.isEmpty
        ? "a .npy file holds one array, not none"
        : "a .npy file holds one array, not these \(names.count): "
          + names.prefix(12).map(printable).joined(separator: ", ")
          + (names.count > 12 ? ", ..." : "")
    }
  }

  /// What to do.
  package var hint: String {
    switch self {
    case .empty: "copy or download it again"
    case .unknownFormat, .unknownArchive:
      "give a .pt zip archive, a .safetensors file or its .index.json, a .npy or .npz"
    case .unsupported(_, let hint): hint
    case .unknownExtension: "end it in .safetensors, .pt, .npz or .npy"
    case .notOneArray: "write a .safetensors or .npz file"
    case .arrayName: "write a .safetensors file, or give every array a name of its own"
    }
  }
}
