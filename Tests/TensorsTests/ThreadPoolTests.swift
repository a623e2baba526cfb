// ThreadPoolTests - every task once, nesting, and results that do not depend on the thread count.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Support
import Synchronization
import Testing

@testable import Tensors

@Suite(.serialized) struct ThreadPoolTests {
  /// Runs `body` with a thread count and puts the old one back.
  private func with(threads: Int, _ body: () -> Void) {
    let before = Threads.count
    Threads.count = threads
    body()
    Threads.count = before
  }

  @Test(arguments: [1, 2, 3, 8])
  func everyTaskRunsExactlyOnce(_ threads: Int) {
    with(threads: threads) {
      for count in [0, 1, 2, 7, 1000] {
        let runs = UnsafeMutablePointer<Int32>.allocate(capacity: max(count, 1))
        runs.initialize(repeating: 0, count: max(count, 1))
        for _ in 0..<20 { parallel(count) { runs[$0] += 1 } }
        #expect((0..<count).allSatisfy { runs[$0] == 20 })
        runs.deallocate()
      }
    }
  }

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

  @Test func nestedCallsRunInsideTheirTask() {
    with(threads: 4) {
      let total = Atomic<Int>(0)
      parallel(6) { outer in
        parallel(5) { inner in
          total.wrappingAdd(outer * 10 + inner, ordering: .relaxed)
        }
      }
      #expect(total.load(ordering: .relaxed) == 5 * 150 + 6 * 10)
    }
  }

  @Test func aSleepingPoolWakes() {
    with(threads: 2) {
      let total = Atomic<Int>(0)
      for _ in 0..<5 {
        parallel(4) { total.wrappingAdd($0, ordering: .relaxed) }
        usleep(5_000)  // longer than the workers spin
      }
      #expect(total.load(ordering: .relaxed) == 30)
    }
  }

  @Test func productsAreBitIdenticalForAnyNumberOfThreads() {
    for (m, n, k) in [(197, 300, 900), (64, 64, 64), (50, 2000, 130), (700, 48, 1500)] {
      for ta in [Transposition.none, .transposed] {
        for tb in [Transposition.none, .transposed] {
          let a = arbitrary(m * k, seed: 8)
          let b = arbitrary(n * k, seed: 9)
          var results: [[Float]] = []
          for threads in [1, 2, 3] {
            with(threads: threads) {
              var c = [Float](repeating: 0, count: m * n)
              gemm(
                ta, tb, m: m, n: n, k: k, a: a, lda: ta == .none ? k : m,
                b: b, ldb: tb == .none ? n : k, c: &c, ldc: n, accumulate: .store)
              results.append(c)
            }
          }
          #expect(results[0] == results[1] && results[0] == results[2])
        }
      }
    }
  }
}

@Suite("thread pool, under load")
struct ThreadPoolLoadTests {
  @Test("tiny jobs in quick succession: the task's closure is given back before a job ends")
  func tinyJobs() {
    Threads.count = 4  // more threads than cores, so that workers are put aside inside a task
    defer { Threads.count = Threads.cores }
    var total = 0
    for round in 0..<50_000 {
      let marks = UnsafeMutablePointer<Int>.allocate(capacity: 2)
      defer { marks.deallocate() }
      // safety: each task writes its own element.
      nonisolated(unsafe) let target = marks
      parallel(2) { target[$0] = round }
      total += marks[0] + marks[1]
    }
    #expect(total == 49_999 * 50_000)
  }
}
