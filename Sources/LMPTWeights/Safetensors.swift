// Safetensors - reading and writing safetensors files.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// The safetensors format: eight bytes of header length, a JSON header, the tensors' bytes.
///
/// docs/Formats.md states what is accepted. Source: the format section of
/// https://github.com/huggingface/safetensors, whose own reader makes the same demands.
package enum Safetensors {
  /// Reads a file; the tensors' bytes stay in the mapped file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limits: `safetensorsHeader`, `tensors` and `rank` apply.
  /// - Returns: the tensors in the header's order and the metadata.
  /// - Throws: `FileError` around `FileAccessError`, `SafetensorsError` or `TensorError`.
  package static func read(_ path: String, limits: Limits = .default) throws -> WeightFile {
    let file = try MappedFile(path: path)
    return try inFile(path) {
      try parse(TensorStorage(file.bytes, owner: file), limits: limits)
    }
  }

  /// Reads safetensors bytes that are already in memory.
  package static func parse(_ bytes: [UInt8], limits: Limits = .default) throws -> WeightFile {
    try parse(TensorStorage(bytes), limits: limits)
  }

  static func parse(_ file: TensorStorage, limits: Limits) throws -> WeightFile {
    var reader = ByteReader(file.bytes)
    guard file.bytes.count >= 8 else { throw SafetensorsError.tooShort(found: file.bytes.count) }
    let declared = try reader.u64LE()
    let limit = min(limits.safetensorsHeader, reader.remaining)
    guard declared <= UInt64(limit) else {
      try StandInError.check(file.bytes)
      throw SafetensorsError.headerLength(declared: declared, limit: limit)
    }
    let text = try reader.take(Int(declared))
    guard let first = text.first else {
      throw SafetensorsError.headerLength(declared: 0, limit: limit)
    }
    guard first == UInt8(ascii: "{") else { throw SafetensorsError.headerStart(found: first) }
    let header: JSON
    do {
      header = try JSON.parse(text, limits: limits)
    } catch {
      throw SafetensorsError.headerJSON(error)
    }
    let data = TensorStorage(try reader.take(reader.remaining), owner: file.owner)
    return try tensors(of: header.object?.members ?? [], in: data, limits: limits)
  }

  private struct Span {
    var name: String
    var begin: Int
    var end: Int
  }

  private static func tensors(
    of members: [JSON.Object.Member], in data: TensorStorage, limits: Limits
  ) throws -> WeightFile {
    guard members.count <= limits.tensors else {
      throw SafetensorsError.tooManyTensors(found: members.count, limit: limits.tensors)
    }
    var metadata: [String: String] = [:]
    var tensors: [StoredTensor] = []
    var spans: [Span] = []
    for member in members {
      if member.key == "__metadata__" {
        guard let object = member.value.object else { throw SafetensorsError.metadata }
        try SafetensorsError.check(metadata: object, limits)
        metadata.reserveCapacity(object.members.count)
        for pair in object.members {
          guard let text = pair.value.string else { throw SafetensorsError.metadata }
          metadata[pair.key] = text
        }
        continue
      }
      let (tensor, span) = try entry(member, in: data, limits: limits)
      tensors.append(tensor)
      spans.append(span)
    }
    // safety: neither holes, where bytes could hide, nor overlaps, which could multiply the file.
    spans.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
    var position = 0
    for span in spans {
      guard span.begin == position else {
        throw SafetensorsError.layout(name: span.name, expected: position, found: span.begin)
      }
      position = span.end
    }
    guard position == data.bytes.count else {
      throw SafetensorsError.layout(
        name: "the file's end", expected: position, found: data.bytes.count)
    }
    return WeightFile(format: .safetensors, tensors: tensors, metadata: metadata)
  }

  private static func entry(
    _ member: JSON.Object.Member, in data: TensorStorage, limits: Limits
  ) throws -> (StoredTensor, Span) {
    let name = member.key
    guard let text = member.value["dtype"]?.string else {
      throw SafetensorsError.entry(name: name, key: "dtype")
    }
    guard text.utf8.count < 16, let dtype = DType(rawValue: text) else {
      throw SafetensorsError.dtype(name: name, found: text)
    }
    let shape = try integers(member, "shape")
    let offsets = try integers(member, "data_offsets")
    guard offsets.count == 2 else { throw SafetensorsError.entry(name: name, key: "data_offsets") }
    let (begin, end) = (offsets[0], offsets[1])
    guard begin <= end, end <= data.bytes.count else {
      throw SafetensorsError.offsets(name: name, begin: begin, end: end, data: data.bytes.count)
    }
    guard let size = checkedProduct(shape, times: dtype.byteCount) else {
      throw TensorError.overflow(name: name)
    }
    guard size == end - begin else {
      throw SafetensorsError.size(name: name, declared: size, found: end - begin)
    }
    let bytes = UnsafeRawBufferPointer(rebasing: data.bytes[begin..<end])
    let tensor = try StoredTensor(
      name: name, dtype: dtype, shape: shape, storage: TensorStorage(bytes, owner: data.owner),
      limits: limits)
    return (tensor, Span(name: name, begin: begin, end: end))
  }

  private static func integers(_ member: JSON.Object.Member, _ key: String) throws -> [Int] {
    guard let array = member.value[key]?.array else {
      throw SafetensorsError.entry(name: member.key, key: key)
    }
    return try array.map {
      guard let value = $0.int, value >= 0 else {
        throw SafetensorsError.entry(name: member.key, key: key)
      }
      return value
    }
  }
}
