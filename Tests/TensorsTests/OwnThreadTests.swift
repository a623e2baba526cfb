// OwnThreadTests - long work does not hold the threads that tasks share.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LMPTTensors

@Suite("work on a thread of its own")
struct OwnThreadTests {
  @Test("more calls wait than there are cores, and another task still gets on")
  func sharedThreadsStayFree() async throws {
    let count = 2 * ProcessInfo.processInfo.activeProcessorCount
    let all = DispatchSemaphore(value: 0)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<count {
        // Each waits for the task below. On the shared threads that task would find none.
        group.addTask { try await onOwnThread { all.wait(timeout: .now() + 20) == .success } }
      }
      group.addTask {
        for _ in 0..<count { all.signal() }
        return true
      }
      for try await wentOn in group { #expect(wentOn) }
    }
  }

  @Test("it returns what the work returns and throws what it throws")
  func results() async throws {
    struct Failure: Error, Equatable {}
    #expect(try await onOwnThread { 6 * 7 } == 42)
    await #expect(throws: Failure()) { try await onOwnThread { throw Failure() } as Int }
  }
}
