// NPZ - zip archives of numpy arrays.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Reads and writes the archives of `numpy.savez` and `numpy.savez_compressed`.
enum NPZ {
  /// Whether the archive has a numpy array.
  static func recognises(_ archive: ZipArchive) -> Bool {
    archive.entries.contains { $0.name.hasSuffix(".npy") }
  }

  /// All arrays, named as in the archive without `.npy`; other entries are ignored.
  ///
  /// With `deferring` only their headers are read, whatever they would inflate to.
  static func read(_ archive: ZipArchive, deferring: Bool, limits: Limits) throws -> WeightFile {
    let entries = archive.entries.filter { $0.name.hasSuffix(".npy") }
    if !deferring { try archive.checkExpansion(entries) }
    let tensors = try entries.map { entry in
      let name = String(entry.name.dropLast(4))
      guard deferring else {
        return try NPY.parse(try archive.contents(entry, verify: true), name: name, limits: limits)
      }
      let head = archive.prefix(entry, NPY.longestHead(limits))
      return try head.withUnsafeBytes {
        try NPY.parse(
          $0, of: try archive.deferred(entry, verify: true), name: name, limits: limits)
      }
    }
    return WeightFile(format: .npz, tensors: tensors)
  }

  /// Writes arrays as an uncompressed `.npz`, atomically; numpy opens it with `numpy.load`.
  static func write(_ arrays: [NamedArray], to path: String) throws {
    var names: Set<String> = []
    for array in arrays {
      guard ZipDirectory.isName("\(array.name).npy"), names.insert(array.name).inserted else {
        throw WeightFileError.arrayName(array.name)
      }
    }
    try AtomicFile.write(to: path) { sink in
      var archive = ZipWriter()
      for array in arrays {
        try NPY.bytes(of: array).withUnsafeBytes {
          try archive.add("\(array.name).npy", $0, to: &sink)
        }
      }
      try archive.finish(to: &sink)
    }
  }
}
