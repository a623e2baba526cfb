// Measure - one line of the table: how long a piece of work takes, and what that means.
// SPDX-License-Identifier: Apache-2.0

import LMPTTuning
import LMPTTensors

/// How much work there is in an item, in the unit that suits it.
enum Amount {
  case operations(Double)
  case items(Double)
  case bytes(Double)
  /// Resident memory at its largest, instead of a speed.
  case peakBytes(Double)
}

/// A measured piece of work.
struct Measurement {
  let work: String
  let threads: Int
  /// Median of the rounds.
  var seconds: Double
  /// Best round.
  var best: Double
  let amount: Amount
  var peer: String?
  var peerSeconds: Double?
  /// Median over the rounds of peer time / our time.
  var ratio: Double?
}

/// A piece of work to measure: ours, and optionally the same work elsewhere.
struct Work {
  let name: String
  let amount: Amount
  /// Runs it once; what fails is no measurement.
  let run: () throws -> Void
  /// The request that makes the reference program time the same work, or nil if it cannot.
  var request: String?
  /// The only number of threads that makes sense for it, if there is one.
  var threads: Int?
  /// Takes many seconds, so that the overview leaves it out.
  var isLong = false
}

extension Double {
  /// The middle of a list, the lower of the two middle ones.
  static func median(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.sorted()[(values.count - 1) / 2]
  }
}

/// Seconds that `body` takes.
func time(_ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  let start = clock.now
  try body()
  return (clock.now - start).seconds
}

/// Repeats `body` for at least so many seconds.
private func warm(for seconds: Double, _ body: () throws -> Void) rethrows {
  let clock = ContinuousClock()
  let start = clock.now
  while (clock.now - start).seconds < seconds { try body() }
}

/// Measures in rounds; with a peer the two alternate, so that a change of the machine's speed
/// meets both, and the ratio is taken within a round.
///
/// There are at least three rounds, but a line that takes long ends after the first whose end is
/// beyond `options.longestSeconds`.
func measure(_ work: Work, threads: Int, options: Options, peer: Peer?) throws -> Measurement {
  Threads.count = threads
  try work.run()  // warms caches and scratch memory
  let once = max(try time(work.run), 1e-7)
  // A round of some milliseconds, so that the clock and a short interruption do not matter.
  let repeats = max(1, min(10_000, Int(options.roundSeconds / once)))
  let rounds = max(3, min(options.rounds, Int(options.seconds / (once * Double(repeats)))))
  var (ours, theirs): ([Double], [Double]) = ([], [])
  var spent = 0.0
  while ours.count < rounds, spent < options.longestSeconds {
    spent += try time {
      // Wakes what slept while the peer was measured: a woken thread may share its waker's core until
      // the system moves it. The twin does the same.
      if peer != nil, once < 0.1 { try warm(for: 0.03, work.run) }
      ours.append(try time { for _ in 0..<repeats { try work.run() } } / Double(repeats))
    }
    if let peer, let request = work.request {
      let clock = ContinuousClock()
      let start = clock.now
      theirs.append(try peer.seconds(request, threads: threads, repeats: repeats))
      spent += (clock.now - start).seconds
    }
  }
  var result = Measurement(
    work: work.name, threads: threads, seconds: .median(ours), best: ours.min() ?? .nan,
    amount: work.amount)
  if let peer, !theirs.isEmpty {
    result.peer = peer.name
    result.peerSeconds = .median(theirs)
    result.ratio = .median(zip(theirs, ours).map { $0 / $1 })
  }
  return result
}
