// Kills - the program killed at random moments.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

/// Starts command lines one after the other and kills each at a random moment, a few times, or
/// fifty in the long form; `check` looks at what is there after each, `restart` clears up after
/// one that was finished.
func kill(
  _ words: () -> [String], check: (Int) throws -> Void, restart: () throws -> Void
) throws {
  let kills = Long.or(6, long: 50)
  // How long a whole run takes here and now, so that moments are spread over all of it.
  let clock = ContinuousClock()
  let start = clock.now
  #expect(try RunningProgram(words()).wait().code == 0)
  // At most 0.9 s: what was done before a kill is not done again, so later ones reach the rest.
  let whole = min(900, max(20, Int((clock.now - start) / .milliseconds(1))))
  try restart()
  var dice = Dice(state: 50)
  var (done, finished) = (0, 0)
  for round in 0..<1000 where done < kills {
    let program = try RunningProgram(words())
    // Each kill in a part of the run of its own, so that a few are spread over all of it.
    let part = (round * 5 % 6) * whole / 6
    usleep(UInt32(part + dice.next(whole / 6 + 1)) * 1000)
    program.send(SIGKILL)
    let outcome = program.wait()
    // A killed one ends by the signal, one that was faster with its result; never with an error.
    #expect(outcome.code == -SIGKILL || outcome.code == 0, "\(outcome.errors)")
    if outcome.code == -SIGKILL { done += 1 }
    try check(round)
    if outcome.code == 0 {
      try restart()
    }
  }
  #expect(done == kills)
  Long.report("\(done) kills within \(whole) ms, \(finished) runs were faster")
}
