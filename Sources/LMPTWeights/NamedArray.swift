// NamedArray - a tensor to be written: name, format, shape and values.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// What the writers of this module take.
///
/// Values are converted to the stored format while they are written, so nothing is held twice.
public struct NamedArray: Sendable {
  /// The values in the form the caller has them.
  enum Values: Sendable {
    case floats([Float])
    case doubles([Double])
    case integers([Int])
    case bytes([UInt8])
    case stored(StoredTensor)
  }

  /// The tensor's name in the file.
  public let name: String
  /// The number format in the file.
  public let dtype: DType
  /// Sizes of the dimensions; empty for a scalar.
  public let shape: [Int]
  let values: Values

  private init(_ name: String, _ dtype: DType, _ shape: [Int], count: Int, _ values: Values) {
    guard checkedProduct(shape) == count else {
      fatalError("\(count) values do not fill shape \(shape)")
    }
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.values = values
  }

  /// Single-precision values.
  ///
  /// - Parameters:
  ///   - name: the name in the file.
  ///   - floats: the values, row-major.
  ///   - shape: sizes whose product is the number of values; one dimension if `nil`.
  ///   - dtype: a floating-point format; narrower ones round to nearest even.
  public init(_ name: String, floats: [Float], shape: [Int]? = nil, as dtype: DType = .f32) {
    guard dtype.isFloatingPoint else {
      fatalError("floating-point values need a floating-point format")
    }
    self.init(name, dtype, shape ?? [floats.count], count: floats.count, .floats(floats))
  }

  /// Double-precision values; 16-bit formats are rounded from their single-precision value.
  public init(_ name: String, doubles: [Double], shape: [Int]? = nil, as dtype: DType = .f64) {
    guard dtype.isFloatingPoint else {
      fatalError("floating-point values need a floating-point format")
    }
    self.init(name, dtype, shape ?? [doubles.count], count: doubles.count, .doubles(doubles))
  }

  /// Integers, all of which must fit the integer format.
  public init(_ name: String, integers: [Int], shape: [Int]? = nil, as dtype: DType = .i64) {
    guard !dtype.isFloatingPoint else { fatalError("integers need an integer format") }
    self.init(name, dtype, shape ?? [integers.count], count: integers.count, .integers(integers))
  }

  /// Bytes that already have the stored format, little-endian.
  public init(_ name: String, bytes: [UInt8], shape: [Int], as dtype: DType) {
    let count = bytes.count / dtype.byteCount
    guard count * dtype.byteCount == bytes.count else {
      fatalError("the bytes end inside an element")
    }
    self.init(name, dtype, shape, count: count, .bytes(bytes))
  }

  /// A tensor of a file, copied bit by bit.
  public init(_ tensor: StoredTensor, name: String? = nil) {
    self.init(
      name ?? tensor.name, tensor.dtype, tensor.shape, count: tensor.count, .stored(tensor))
  }

  /// The same tensor under another name.
  package func renamed(_ name: String) -> NamedArray {
    NamedArray(name, dtype, shape, count: count, values)
  }

  /// Number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// Number of stored bytes.
  var byteCount: Int { count * dtype.byteCount }

  /// Calls `body` with the values in the stored format, little-endian.
  func withStoredBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    switch values {
    case .bytes(let bytes): return try bytes.withUnsafeBytes(body)
    case .stored(let tensor): return try tensor.withContiguousBytes(body)
    case .floats(let floats):
      switch dtype {
      case .f64: return try pack(floats, body) { Double($0).bitPattern }
      case .f16: return try pack(floats, body) { HalfFloat.narrowToHalf($0) }
      case .bf16: return try pack(floats, body) { HalfFloat.narrowToBFloat($0) }
      default: return try pack(floats, body) { $0.bitPattern }
      }
    case .doubles(let doubles):
      switch dtype {
      case .f64: return try pack(doubles, body) { $0.bitPattern }
      case .f16: return try pack(doubles, body) { HalfFloat.narrowToHalf(Float($0)) }
      case .bf16: return try pack(doubles, body) { HalfFloat.narrowToBFloat(Float($0)) }
      default: return try pack(doubles, body) { Float($0).bitPattern }
      }
    case .integers(let integers):
      switch dtype {
      case .i32: return try pack(integers, body) { Int32($0) }
      case .i16: return try pack(integers, body) { Int16($0) }
      case .i8: return try pack(integers, body) { Int8($0) }
      case .u8: return try pack(integers, body) { UInt8($0) }
      case .bool: return try pack(integers, body) { $0 == 0 ? UInt8(0) : 1 }
      default: return try pack(integers, body) { Int64($0) }
      }
    }
  }

  private func pack<Value, Bits: FixedWidthInteger, R>(
    _ values: [Value], _ body: (UnsafeRawBufferPointer) throws -> R, _ bits: (Value) -> Bits
  ) rethrows -> R {
    let packed = [Bits](unsafeUninitializedCapacity: values.count) { buffer, initialized in
      for index in values.indices { buffer[index] = bits(values[index]).littleEndian }
      initialized = values.count
    }
    return try packed.withUnsafeBytes(body)
  }
}
