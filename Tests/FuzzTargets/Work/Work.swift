// Work - the processor's time that an input of the fuzzer may take: in proportion to its length.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Counts the work of one input and stops the program when it is beyond all proportion, which the
/// fuzzer keeps as a finding.
///
/// The time of the thread, not the clock: a busy machine does not count. The sanitizers make the
/// code some twenty times slower than the bounds of `.ci/cost` are for, and pictures and inflated data
/// have a share that does not depend on the length of the input.
package struct Work {
  private let start: Double
  private let limit: Double

  /// Begins to count.
  ///
  /// - Parameters:
  ///   - count: bytes of the input.
  ///   - declared: most bytes that it may declare beyond its own.
  package init(_ count: Int, declared: Int = 0) {
    start = Work.seconds
    limit = 1 + Double(count) * 20e-6 + Double(declared) * 0.5e-6
  }

  /// Ends the program if the input took longer than it may.
  package func check() {
    let taken = Work.seconds - start
    guard taken > limit else { return }
    fatalError("an input took \(taken) s of the processor, more than \(limit)")
  }

  private static var seconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
