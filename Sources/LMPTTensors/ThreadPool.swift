// ThreadPool - parallel(tasks): one pool for the whole program, tasks drawn one by one.
// SPDX-License-Identifier: Apache-2.0

import LMPTKernelsBaseline
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How many threads the program computes with.
public enum Threads {
  private static let chosen = Atomic<Int>(0)

  /// Threads used by `parallel`, at least 1; all cores unless set (`--threads`).
  ///
  /// Results do not depend on it: rows and tiles are split among threads, sums never are.
  public static var count: Int {
    get {
      let value = chosen.load(ordering: .relaxed)
      return value == 0 ? cores : value
    }
    set { chosen.store(max(1, newValue), ordering: .relaxed) }
  }

  /// Threads that a call of `parallel` from here may use: 1 inside a task.
  static var free: Int { ThreadState.current.isInTask ? 1 : count }

  /// The most threads that worked together on a call of `parallel` inside `body`; 1 when no worker of
  /// the pool drew a task. Nothing in a result depends on it: it is how a test knows that it compared
  /// what it says.
  package static func together<Result>(_ body: () throws -> Result) rethrows -> (Result, Int) {
    let state = ThreadState.current
    let before = state.together
    defer { state.together = before }
    state.together = 1
    return (try body(), state.together)
  }
}

/// Calls `body` once for every index in 0..<tasks, on the pool's threads and this one.
///
/// Indices are drawn one at a time, so unequal tasks balance. Calls from inside a task, and calls
/// while another thread has the pool, run in this thread. Tasks must not depend on each other and
/// must write to disjoint memory.
///
/// - Parameters:
///   - tasks: how many tasks; 0 does nothing.
///   - body: the task; returns before `parallel` does, so it may use the caller's memory.
package func parallel(_ tasks: Int, _ body: (Int) -> Void) {
  if tasks > 1, Threads.count > 1, !ThreadState.current.isInTask,
    ThreadPool.shared.run(tasks, body)
  {
    return
  }
  var i = 0
  while i < tasks {
    body(i)
    i &+= 1
  }
}

/// Runs `body` with the calls of `parallel` inside it in this thread alone: for work that goes on beside
/// what has the pool.
package func withoutPool<Result>(_ body: () throws -> Result) rethrows -> Result {
  let state = ThreadState.current
  let before = state.isInTask
  defer { state.isInTask = before }
  state.isInTask = true
  return try body()
}

/// Cuts 0..<count into pieces for `parallel`, for loops whose steps are cheap.
///
/// - Parameters:
///   - count: rows or elements.
///   - width: elements of a row; pieces have at least some ten thousand elements.
///   - body: handles the rows of a range.
package func parallelRanges(_ count: Int, width: Int = 1, _ body: (Range<Int>) -> Void) {
  let piece = max(1, 16_384 / max(width, 1))
  guard count > piece else { return count > 0 ? body(0..<count) : () }
  parallel((count &+ piece &- 1) / piece) { i in
    body(i &* piece..<min(count, (i &+ 1) &* piece))
  }
}

/// Workers that spin for a moment between jobs and then sleep.
///
/// A job is finished when its tasks are and no worker is left between two of them.
final class ThreadPool: @unchecked Sendable {
  static let shared = ThreadPool()

  /// Job number in the upper 32 bits, next task to draw in the lower.
  ///
  /// A draw is a compare-exchange
  /// of both, so a late worker cannot draw from a job that it has not read.
  private let ticket = Atomic<UInt64>(0)
  private let tasks = Atomic<Int>(0)
  private let finished = Atomic<Int>(0)
  private let job = Atomic<UInt>(0)
  private let taken = Atomic<Bool>(false)
  /// In the lower 32 bits workers inside `drawTasks`, which may still hold a retain on the job's
  /// closure; above them how often a worker has drawn tasks of a job, for `Threads.together`.
  private let inside = Atomic<UInt64>(0)
  private let sleepers = Atomic<Int>(0)
  private var workers = 0
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// How long a worker looks for the next job before it sleeps: the serial pieces between two jobs are
  /// shorter, and a woken worker may have to share its waker's core for some time.
  ///
  /// A time, not a number of looks, because a pause takes 4 to 140 cycles.
  private static let patience = Duration.microseconds(500)

