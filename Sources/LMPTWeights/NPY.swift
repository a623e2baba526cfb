// NPY - reading and writing numpy array files.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// The `.npy` format, versions 1.0 to 3.0.
///
/// Accepted are plain numeric arrays in either byte order and either memory order; object and
/// structured arrays are refused. Source: numpy's `numpy.lib.format` documentation.
package enum NPY {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Reads one array; its bytes stay in the mapped file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limits: `npyHeader` and `rank` apply.
  /// - Returns: the array, named after the file.
  /// - Throws: `FileError` around `FileAccessError`, `NPYError` or `TensorError`.
  package static func read(_ path: String, limits: Limits = .default) throws -> StoredTensor {
    let file = try MappedFile(path: path)
    return try inFile(path) {
      try parse(
        TensorStorage(file.bytes, owner: file), name: WeightFile.stem(path), limits: limits)
    }
  }

  /// Reads one array from bytes that are already in memory.
  package static func parse(
    _ bytes: [UInt8], name: String = "array", limits: Limits = .default
  ) throws -> StoredTensor {
    try parse(TensorStorage(bytes), name: name, limits: limits)
  }

  static func parse(
    _ file: TensorStorage, name: String, limits: Limits
  ) throws -> StoredTensor {
    try parse(file.bytes, of: file, name: name, limits: limits)
  }

  /// Most bytes before an array's data: magic, version, the header's length, the header.
  static func longestHead(_ limits: Limits) -> Int { magic.count + 2 + 4 + limits.npyHeader }

  /// Reads the header in `head`, the file's first bytes.
  static func parse(
    _ head: UnsafeRawBufferPointer, of file: TensorStorage, name: String, limits: Limits
  ) throws -> StoredTensor {
    var reader = ByteReader(head)
    guard head.starts(with: magic) else {
      try StandInError.check(head)
      throw NPYError.magic
    }
    try reader.skip(magic.count)
    let (major, minor) = (try reader.u8(), try reader.u8())
    guard (1...3).contains(major), minor == 0 else {
      throw NPYError.version(major: major, minor: minor)
    }
    let length = major == 1 ? Int(try reader.u16LE()) : Int(try reader.u32LE())
    let limit = min(limits.npyHeader, reader.remaining)
    guard length <= limit else { throw NPYError.headerLength(declared: length, limit: limit) }
    let start = reader.offset
    var literal = NPYHeader(text: try reader.take(length), start: start)
    try literal.parse(rank: limits.rank)
    guard let (dtype, order) = NPYHeader.dtype(literal.descr) else {
      throw NPYError.dtype(literal.descr)
    }
    guard let size = checkedProduct(literal.shape, times: dtype.byteCount) else {
      throw TensorError.overflow(name: name)
    }
    let found = file.count - reader.offset
    guard size == found else { throw NPYError.dataSize(declared: size, found: found) }
    var strides: [Int]?
    if literal.fortranOrder {
      strides = StoredTensor.contiguousStrides(literal.shape.reversed()).reversed()
    }
    return try StoredTensor(
      name: name, dtype: dtype, shape: literal.shape, strides: strides, order: order,
      storage: file.dropping(reader.offset), limits: limits)
  }

  /// Writes single-precision values as a C-order, little-endian `.npy`, atomically.
  ///
  /// - Parameters:
  ///   - floats: the values, row-major.
  ///   - shape: sizes whose product is the number of values.
  ///   - path: the target.
  /// - Throws: `FileError` around `FileAccessError`.
  package static func write(_ floats: [Float], shape: [Int], to path: String) throws {
    try write(NamedArray("", floats: floats, shape: shape), to: path)
  }

  /// Writes double-precision values as `<f8`.
  package static func write(_ doubles: [Double], shape: [Int], to path: String) throws {
    try write(NamedArray("", doubles: doubles, shape: shape), to: path)
  }

  /// Writes bytes, for instance pixels, as `|u1`.
  package static func write(_ bytes: [UInt8], shape: [Int], to path: String) throws {
    try write(NamedArray("", bytes: bytes, shape: shape, as: .u8), to: path)
  }

  /// Writes integers as `<i8`.
  package static func write(_ integers: [Int], shape: [Int], to path: String) throws {
    try write(NamedArray("", integers: integers, shape: shape), to: path)
  }

  /// Writes an array in its own number format; bfloat16, which numpy lacks, widens to float32.
  package static func write(_ array: NamedArray, to path: String) throws {
    try AtomicFile.write(to: path) { sink in
      let (header, body) = prepare(array)
      try sink.write(header)
      try body.withStoredBytes { try sink.write($0) }
    }
  }

  /// The bytes of an array's `.npy` file.
  package static func bytes(of array: NamedArray) -> [UInt8] {
    var (out, body) = prepare(array)
    body.withStoredBytes { out.append(contentsOf: $0) }
    return out
  }

  /// What stands before the elements of a C-order array in little-endian bytes.
  ///
  /// Its length depends on the first size only beyond 20 digits, so that an array can grow.
  package static func header(dtype: DType, shape: [Int]) -> [UInt8] {
    NPYHeader.bytes(dtype: dtype, shape: shape)
  }

  private static func prepare(_ array: NamedArray) -> ([UInt8], NamedArray) {
    var body = array
    if array.dtype == .bf16 {
      let stored = array.withStoredBytes { bytes in
        (0..<array.count).map {
          HalfFloat.widen(
            bfloat: UInt16(
              littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)))
        }
      }
      body = NamedArray(array.name, floats: stored, shape: array.shape)
    }
    return (NPYHeader.bytes(dtype: body.dtype, shape: body.shape), body)
  }
}
