// PeakMemoryTests - the peak counts this process alone.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import Testing

@Suite struct PeakMemoryTests {
  @Test("memory that is touched raises the peak; a process started by this one begins anew")
  func grows() async throws {
    let before = peakMemory()
    #expect(before > 1 << 20)
    let touched = max(before, 256 << 20)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: touched, alignment: 4096)
    memory.initializeMemory(as: UInt8.self, repeating: 1, count: touched)
    let after = peakMemory()
    memory.deallocate()
    #expect(after >= touched)
    // The child is this test program again, which needs far less than was touched here.
    await #expect(processExitsWith: .success) {
      #expect(peakMemory() < 200 << 20)
    }
  }
}
