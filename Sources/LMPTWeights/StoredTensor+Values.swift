// StoredTensor+Values - a stored tensor's elements as Swift numbers.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

extension StoredTensor {
  /// Calls `body` with the elements, row-major, contiguous, little-endian, in the stored format.
  ///
  /// Copies only if the elements do not already lie so.
  package func withContiguousBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    precondition(storage.inflated == nil, "a deferred tensor is loaded() before it is read")
    let size = dtype.byteCount
    guard count > 0 else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    return try withExtendedLifetime(storage.owner) {
      if isContiguous, order == .little || size == 1 {
        let range = offset * size..<(offset + count) * size
        return try body(UnsafeRawBufferPointer(rebasing: storage.bytes[range]))
      }
      let gathered = OwnedBytes(count: count * size)
      switch size {
      case 1: gather(UInt8.self, into: gathered.buffer)
      case 2: gather(UInt16.self, into: gathered.buffer)
      case 4: gather(UInt32.self, into: gathered.buffer)
      default: gather(UInt64.self, into: gathered.buffer)
      }
      return try withExtendedLifetime(gathered) {
        try body(UnsafeRawBufferPointer(gathered.buffer))
      }
    }
  }

  /// Gives the physical memory of the tensor's part of a mapped file back to the system; the next
  /// read of it comes from the file again.
  package func giveBack() {
    guard let file = storage.owner as? MappedFile, count > 0, isContiguous else { return }
    let size = dtype.byteCount
    file.giveBack(
      UnsafeRawBufferPointer(rebasing: storage.bytes[offset * size..<(offset + count) * size]))
  }

  /// Copies strided or big-endian elements into row-major little-endian order.
  private func gather<Bits: FixedWidthInteger>(
    _ type: Bits.Type, into target: UnsafeMutableRawBufferPointer
  ) {
    let size = MemoryLayout<Bits>.size
    let rank = shape.count
    let (inner, innerStride) = rank > 0 ? (shape[rank - 1], strides[rank - 1]) : (1, 0)
    var index = [Int](repeating: 0, count: max(rank - 1, 0))
    var row = offset
    var written = 0
    // safety: init proved that every index of the shape lies inside the storage, and the target
    // has count elements, which the loop counts up to.
    while written < count {
      for step in 0..<inner {
        let place = (row &+ step &* innerStride) &* size
        let bits = storage.bytes.loadUnaligned(fromByteOffset: place, as: Bits.self)
        target.storeBytes(
          of: order == .big ? bits.byteSwapped : bits, toByteOffset: written &* size, as: Bits.self)
        written &+= 1
      }
      var axis = rank - 2
      while axis >= 0 {
        index[axis] += 1
        row += strides[axis]
        if index[axis] < shape[axis] { break }
        row -= shape[axis] * strides[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }

  /// Converts the elements to single precision into memory of the caller's.
  ///
  /// Half formats and integers up to 2^24 are exact; double precision and larger integers round to
  /// nearest even.
  ///
  /// - Parameter target: at least `count` floats.
  package func copyFloats(into target: UnsafeMutableBufferPointer<Float>) {
    precondition(target.count >= count, "the target is smaller than the tensor")
    guard count > 0, let out = target.baseAddress else { return }
    withContiguousBytes { bytes in
      guard let source = bytes.baseAddress else { return }
      switch dtype {
      case .f32: fill(out, source, UInt32.self) { Float(bitPattern: $0) }
      case .f64: fill(out, source, UInt64.self) { Float(Double(bitPattern: $0)) }
      case .f16: HalfFloat.widenHalves(source, out, count: count)
      case .bf16: HalfFloat.widenBFloats(source, out, count: count)
      case .i64: fill(out, source, Int64.self) { Float($0) }
      case .i32: fill(out, source, Int32.self) { Float($0) }
      case .i16: fill(out, source, Int16.self) { Float($0) }
      case .i8: fill(out, source, Int8.self) { Float($0) }
      case .u8: fill(out, source, UInt8.self) { Float($0) }
      case .bool: fill(out, source, UInt8.self) { $0 == 0 ? 0 : 1 }
      }
    }
  }

  @inline(__always)
  private func fill<Bits: FixedWidthInteger, Value>(
    _ out: UnsafeMutablePointer<Value>, _ source: UnsafeRawPointer, _ type: Bits.Type,
    _ convert: (Bits) -> Value
  ) {
    // safety: source holds count elements (withContiguousBytes), out was checked by the caller.
    for index in 0..<count {
      let bits = source.loadUnaligned(
        fromByteOffset: index &* MemoryLayout<Bits>.size, as: Bits.self)
      (out + index).initialize(to: convert(Bits(littleEndian: bits)))
    }
  }

  /// The elements as single precision, row-major; see `copyFloats(into:)` for rounding.
  public func floats() -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      copyFloats(into: buffer)
      initialized = count
    }
  }

  /// The elements as double precision, row-major; only integers beyond 2^53 are rounded.
  public func doubles() -> [Double] {
    guard dtype == .f64 || dtype == .i64 || dtype == .i32 else { return floats().map(Double.init) }
    return [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = count
      guard let out = buffer.baseAddress else { return }
      withContiguousBytes { bytes in
        guard let source = bytes.baseAddress else { return }
        switch dtype {
        case .f64: fill(out, source, UInt64.self) { Double(bitPattern: $0) }
        case .i64: fill(out, source, Int64.self) { Double($0) }
        default: fill(out, source, Int32.self) { Double($0) }
        }
      }
    }
  }

  /// The elements as integers, row-major.
  ///
  /// - Returns: the integers; `true` is 1.
  /// - Throws: `TensorError.notAnInteger` if a floating-point element has a fraction, is not
  ///   finite, or does not fit.
  public func integers() throws(TensorError) -> [Int] {
    if dtype.isFloatingPoint {
      var out: [Int] = []
      out.reserveCapacity(count)
      for (index, value) in doubles().enumerated() {
        guard let integer = Int(exactly: value) else {
          throw .notAnInteger(name: name, index: index)
        }
        out.append(integer)
      }
      return out
    }
    return [Int](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = count
      guard let out = buffer.baseAddress else { return }
      withContiguousBytes { bytes in
        guard let source = bytes.baseAddress else { return }
        switch dtype {
        case .i64: fill(out, source, Int64.self) { Int($0) }
        case .i32: fill(out, source, Int32.self) { Int($0) }
        case .i16: fill(out, source, Int16.self) { Int($0) }
        case .i8: fill(out, source, Int8.self) { Int($0) }
        case .u8: fill(out, source, UInt8.self) { Int($0) }
        default: fill(out, source, UInt8.self) { $0 == 0 ? 0 : 1 }
        }
      }
    }
  }
}
