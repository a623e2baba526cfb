// ShortMemory - one line and an exit code where the system gives no memory.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Ends the program in an orderly way where the system gives no memory (`ulimit -v`, a full machine
/// without overcommitment).
enum ShortMemory {
  // safety: written once, before there is a second thread.
  nonisolated(unsafe) private static var before = sigaction()

  /// Makes a tensor without memory one line and exit code 3, and any other allocation exit code 3
  /// after the line that the runtime writes.
  static func endOrderly(json: Bool) {
    MemoryShortage.end { bytes in
      Printer(json: json).show(ToldError(MemoryError.short(bytes: bytes)))
      try? StandardStreams.flush()
      _exit(ExitCode.badInput)
    }
    sigaction(SIGABRT, nil, &before)
    signal(SIGABRT) { number in
      // Only what a signal handler may do. The runtime aborts for other reasons too; what tells
      // them apart is whether a large block can be had.
      let size = 1 << 30
      let block = mmap(nil, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      if block == MAP_FAILED { _exit(ExitCode.badInput) }
      munmap(block, size)
      sigaction(number, &ShortMemory.before, nil)
      raise(number)
    }
  }
}
