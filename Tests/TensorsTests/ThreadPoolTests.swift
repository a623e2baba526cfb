// ThreadPoolTests - every task once, nesting, and results that do not depend on the thread count.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Synchronization
import Testing

@testable import LMPTTensors

/// Everything that changes the number of threads: it is the whole process's, so that two tests that
/// change it would compare something else than they say.
@Suite("thread count", .serialized) struct ThreadCountTests {}

extension ThreadCountTests {
  @Test(arguments: [1, 2, 3, 8])
  func everyTaskRunsExactlyOnce(_ threads: Int) {
    for count in [0, 1, 2, 7, 1000] {
      let total = withThreads(threads) {
        let runs = UnsafeMutablePointer<Int32>.allocate(capacity: max(count, 1))
        defer { runs.deallocate() }
        runs.initialize(repeating: 0, count: max(count, 1))
        for _ in 0..<20 { parallel(count) { runs[$0] += 1 } }
        return (0..<count).map { runs[$0] }
      }
      #expect(total.allSatisfy { $0 == 20 })
    }
  }

  @Test("pieces of a range are every step once, a short last one too", arguments: [1, 2, 3])
  func everyStepOfARange(_ threads: Int) {
    for (count, width) in [(0, 1), (1, 1), (16_384, 1), (16_385, 1), (50_000, 1), (301, 100)] {
      let runs = withThreads(threads) {
        let runs = UnsafeMutablePointer<Int32>.allocate(capacity: max(count, 1))
        defer { runs.deallocate() }
        runs.initialize(repeating: 0, count: max(count, 1))
        parallelRanges(count, width: width) { for step in $0 { runs[step] += 1 } }
        return (0..<count).map { runs[$0] }
      }
      #expect(runs.allSatisfy { $0 == 1 }, "\(count)")
    }
  }

  @Test("as many threads as asked for are at work at once, and no more", arguments: [1, 2, 3, 5])
  func together(_ threads: Int) {
    // A task that waits until as many are running gives its thread no other before.
    let most = withThreads(threads) {
      let deadline = Date() + 30
      var most = 0
      while most < threads, Date() < deadline {
        let running = Atomic<Int>(0)
        let peak = Atomic<Int>(0)
        let (_, counted) = Threads.together {
          parallel(4 * threads) { _ in
            let now = running.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue
            peak.max(now, ordering: .relaxed)
            // Alone, where another test has the pool: not for long.
            let patience = Date() + 0.01
            while peak.load(ordering: .relaxed) < threads, Date() < patience { sched_yield() }
            running.wrappingSubtract(1, ordering: .acquiringAndReleasing)
          }
        }
        let seen = peak.load(ordering: .relaxed)
        #expect(seen <= threads && counted <= threads)
        // Whoever ran a task is counted; who was counted need not have met all the others.
        #expect(counted >= seen)
        most = max(most, seen)
      }
      return most
    }
    #expect(most == threads)
  }

  @Test("a call inside a task, and a single task, are one thread's")
  func alone() {
    withThreads(3) {
      for _ in 0..<50 {
        #expect(Threads.together { parallel(1) { _ in } }.1 == 1)
        parallel(6) { _ in
          let (_, inner) = Threads.together { parallel(6) { _ in } }
          if inner != 1 { Issue.record("a nested call used \(inner) threads") }
        }
      }
    }
    withThreads(1) { #expect(Threads.together { parallel(64) { _ in } }.1 == 1) }
  }

  @Test func nestedCallsRunInsideTheirTask() {
    let total = byThreads(4) {
      let total = Atomic<Int>(0)
      parallel(6) { outer in
        parallel(5) { inner in
          total.wrappingAdd(outer * 10 + inner, ordering: .relaxed)
        }
        usleep(100)  // so that others get a task
      }
      return total.load(ordering: .relaxed)
    }
    #expect(total == 5 * 150 + 6 * 10)
  }

  @Test func aSleepingPoolWakes() {
    let total = byThreads(2) {
      let total = Atomic<Int>(0)
      for _ in 0..<5 {
        parallel(4) {
          total.wrappingAdd($0, ordering: .relaxed)
          usleep(100)
        }
        usleep(5_000)  // longer than the workers spin
      }
      return total.load(ordering: .relaxed)
    }
    #expect(total == 30)
  }

  /// The last is one task in all, so that no worker gets any.
  @Test(arguments: [(197, 300, 900), (50, 2000, 130), (700, 48, 1500), (64, 64, 64)])
  func productsAreBitIdenticalForAnyNumberOfThreads(_ m: Int, _ n: Int, _ k: Int) {
    for ta in [Transposition.none, .transposed] {
      for tb in [Transposition.none, .transposed] {
        let a = arbitrary(m * k, seed: 8)
        let b = arbitrary(n * k, seed: 9)
        func product() -> [Float] {
          var c = [Float](repeating: 0, count: m * n)
          gemm(
            ta, tb, m: m, n: n, k: k, a: a, lda: ta == .none ? k : m,
            b: b, ldb: tb == .none ? n : k, c: &c, ldc: n, accumulate: .store)
          return c
        }
        let one = byThreads(1, product)
        for threads in [2, 3] {
          let several = m == 64 ? withThreads(threads, product) : byThreads(threads, product)
          #expect(several == one)
        }
      }
    }
  }

  @Test("tiny jobs in quick succession: the task's closure is given back before a job ends")
  func tinyJobs() {
    // More threads than cores, so that workers are put aside inside a task.
    let total = withThreads(4) {
      var total = 0
      for round in 0..<50_000 {
        let marks = UnsafeMutablePointer<Int>.allocate(capacity: 2)
        defer { marks.deallocate() }
        // safety: each task writes its own element.
        nonisolated(unsafe) let target = marks
        parallel(2) { target[$0] = round }
        total += marks[0] + marks[1]
      }
      return total
    }
    #expect(total == 49_999 * 50_000)
  }
}

@Suite("cores")
struct CoresTests {
  @Test("a container's quota counts in whole cores, rounded up; max, -1 and nonsense are none")
  func quotas() {
    #expect(Threads.quota("200000 100000") == 2)
    #expect(Threads.quota("150000 100000") == 2)
    #expect(Threads.quota("1000 100000") == 1)
    #expect(Threads.quota("\(Int.max) 1") == Int.max)
    for none in ["max 100000", "-1 100000", "", "0 0", "5", "100000 0", "1 2 3"] {
      #expect(Threads.quota(none) == nil)
    }
    #expect(Threads.cores >= 1)
  }

  @Test("an affinity mask counts its bits")
  func masks() {
    #expect(Threads.coresInMask("\t3") == 2)
    #expect(Threads.coresInMask("ff,0000000f") == 12)
    #expect(Threads.coresInMask("") == 0)
  }
}
