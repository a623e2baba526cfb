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
  /// The same work in other libraries.
  var peers: [PeerTime] = []

  /// The fastest of them: what we are compared with.
  var fastest: PeerTime? { peers.min { $0.ratio < $1.ratio } }
}

/// The same work elsewhere.
struct PeerTime {
  let name: String
  /// Median of the rounds.
  let seconds: Double
  /// Median over the rounds of its time / our time.
  let ratio: Double
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

/// Measures in rounds; with peers all take turns, so that a change of the machine's speed meets all,
/// and a ratio is taken within a round.
///
/// There are at least three rounds, but a line that takes long ends after the round in which
/// `options.longestSeconds` are reached. Only measured seconds count: what a peer prepares for its
/// first round, such as a model to read and convert, may take longer than all rounds.
func measure(_ work: Work, threads: Int, options: Options, peers: Peers) throws -> Measurement {
  Threads.count = threads
  try work.run()  // warms caches and scratch memory
  let once = max(try time(work.run), 1e-7)
  // A round of some milliseconds, so that the clock and a short interruption do not matter.
  let repeats = max(1, min(10_000, Int(options.roundSeconds / once)))
  let rounds = max(3, min(options.rounds, Int(options.seconds / (once * Double(repeats)))))
  var ours: [Double] = []
  var theirs: [String: [(seconds: Double, ratio: Double)]] = [:]
  var spent = 0.0
  while ours.count < rounds, spent < options.longestSeconds {
    // Wakes what slept while the peer was measured: a woken thread may share its waker's core until
    // the system moves it. The twin does the same.
    if !peers.isEmpty, once < 0.1 { try warm(for: 0.03, work.run) }
    let own = try time { for _ in 0..<repeats { try work.run() } } / Double(repeats)
    ours.append(own)
    spent += own * Double(repeats)
    for (name, seconds) in try peers.seconds(work, threads: threads, repeats: repeats) {
      theirs[name, default: []].append((seconds, seconds / own))
      spent += seconds * Double(repeats)
    }
  }
  var result = Measurement(
    work: work.name, threads: threads, seconds: .median(ours), best: ours.min() ?? .nan,
    amount: work.amount)
  result.peers = PeerChoice.names.compactMap { name in
    // One that ended on the way has too few rounds for a median.
    guard let rounds = theirs[name], rounds.count == ours.count else { return nil }
    return PeerTime(
      name: name, seconds: .median(rounds.map(\.seconds)), ratio: .median(rounds.map(\.ratio)))
  }
  return result
}
