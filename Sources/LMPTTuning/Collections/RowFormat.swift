// RowFormat - how the rows of a collection stand on the disk.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTWeights

/// The file that rows grow into, by its name.
package enum RowFormat: String, Sendable {
  /// One `.npy`.
  case npy
  /// One `.safetensors` with the tensor `features`.
  case safetensors
  /// A folder of `.npy` files of ``RowFormat/blockRows`` rows each, and `index.json`.
  case folder
  /// One file whose rows are lines of text.
  case lines

  /// Rows of a file in a folder; the last has what is left.
  package static let blockRows = 65_536

  /// The format of rows: lines are lines, and numbers go by the ending of the name, into a folder
  /// without one.
  init(path: String, of record: CollectionRecord) {
    guard record.dtype != nil else {
      self = .lines
      return
    }
    switch path.fileExtension {
    case "npy": self = .npy
    case "safetensors": self = .safetensors
    default: self = .folder
    }
  }

  /// Most rows of a file.
  var rowsPerFile: Int { self == .folder ? Self.blockRows : .max }

  /// What stands before the rows of a file. Its length does not depend on their number, so that it can
  /// be written first and filled in at the end.
  func header(rows: Int, of record: CollectionRecord) -> [UInt8] {
    guard let dtype = record.dtype else { return record.heading }
    return header(rows: rows, width: record.width, dtype: dtype)
  }

  func header(rows: Int, width: Int, dtype: DType) -> [UInt8] {
    guard self == .safetensors else { return NPY.header(dtype: dtype, shape: [rows, width]) }
    let size = rows * width * dtype.byteCount
    let text = JSON.object([
      (
        "features",
        .object([
          ("dtype", .string(dtype.rawValue)), ("shape", .array([.integer(rows), .integer(width)])),
          ("data_offsets", .array([.integer(0), .integer(size)])),
        ])
      )
    ]).text()
    let length = 248
    let padding = [UInt8](repeating: 0x20, count: length - text.utf8.count)
    return [UInt8(length), 0, 0, 0, 0, 0, 0, 0] + Array(text.utf8) + padding
  }

  /// The name of a file of rows, in a folder or while it grows.
  func fileName(_ index: Int) -> String {
    guard self != .lines else { return "lines" }
    let digits = String(index)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".npy"
  }
}
