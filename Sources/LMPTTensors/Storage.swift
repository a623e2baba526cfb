// Storage - the memory of a tensor, and the pool that recycles it.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Memory that a tensor may borrow and that can be read again when it was given back: a mapped file.
package protocol RereadableMemory: AnyObject {
  /// Gives the physical memory of these bytes back; reading them brings them back.
  func giveBack(_ bytes: UnsafeRawBufferPointer)
}

/// Values that are somewhere else until they are wanted: half precision in a weight file.
package struct DeferredValues: Sendable {
  /// Writes all values.
  let fill: @Sendable (UnsafeMutablePointer<Float>) -> Void
  /// Tells the source that its memory is not needed for some time.
  let giveBack: @Sendable () -> Void

  /// Values that `fill` writes, as often as they are wanted.
  package init(
    fill: @escaping @Sendable (UnsafeMutablePointer<Float>) -> Void,
    giveBack: @escaping @Sendable () -> Void
  ) {
    (self.fill, self.giveBack) = (fill, giveBack)
  }
}

/// Deferred values, written at most once into memory that stays.
private final class DeferredMemory: Sendable {
  let values: DeferredValues
  private let made = Mutex<(UInt, capacity: Int)?>(nil)

  init(_ values: DeferredValues) { self.values = values }

  /// The values in memory, if somebody wanted them to stay.
  var existing: UnsafeMutablePointer<Float>? {
    made.withLock { $0.flatMap { UnsafeMutablePointer(bitPattern: $0.0) } }
  }

  func memory(_ count: Int) -> UnsafeMutablePointer<Float> {
    made.withLock { made in
      if let base = made.flatMap({ UnsafeMutablePointer<Float>(bitPattern: $0.0) }) { return base }
      let (base, capacity) = BufferPool.take(count)
      values.fill(base)
      values.giveBack()
      made = (UInt(bitPattern: base), capacity)
      return base
    }
  }

  deinit {
    made.withLock { made in
      guard let (address, capacity) = made,
        let base = UnsafeMutablePointer<Float>(bitPattern: address)
      else { return }
      BufferPool.give(base, capacity: capacity)
    }
  }
}

/// Float memory owned by a tensor, or borrowed from a mapped file whose owner it keeps alive.
///
/// Written once, by the operation that creates the tensor, and never changed afterwards: sharing
/// is safe between threads and between tensors.
final class Storage: @unchecked Sendable {
  let count: Int
  /// Nil where the values are deferred.
  private let direct: UnsafeMutablePointer<Float>?
  private let deferred: DeferredMemory?
  private let capacity: Int
  private let owner: AnyObject?
  /// Packed forms of a frozen matrix, made at first use (Linear.swift).
  let packed = Mutex<[Transposition: PackedMatrix]>([:])

  /// Uninitialised memory for `count` elements, 64-byte aligned.
  init(count: Int) {
    (direct, capacity) = BufferPool.take(count)
    self.count = count
    deferred = nil
    owner = nil
  }

  /// Borrows memory that `owner` keeps alive, such as a mapped weight file.
  init(borrowing base: UnsafePointer<Float>, count: Int, owner: AnyObject) {
    direct = UnsafeMutablePointer(mutating: base)
    self.count = count
    self.owner = owner
    deferred = nil
    capacity = 0
  }

  /// Values that take no memory until they are wanted.
  init(deferring values: DeferredValues, count: Int) {
    direct = nil
    deferred = DeferredMemory(values)
    self.count = count
    owner = nil
    capacity = 0
  }

  /// The elements; deferred ones stay in memory from here on.
  @inline(__always)
  var base: UnsafeMutablePointer<Float> {
    if let direct { return direct }
    return deferredBase
  }

  @inline(never)
  private var deferredBase: UnsafeMutablePointer<Float> {
    guard let deferred else { fatalError("a storage without memory") }
    return deferred.memory(count)
  }

  /// Lends the elements for a moment: deferred ones do not stay, which would hold a weight twice
  /// once it is packed.
  func withElements<Result>(_ body: (UnsafePointer<Float>) -> Result) -> Result {
    guard let deferred, deferred.existing == nil else { return body(UnsafePointer(base)) }
    let (memory, capacity) = BufferPool.take(count)
    defer { BufferPool.give(memory, capacity: capacity) }
    deferred.values.fill(memory)
    return body(UnsafePointer(memory))
  }

  /// After packing nobody reads a frozen weight for a long time: its copy in a mapped file need not
  /// stay in memory.
  func giveBackIfRereadable() {
    deferred?.values.giveBack()
    guard let owner = owner as? any RereadableMemory else { return }
    let base = base
    owner.giveBack(UnsafeRawBufferPointer(start: base, count: count * 4))
  }

  deinit {
    if owner == nil, let direct { BufferPool.give(direct, capacity: capacity) }
  }
}

/// Recycles tensor memory, so that a training loop allocates nothing after its first step.
///
/// Buffers are kept by size class; fresh pages from the system cost more than most of the
/// arithmetic done in them.
enum BufferPool {
  /// Most bytes kept for reuse, enough for a step of 80 prompts; what comes back beyond it goes to
  /// the system.
  static let keepBytes = 512 << 20

  private struct Shelf {
    var free: [Int: [UnsafeMutablePointer<Float>]] = [:]
    var bytes = 0
  }
  // safety: the pointers on the shelf belong to nobody else.
  nonisolated(unsafe) private static var shelf = Shelf()
  private static let lock = Mutex(())

  /// Rounds up to one of eight classes per power of two, at most an eighth too large.
  static func sizeClass(_ count: Int) -> Int {
    let wanted = max(count, 16)
    let step = max(16, (1 << (Int.bitWidth - 1 - wanted.leadingZeroBitCount)) / 8)
    return (wanted + step - 1) / step * step
  }

  static func take(_ count: Int) -> (UnsafeMutablePointer<Float>, capacity: Int) {
    let capacity = sizeClass(count)
    let recycled = lock.withLock { _ -> UnsafeMutablePointer<Float>? in
      guard let pointer = shelf.free[capacity]?.popLast() else { return nil }
      shelf.bytes -= capacity * 4
      return pointer
    }
    if let recycled { return (recycled, capacity) }
    return (allocateFloats(capacity), capacity)
  }

  static func give(_ pointer: UnsafeMutablePointer<Float>, capacity: Int) {
    let kept = lock.withLock { _ -> Bool in
      guard shelf.bytes + capacity * 4 <= keepBytes else { return false }
      shelf.free[capacity, default: []].append(pointer)
      shelf.bytes += capacity * 4
      return true
    }
    if !kept { freeBytes(pointer) }
  }

  /// Whether memory of this size class is on the shelf.
  static func holds(_ capacity: Int) -> Bool {
    lock.withLock { _ in shelf.free[capacity]?.isEmpty == false }
  }

  /// Gives everything on the shelf back to the system.
  static func empty() {
    let free = lock.withLock { _ -> Shelf in
      defer { shelf = Shelf() }
      return shelf
    }
    for pointer in free.free.values.joined() { freeBytes(pointer) }
  }
}
