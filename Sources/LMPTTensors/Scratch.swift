// Scratch - temporary memory of a thread: a stack that grows to what was needed once.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Lends `count` uninitialised floats, 64-byte aligned, with a vector's slack behind them.
///
/// Memory comes from the thread's own stack of scratch memory: after the first call of a kind
/// nothing is allocated.
@inline(__always)
func withScratch<Result>(
  _ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Result
) -> Result {
  let state = ThreadState.current
  let lent = state.push(count)
  defer { state.pop(lent) }
  return body(lent.memory)
}

/// What a thread keeps for itself.
final class ThreadState {
  /// A loan from the scratch stack.
  struct Loan {
    let memory: UnsafeMutablePointer<Float>
    let floats: Int
    /// Allocated because the stack was too small; freed when it is given back.
    let isOwn: Bool
  }

  /// Whether the thread is running a task of `parallel`; nested calls then run in it.
  var isInTask = false

  /// The most threads that worked on a job of this thread; see `Threads.together`.
  var together = 1

  private var base: UnsafeMutablePointer<Float>?
  private var capacity = 0
  private var used = 0
  private var wanted = 0

  deinit { freeBytes(base) }

  /// Gives the scratch stack back, unless some of it is lent.
  func giveBack() {
    guard used == 0 else { return }
    freeBytes(base)
    base = nil
    (capacity, wanted) = (0, 0)
  }

  func push(_ count: Int) -> Loan {
    let floats = (count &+ 16 &+ 15) & ~15
    used &+= floats
    wanted = max(wanted, used)
    if let base, used <= capacity {
      return Loan(memory: base + (used &- floats), floats: floats, isOwn: false)
    }
    return Loan(memory: allocateFloats(floats), floats: floats, isOwn: true)
  }

  func pop(_ loan: Loan) {
    used &-= loan.floats
    if loan.isOwn { freeBytes(loan.memory) }
    if used == 0, wanted > capacity {
      freeBytes(base)
      capacity = wanted &+ wanted / 8
      base = allocateFloats(capacity)
    }
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    #if canImport(Darwin)
      pthread_key_create(&key) { Unmanaged<ThreadState>.fromOpaque($0).release() }
    #else
      pthread_key_create(&key) { raw in
        if let raw { Unmanaged<ThreadState>.fromOpaque(raw).release() }
      }
    #endif
    return key
  }()

  /// This thread's state, made at first use and released when the thread ends.
  static var current: ThreadState {
    if let raw = pthread_getspecific(key) {
      // safety: the key holds only retained references to ThreadState.
      return Unmanaged<ThreadState>.fromOpaque(raw).takeUnretainedValue()
    }
    let state = ThreadState()
    pthread_setspecific(key, Unmanaged.passRetained(state).toOpaque())
    return state
  }
}

/// Blocks of float memory taken from the system so far: a layer takes none after its first call.
let blocksFromSystem = Atomic<Int>(0)

/// Uninitialised memory aligned to a cache line; large blocks to huge pages, which are asked for.
func allocateFloats(_ count: Int) -> UnsafeMutablePointer<Float> {
  blocksFromSystem.wrappingAdd(1, ordering: .relaxed)
  let bytes = count &* 4
  let huge = 2 << 20
  let raw = allocateBytes(bytes, alignment: bytes >= huge ? huge : 64)
  #if os(Linux)
    if bytes >= huge { madvise(raw, bytes, 14) }  // MADV_HUGEPAGE; a refusal changes only speed
  #endif
  return raw.bindMemory(to: Float.self, capacity: count)
}
