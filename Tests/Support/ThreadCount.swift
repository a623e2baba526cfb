// ThreadCount - the one thread count of the process, lent to one test at a time.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import LMPTTensors
import Testing

/// Suites of one target are serialised by their parent; those of several run in one process.
private let lent = Mutex(())

/// Runs `body` with a number of threads and puts the old one back.
package func withThreads<Result>(_ count: Int, _ body: () throws -> Result) rethrows -> Result {
  try lent.withLock { _ in
    let before = Threads.count
    Threads.count = count
    defer { Threads.count = before }
    return try body()
  }
}

/// Runs `body` with a number of threads until all of them have worked together in it.
///
/// Whether a worker gets a task is chance, and another test may have the pool, so that `body` runs
/// in its caller alone: it is repeated, and every repetition must give the same. More threads than
/// cores meet only where the system puts one aside in the middle of a task, which short work may
/// never see: there as many as there are cores are asked for after a few seconds.
///
/// - Parameters:
///   - count: how many threads; some call of `parallel` has at least as many tasks.
///   - sourceLocation: where a failure is shown.
///   - body: what is compared.
/// - Returns: its result.
package func byThreads<Result: Equatable>(
  _ count: Int, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Result
) rethrows -> Result {
  try withThreads(count) {
    let start = Date()
    let cores = min(count, Threads.cores)
    var (result, most) = try Threads.together(body)
    while most < (Date() < start + 5 ? count : cores), Date() < start + 30 {
      let (again, together) = try Threads.together(body)
      #expect(again == result, "another result", sourceLocation: sourceLocation)
      (result, most) = (again, max(most, together))
    }
    #expect(most >= cores, "threads that worked together", sourceLocation: sourceLocation)
    return result
  }
}
