// TorchFile - writing .pt files that torch.load(weights_only=True) opens.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Writes torch archives.
package enum TorchFile {
  /// Writes arrays as the state dict (`OrderedDict` of tensors) of a `.pt` file, atomically.
  ///
  /// `torch.load(path, weights_only=True)` and `model.load_state_dict` accept the file; it needs no
  /// class of anybody's. Equal arrays give equal bytes.
  ///
  /// - Parameters:
  ///   - arrays: the tensors, in the order of the dictionary; names must differ.
  ///   - path: the target.
  /// - Throws: `TorchError.duplicateName`; `ZipError.tooLarge` beyond 4 GiB; `FileError` around
  ///   `FileAccessError`.
  package static func write(_ arrays: [NamedArray], to path: String) throws {
    var names: Set<String> = []
    for array in arrays where !names.insert(array.name).inserted {
      throw TorchError.duplicateName(array.name)
    }
    try AtomicFile.write(to: path) { sink in
      var archive = ZipWriter()
      try add("data.pkl", PickleWriter.stateDict(arrays), to: &archive, &sink)
      try add("byteorder", Array("little".utf8), to: &archive, &sink)
      for (key, array) in arrays.enumerated() {
        try array.withStoredBytes { try archive.add("archive/data/\(key)", $0, to: &sink) }
      }
      try add("version", Array("3\n".utf8), to: &archive, &sink)
      try archive.finish(to: &sink)
    }
  }

  private static func add(
    _ name: String, _ bytes: [UInt8], to archive: inout ZipWriter, _ sink: inout AtomicFile.Sink
  ) throws {
    try bytes.withUnsafeBytes { try archive.add("archive/\(name)", $0, to: &sink) }
  }
}

/// The pickle of a state dict, protocol 2, as torch's own pickler lays it out.
private enum PickleWriter {
  static func stateDict(_ arrays: [NamedArray]) -> [UInt8] {
    var out: [UInt8] = [0x80, 2]
    // collections.OrderedDict, memoised as 0 because every tensor's hooks are an empty one.
    out += global("collections", "OrderedDict") + put(0) + Array(")R".utf8)
    if !arrays.isEmpty { out += Array("(".utf8) }
    for (key, array) in arrays.enumerated() {
      out += string(array.name)
      out += key == 0 ? global("torch._utils", "_rebuild_tensor_v2") + put(1) : get(1)
      out += Array("((".utf8)
      out += string("storage") + global("torch", storage(array.dtype)) + string(String(key))
      out += string("cpu") + integer(array.count) + Array("tQ".utf8)
      out += integer(0) + tuple(array.shape) + tuple(StoredTensor.contiguousStrides(array.shape))
      out += [0x89] + get(0) + Array(")RtR".utf8)
    }
    if !arrays.isEmpty { out += Array("u".utf8) }
    return out + Array(".".utf8)
  }

  private static func global(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8)
  }

  private static func put(_ index: UInt8) -> [UInt8] { [0x71, index] }
  private static func get(_ index: UInt8) -> [UInt8] { [0x68, index] }

  private static func string(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    return [0x58] + little(bytes.count, 4) + bytes
  }

  private static func integer(_ value: Int) -> [UInt8] {
    switch value {
    case 0...0xFF: [0x4B, UInt8(value)]
    case 0...0x7FFF_FFFF: [0x4A] + little(value, 4)
    default: [0x8A, 8] + little(value, 8)
    }
  }

  private static func tuple(_ values: [Int]) -> [UInt8] {
    values.isEmpty ? Array(")".utf8) : Array("(".utf8) + values.flatMap(integer) + Array("t".utf8)
  }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func storage(_ dtype: DType) -> String {
    switch dtype {
    case .f64: "DoubleStorage"
    case .f32: "FloatStorage"
    case .f16: "HalfStorage"
    case .bf16: "BFloat16Storage"
    case .i64: "LongStorage"
    case .i32: "IntStorage"
    case .i16: "ShortStorage"
    case .i8: "CharStorage"
    case .u8: "ByteStorage"
    case .bool: "BoolStorage"
    }
  }
}
