// Interruption - Ctrl-C and termination as a request that loops answer at a safe place.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A request to stop. Loops look for it between two steps; once made, it stays for this process.
package enum Interruption {
  private static let requested = Atomic<Bool>(false)

  /// Turns SIGINT, SIGTERM and a lost terminal's SIGHUP into a request; a second signal ends the
  /// process at once.
  package static func catchSignals() {
    handle([SIGINT, SIGTERM, SIGHUP]) { number in
      Interruption.request()
      signal(number, SIG_DFL)
    }
  }

  /// Has signals handled.
  ///
  /// Blocked signals are inherited from the parent; these are unblocked once there is a handler,
  /// because one may be waiting. Signals that the parent ignores stay ignored: under `nohup`, and in
  /// the background jobs of a shell.
  package static func handle(
    _ numbers: [Int32], by handler: @escaping @convention(c) (Int32) -> Void
  ) {
    var wanted = sigset_t()
    sigemptyset(&wanted)
    for number in numbers {
      sigaddset(&wanted, number)
      let before = signal(number, handler)
      if unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
        signal(number, SIG_IGN)
      }
    }
    sigprocmask(SIG_UNBLOCK, &wanted, nil)
  }

  /// Asks for a stop, as the signals do.
  package static func request() { requested.store(true, ordering: .relaxed) }

  /// Whether a stop was asked for.
  package static var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// Throws `RunError.interrupted` when a stop was asked for.
  package static func check() throws {
    if isRequested { throw RunError.interrupted(folder: nil) }
  }
}
