// SealedFile - safetensors that carry a checksum of themselves: checkpoints and cache blocks.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTWeights

/// What can be wrong with a checkpoint or a cache block.
package enum SealError: DiagnosticError, Equatable {
  /// The checksum is of other contents, or there is none.
  case mismatch(declared: String?, computed: String)

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .mismatch(let declared, let computed):
      Diagnostic(
        "run.damaged",
        declared.map {
          "the contents have the checksum \(computed.prefix(12)), the file says \($0.prefix(12))"
        } ?? "the file has no checksum",
        hint:
          "delete a damaged cache block, it will be computed again; a damaged checkpoint is lost")
    }
  }
}

/// Reads and writes safetensors files whose metadata hold, under `sha256`, the checksum of the same
/// file without that entry. A flipped bit on the disk is told instead of trained on.
enum SealedFile {
  private static let key = "sha256"

  /// Writes a file, atomically.
  static func write(_ arrays: [NamedArray], metadata: [String: String], to path: String) throws {
    var sealed = metadata
    sealed[key] = try digest(arrays, metadata)
    try Safetensors.write(arrays, metadata: sealed, to: path)
  }

  /// Reads a file and checks it.
  ///
  /// - Throws: `FileError` around `SealError.mismatch`, or what reading throws.
  static func read(_ path: String) throws -> WeightFile {
    let file = try Safetensors.read(path)
    var metadata = file.metadata
    let declared = metadata.removeValue(forKey: key)
    let computed = try digest(file.tensors.map { NamedArray($0) }, metadata)
    guard declared == computed else {
      throw FileError(
        file: path, cause: SealError.mismatch(declared: declared, computed: computed))
    }
    return file
  }

  private static func digest(_ arrays: [NamedArray], _ metadata: [String: String]) throws -> String
  {
    try Safetensors.bytes(of: arrays, metadata: metadata).withUnsafeBytes {
      SHA256.hexDigest($0)
    }
  }
}
