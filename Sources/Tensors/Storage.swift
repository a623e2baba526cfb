// Storage - the memory of a tensor, and the pool that recycles it.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Memory that a tensor may borrow and that can be read again when it was given back: a mapped file.
package protocol RereadableMemory: AnyObject {
  /// Gives the physical memory of these bytes back; reading them brings them back.
  func giveBack(_ bytes: UnsafeRawBufferPointer)
}

/// Float memory owned by a tensor, or borrowed from a mapped file whose owner it keeps alive.
///
/// Written once, by the operation that creates the tensor, and never changed afterwards: sharing
/// is safe between threads and between tensors.
final class Storage: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>
  let count: Int
  private let capacity: Int
  private let owner: AnyObject?
  /// Packed forms of a frozen matrix, made at first use (Linear.swift).
  let packed = Mutex<[Transposition: PackedMatrix]>([:])

  /// Uninitialised memory for `count` elements, 64-byte aligned.
  init(count: Int) {
    (base, capacity) = BufferPool.take(count)
    self.count = count
    owner = nil
  }

  /// Borrows memory that `owner` keeps alive, such as a mapped weight file.
  init(borrowing base: UnsafePointer<Float>, count: Int, owner: AnyObject) {
    self.base = UnsafeMutablePointer(mutating: base)
    self.count = count
    self.owner = owner
    capacity = 0
  }

  /// After packing nobody reads a frozen weight for a long time: its copy in a mapped file need not
  /// stay in memory.
  func giveBackIfRereadable() {
    guard let owner = owner as? any RereadableMemory else { return }
    owner.giveBack(UnsafeRawBufferPointer(start: base, count: count * 4))
  }

  deinit {
    if owner == nil { BufferPool.give(base, capacity: capacity) }
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
    if !kept { UnsafeMutableRawPointer(pointer).deallocate() }
  }
}
