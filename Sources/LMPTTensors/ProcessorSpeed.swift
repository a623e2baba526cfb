// ProcessorSpeed - the most floating-point operations per second that the processor can do.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension KernelSet {
  /// Multiply-adds per second on registers alone, times two: no program can be faster.
  ///
  /// The best of several short runs, because anything else that runs only slows it down.
  ///
  /// - Parameters:
  ///   - threads: how many threads compute at the same time.
  ///   - tries: runs of about half a millisecond; on several threads as many as it takes until the
  ///     system has given each a core of its own.
  /// - Returns: billions of operations per second (GFLOP/s) of all threads together.
  package func measurePeak(threads: Int = 1, tries: Int = 400) -> Double {
    let rounds = 20_000
    let clock = ContinuousClock()
    var best = Double.infinity
    let kept = UnsafeMutablePointer<Float>.allocate(capacity: threads)
    defer { kept.deallocate() }
    for number in 0..<tries {
      // Two threads that were woken on one core may stay there: let them sleep and wake again.
      if threads > 1, number % 50 == 0 { usleep(3000) }
      let start = clock.now
      if threads == 1 {
        kept[0] = peak(rounds, 0.999_9, 1e-4)
      } else {
        parallel(threads) { kept[$0] = peak(rounds, 0.999_9, 1e-4) }
      }
      best = min(best, (clock.now - start) / .seconds(1))
    }
    return Double(peakOperations) * Double(rounds) * Double(threads) / best * 1e-9
  }
}
