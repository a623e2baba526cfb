// StoredTensor - one tensor of a file: its description, and its bytes where they lie.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Bytes that a file's tensors share, and the object that keeps them valid.
struct TensorStorage: @unchecked Sendable {
  /// The bytes; immutable while `owner` lives. Empty where they are still to be inflated.
  let bytes: UnsafeRawBufferPointer
  /// The mapped file or the array that owns them.
  let owner: AnyObject
  /// How many bytes there are, or will be.
  let count: Int
  /// Makes the bytes of an entry of an archive that has not been opened.
  let inflated: (@Sendable () throws -> TensorStorage)?

  /// Bytes inside something that `owner` keeps alive.
  init(_ bytes: UnsafeRawBufferPointer, owner: AnyObject) {
    self.bytes = bytes
    self.owner = owner
    count = bytes.count
    inflated = nil
  }

  /// `count` bytes that `inflated` makes when they are wanted.
  init(count: Int, owner: AnyObject, inflated: @escaping @Sendable () throws -> TensorStorage) {
    bytes = UnsafeRawBufferPointer(start: nil, count: 0)
    self.owner = owner
    self.count = count
    self.inflated = inflated
  }

  /// The bytes from `start` on.
  func dropping(_ start: Int) -> TensorStorage {
    guard let inflated else {
      return TensorStorage(UnsafeRawBufferPointer(rebasing: bytes[start...]), owner: owner)
    }
    return TensorStorage(count: count - start, owner: owner) { try inflated().dropping(start) }
  }

  /// A storage that owns a copy.
  init(_ bytes: [UInt8]) {
    let box = OwnedBytes(bytes)
    self.init(UnsafeRawBufferPointer(box.buffer), owner: box)
  }
}

/// Heap bytes with a stable address, aligned for every element type.
final class OwnedBytes: @unchecked Sendable {
  let buffer: UnsafeMutableRawBufferPointer

  init(count: Int) { buffer = .allocate(byteCount: count, alignment: 64) }

  convenience init(_ bytes: [UInt8]) {
    self.init(count: bytes.count)
    buffer.copyBytes(from: bytes)
  }

  deinit { buffer.deallocate() }
}

/// How a tensor's multi-byte elements lie in the file.
enum ByteOrder: Sendable {
  case little
  case big
}

/// One tensor of a file.
///
/// The description has been checked when the tensor exists: reading its elements never leaves the
/// stored bytes. Values are converted when they are asked for, not before.
public struct StoredTensor: Sendable {
  /// The tensor's name in the file.
  public let name: String
  /// The stored number format.
  public let dtype: DType
  /// Sizes of the dimensions; empty for a scalar.
  public let shape: [Int]
  /// Number of elements.
  public let count: Int

  let strides: [Int]
  let offset: Int
  let order: ByteOrder
  let storage: TensorStorage

  /// Elements that may be read from one repeated storage (64 MiB as float32).
  static let expansionLimit = 1 << 24

  /// Describes a tensor inside a storage.
  ///
  /// `strides` are steps in elements per dimension, `nil` for row-major contiguous; `offset` is
  /// the position of the first element in the storage, in elements. Throws when the description
  /// does not fit the storage.
  init(
    name: String, dtype: DType, shape: [Int], strides: [Int]? = nil, offset: Int = 0,
    order: ByteOrder = .little, storage: TensorStorage, limits: Limits
  ) throws(TensorError) {
    guard shape.count <= limits.rank else {
      throw .rank(name: name, found: shape.count, limit: limits.rank)
    }
    if let bad = (shape + (strides ?? []) + [offset]).first(where: { $0 < 0 }) {
      throw .negative(name: name, value: bad)
    }
    guard let count = checkedProduct(shape), checkedProduct(shape, times: 8) != nil else {
      throw .overflow(name: name)
    }
    let strides = strides ?? StoredTensor.contiguousStrides(shape)
    if count > 0 {
      var last = offset
      for (size, stride) in zip(shape, strides) {
        let (span, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
        let (next, overflow2) = last.addingReportingOverflow(span)
        guard !overflow, !overflow2 else { throw .overflow(name: name) }
        last = next
      }
      let (end, overflow) = last.addingReportingOverflow(1)
      let (needed, overflow2) = end.multipliedReportingOverflow(by: dtype.byteCount)
      guard !overflow, !overflow2 else { throw .overflow(name: name) }
      guard needed <= storage.count else {
        throw .outOfBounds(name: name, needed: needed, stored: storage.count)
      }
      // safety: a stride of 0 lets one stored element stand for any number of elements.
      let stored = storage.count / dtype.byteCount
      guard count <= max(stored, StoredTensor.expansionLimit) else {
        throw .expansion(name: name, elements: count, limit: StoredTensor.expansionLimit)
      }
    }
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.count = count
    self.strides = strides
    self.offset = offset
    self.order = order
    self.storage = storage
  }

  private init(_ other: StoredTensor, name: String, storage: TensorStorage) {
    self.name = name
    dtype = other.dtype
    shape = other.shape
    count = other.count
    strides = other.strides
    offset = other.offset
    order = other.order
    self.storage = storage
  }

  /// The same tensor under another name.
  package func renamed(_ name: String) -> StoredTensor {
    StoredTensor(self, name: name, storage: storage)
  }

  /// The tensor with its bytes in memory, which a file that was read with `deferring` may still
  /// have compressed; the tensor itself where they already are.
  ///
  /// - Throws: the archive's error when the bytes are damaged.
  package func loaded() throws -> StoredTensor {
    guard let inflated = storage.inflated else { return self }
    return StoredTensor(self, name: name, storage: try inflated())
  }

  /// Row-major strides; the shape's product is known not to overflow.
  static func contiguousStrides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    var step = 1
    for axis in shape.indices.reversed() {
      strides[axis] = step
      step = step.multipliedReportingOverflow(by: max(shape[axis], 1)).partialValue
    }
    return strides
  }

  /// Whether elements follow each other in row-major order.
  var isContiguous: Bool {
    count <= 1
      || zip(shape, zip(strides, StoredTensor.contiguousStrides(shape)))
        .allSatisfy { size, step in size == 1 || step.0 == step.1 }
  }

  /// The tensor's float32 values where they lie, without a copy.
  ///
  /// Not `nil` when the tensor is stored as contiguous float32 of this machine's byte order at an
  /// aligned address, as safetensors files and torch archives are. The pointer is valid for
  /// `count` elements while the owner is kept alive.
  package var contiguousFloats: (UnsafePointer<Float>, owner: AnyObject)? {
    #if _endian(little)
      guard dtype == .f32, order == .little, isContiguous, count > 0,
        let start = storage.bytes.baseAddress
      else { return nil }
      // safety: bounds were checked by init; alignment is checked here.
      let first = start + 4 * offset
      guard UInt(bitPattern: first) % 4 == 0 else { return nil }
      return (first.assumingMemoryBound(to: Float.self), storage.owner)
    #else
      return nil
    #endif
  }
}
