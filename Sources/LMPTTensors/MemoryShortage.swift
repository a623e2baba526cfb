// MemoryShortage - what happens when a tensor gets no memory.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What happens when a tensor gets no memory: operations do not throw, so the program ends.
///
/// A program that has something better to say than the runtime sets `end`.
package enum MemoryShortage {
  private static let ending = Mutex<@Sendable (_ bytes: Int) -> Never>({ bytes in
    fatalError("no memory for \(bytes) bytes")
  })

  /// Sets what ends the program, which is called on any thread.
  package static func end(with body: @escaping @Sendable (_ bytes: Int) -> Never) {
    ending.withLock { $0 = body }
  }

  /// Ends the program.
  static func end(_ bytes: Int) -> Never {
    let body = ending.withLock { $0 }
    body(bytes)
  }
}

/// Uninitialised memory; ends the program in an orderly way where there is none.
func allocateBytes(_ bytes: Int, alignment: Int) -> UnsafeMutableRawPointer {
  var raw: UnsafeMutableRawPointer?
  guard posix_memalign(&raw, alignment, bytes) == 0, let raw else { MemoryShortage.end(bytes) }
  return raw
}

/// Gives memory of `allocateBytes` back.
func freeBytes(_ raw: UnsafeMutableRawPointer?) { free(raw) }
