// Long - whether tests take their long form: more of the same, for a night rather than for a change.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The long form of tests that prove a promise by many tries.
///
/// `swift test` tries a few times; with `LMPT_LONG=1` the same tests try often, and say what they did.
package enum Long {
  /// Whether `LMPT_LONG` is 1.
  package static let isWanted = ProcessInfo.processInfo.environment["LMPT_LONG"] == "1"

  /// One of two amounts.
  package static func or<Amount>(_ short: Amount, long: Amount) -> Amount {
    isWanted ? long : short
  }

  /// Prints what a long test did.
  package static func report(_ text: String) {
    if isWanted { print("long: \(text)") }
  }
}
