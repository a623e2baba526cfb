// WeightFileError - what can be wrong before a file's format is known.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

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

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .empty:
      Diagnostic("weights.empty", "the file is empty", hint: "copy or download it again")
    case .unknownFormat(let first):
      Diagnostic(
        "weights.unknown-format",
        "the file begins with \(first.map(printable).joined(separator: " ")),"
          + " which no supported weight format does",
        hint: "give a .pt zip archive, a .safetensors file or its .index.json, a .npy or .npz")
    case .unsupported(let format, let hint):
      Diagnostic(
        "weights.unsupported-format", "the file is \(format), which is not supported", hint: hint)
    case .unknownArchive:
      Diagnostic(
        "weights.unknown-archive", "the zip archive has neither torch's data.pkl nor numpy arrays",
        hint: "give a .pt zip archive, a .safetensors file or its .index.json, a .npy or .npz")
    case .unknownExtension(let path):
      Diagnostic(
        "weights.unknown-extension",
        "the name \(printable(path)) does not say in which format to write",
        hint: "end it in .safetensors, .pt, .npz or .npy")
    case .notOneArray(let names):
      Diagnostic(
        "weights.not-one-array",
        names.isEmpty
          ? "a .npy file holds one array, not none"
          : "a .npy file holds one array, not these \(names.count): "
            + names.prefix(12).map(printable).joined(separator: ", ")
            + (names.count > 12 ? ", ..." : ""), hint: "write a .safetensors or .npz file")
    case .arrayName(let name):
      Diagnostic(
        "weights.array-name",
        "the array \(printable(name)) has a name that the archive cannot hold, or has already",
        hint: "write a .safetensors file, or give every array a name of its own")
    }
  }
}
