// SafetensorsWriter - writing safetensors files.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

extension Safetensors {
  /// Writes arrays to a file, atomically.
  ///
  /// The bytes are those that the format's own writer produces: tensors by falling element size,
  /// then by name, so that each is aligned; a compact header padded with spaces to eight bytes;
  /// metadata first, sorted by key.
  ///
  /// - Parameters:
  ///   - arrays: the tensors; names must differ.
  ///   - metadata: strings for `__metadata__`; left out when empty.
  ///   - path: the target.
  /// - Throws: `SafetensorsError.duplicateName`, or `FileError` around `FileAccessError`.
  package static func write(
    _ arrays: [NamedArray], metadata: [String: String] = [:], to path: String
  ) throws {
    let (header, order) = try layout(arrays, metadata)
    try AtomicFile.write(to: path) { sink in
      try sink.write(header)
      for array in order { try array.withStoredBytes { try sink.write($0) } }
    }
  }

  /// The bytes of a safetensors file.
  ///
  /// - Throws: `SafetensorsError.duplicateName`.
  package static func bytes(
    of arrays: [NamedArray], metadata: [String: String] = [:]
  ) throws -> [UInt8] {
    var (out, order) = try layout(arrays, metadata)
    for array in order { array.withStoredBytes { out.append(contentsOf: $0) } }
    return out
  }

  private static func layout(
    _ arrays: [NamedArray], _ metadata: [String: String]
  ) throws(SafetensorsError) -> ([UInt8], [NamedArray]) {
    let order = arrays.sorted { a, b in
      let (rankA, rankB) = (rank(a.dtype), rank(b.dtype))
      return rankA == rankB
        ? a.name.utf8.lexicographicallyPrecedes(b.name.utf8) : rankA > rankB
    }
    var names: Set<String> = ["__metadata__"]
    var object = JSON.Object()
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }
      object["__metadata__"] = .object(pairs.map { (key: $0.key, value: .string($0.value)) })
    }
    var position = 0
    for array in order {
      guard names.insert(array.name).inserted else { throw .duplicateName(array.name) }
      let end = position + array.byteCount
      object[array.name] = [
        "dtype": .string(array.dtype.rawValue),
        "shape": .array(array.shape.map(JSON.integer)),
        "data_offsets": [.integer(position), .integer(end)],
      ]
      position = end
    }
    var text = Array(JSON.object(object).text().utf8)
    while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
    let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    return (length + text, order)
  }

  /// The order of formats in the format's own writer.
  private static func rank(_ dtype: DType) -> Int {
    let order: [DType] = [.bool, .u8, .i8, .i16, .f16, .bf16, .i32, .f32, .f64, .i64]
    return order.firstIndex(of: dtype) ?? 0
  }
}
