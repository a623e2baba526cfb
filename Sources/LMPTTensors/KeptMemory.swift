// KeptMemory - what tensors keep for reuse, given back on request.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Memory that is kept so that the next step of the same work allocates nothing.
package enum KeptMemory {
  /// How often it was asked for; the pool's threads look at it between two jobs.
  static let requests = Atomic<Int>(0)

  /// Gives the memory of tensors that are gone, up to 512 MiB, and the scratch memory of this thread
  /// and of the pool's back to the system.
  ///
  /// For between two kinds of work, such as encoding and tuning, or before a program waits. Tensors
  /// and packed weights that are in use stay. The pool's threads follow when they wake, which this
  /// call makes them do; the next work takes its memory anew.
  package static func giveBack() {
    requests.wrappingAdd(1, ordering: .sequentiallyConsistent)
    BufferPool.empty()
    ThreadState.current.giveBack()
    parallel(max(2, Threads.count)) { _ in }
  }
}