  private init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  /// Runs a job, or returns false when another thread's job is running.
  func run(_ count: Int, _ body: (Int) -> Void) -> Bool {
    guard taken.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
    else { return false }
    defer { taken.store(false, ordering: .releasing) }
    start(min(Threads.count, 256) - 1)
    let state = ThreadState.current
    state.isInTask = true
    defer { state.isInTask = false }
    withoutActuallyEscaping(body) { task in
      withUnsafePointer(to: task) { pointer in
        let number = (ticket.load(ordering: .relaxed) >> 32) &+ 1
        let helpedBefore = inside.load(ordering: .relaxed) >> 32
        // Closed first: a worker that is late for the job before must not take the new count for
        // that job's and draw a task beyond its last one.
        ticket.store((number &- 1) << 32 | 0xffff_ffff, ordering: .sequentiallyConsistent)
        finished.store(0, ordering: .relaxed)
        tasks.store(count, ordering: .releasing)
        job.store(UInt(bitPattern: pointer), ordering: .releasing)
        ticket.store(number << 32, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
          pthread_mutex_lock(mutex)
          pthread_cond_broadcast(condition)
          pthread_mutex_unlock(mutex)
        }
        _ = drawTasks()
        var waited = 0
        // The second condition: a worker gives its retain on the closure back only after its task
        // counts as finished, and `withoutActuallyEscaping` stops the program if it finds one.
        while finished.load(ordering: .acquiring) < count
          || inside.load(ordering: .acquiring) & 0xffff_ffff > 0
        {
          LMPTKernelsBaseline.rest()
          waited &+= 1
          if waited & 63 == 0 { sched_yield() }
        }
        // No worker adds for a job after it: those that drew are out, others do not count.
        let helped = (inside.load(ordering: .relaxed) >> 32) &- helpedBefore
        state.together = max(state.together, Int(helped & 0xffff_ffff) + 1)
      }
    }
    return true
  }

  /// Draws and runs tasks of the current job until none is left.
  ///
  /// - Returns: whether it drew any.
  @inline(never)
  private func drawTasks() -> Bool {
    var drew = false
    var seen = ticket.load(ordering: .acquiring)
    while true {
      let index = Int(seen & 0xffff_ffff)
      let (count, address) = (tasks.load(ordering: .acquiring), job.load(ordering: .acquiring))
      if index >= count { return drew }
      let draw = ticket.compareExchange(
        expected: seen, desired: seen &+ 1, ordering: .acquiringAndReleasing)
      seen = draw.original
      guard draw.exchanged, let pointer = UnsafePointer<(Int) -> Void>(bitPattern: address)
      else { continue }
      // safety: the draw succeeded, so the job is the one read and its caller waits for this task.
      pointer.pointee(index)
      drew = true
      finished.wrappingAdd(1, ordering: .releasing)
      seen = ticket.load(ordering: .acquiring)
    }
  }

  /// Starts workers until there are `wanted`, or as many as the system gives: fewer compute the same.
  private func start(_ wanted: Int) {
    while workers < wanted {
      workers += 1
      let worker = Worker(pool: self, index: workers)
      guard startDetachedThread({ worker.loop() }) else { return }
    }
  }

  private final class Worker: Sendable {
    let pool: ThreadPool
    let index: Int

    init(pool: ThreadPool, index: Int) {
      self.pool = pool
      self.index = index
    }

    func loop() {
      let state = ThreadState.current
      state.isInTask = true
      var last: UInt64 = 0
      var kept = KeptMemory.requests.load(ordering: .relaxed)
      while true {
        last = pool.await(after: last)
        let requests = KeptMemory.requests.load(ordering: .relaxed)
        if kept != requests { state.giveBack() }
        kept = requests
        // A worker beyond the present thread count sits this job out.
        guard index < Threads.count else { continue }
        pool.inside.wrappingAdd(1, ordering: .acquiringAndReleasing)
        let drew = pool.drawTasks()
        pool.inside.wrappingAdd((drew ? 1 << 32 : 0) &- 1, ordering: .releasing)
      }
    }
  }

  /// Waits for a job other than number `last`: spinning first, then asleep.
  private func await(after last: UInt64) -> UInt64 {
    // With more threads than cores a worker that looks for work keeps another from doing it.
    let patience = Threads.count > Threads.cores ? .zero : Self.patience
    let clock = ContinuousClock()
    let start = clock.now
    repeat {
      for _ in 0..<32 {
        let number = ticket.load(ordering: .acquiring) >> 32
        if number != last { return number }
        LMPTKernelsBaseline.rest()
      }
    } while clock.now - start < patience
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    defer { sleepers.wrappingSubtract(1, ordering: .relaxed) }
    while true {
      let number = ticket.load(ordering: .sequentiallyConsistent) >> 32
      if number != last { return number }
      pthread_cond_wait(condition, mutex)
    }
  }
}
