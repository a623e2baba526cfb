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
  ///
  /// Blocked signals are inherited from the parent; these are unblocked. Signals that the parent
  /// ignores stay ignored: under `nohup`, and in the background jobs of a shell.
  package static func catchSignals() {
    var wanted = sigset_t()
    sigemptyset(&wanted)
    for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&wanted, number) }
    sigprocmask(SIG_UNBLOCK, &wanted, nil)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      let before = signal(number) { number in
        Interruption.request()
        signal(number, SIG_DFL)
      }
      if unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
        signal(number, SIG_IGN)
      }
    }
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
