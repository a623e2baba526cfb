// Options - what the command line asks of the benchmark program.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Why the command line was refused.
struct UsageError: Error {
  let message: String
}

/// The command line, read.
struct Options {
  static let topics = [
    "gemm", "attention", "elementwise", "encoder", "text-step", "train-step", "memory", "images",
    "tokenizer", "load",
  ]
  /// Topics that `all` leaves out.
  static let others = ["ladder", "layers", "growth", "processor"]
  static let usage = """
    usage: bench [TOPIC] [--json] [--against PEER] [--check] [--save]
                 [--threads N] [--rounds N] [--filter TEXT] [--folder PHOTOGRAPHS]
    topics: \(topics.joined(separator: ", ")), all;
            \(others.joined(separator: ", "))
    peers:  \(PeerChoice.names.joined(separator: ", "));
            best: every one that this machine has, each line against the fastest
    Without a topic: every topic, work of many seconds left out; about two minutes.
    """

  var topics: [String] = []
  /// Every topic, without the work that takes long: what a call without a topic measures.
  var isOverview = false
  var json = false
  var against: PeerChoice?
  var check = false
  var save = false
  var threads: [Int] = Threads.cores > 1 ? [1, Threads.cores] : [1]
  var rounds = 15
  /// Only work whose name contains this.
  var filter = ""
  /// Photographs for the topic "images", instead of the project's own.
  var folder: String?
  /// About how long a line may take, and a round of it.
  var seconds = 0.5
  var roundSeconds = 0.01
  /// After how many measured seconds a line with slow rounds ends.
  var longestSeconds = 20.0
  var help = false

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      func value() throws -> String {
        guard let value = rest.popFirst() else {
          throw UsageError(message: "\(argument) needs a value")
        }
        return value
      }
      func number() throws -> Int {
        let text = try value()
        guard let n = Int(text), n > 0 else {
          throw UsageError(message: "\(argument) needs a number above 0, found '\(text)'")
        }
        return n
      }
      switch argument {
      case "--json": json = true
      case "--check": check = true
      case "--save": save = true
      case "--against":
        let word = try value()
        against = PeerChoice(word)
        if against == nil {
          let known = (PeerChoice.names + ["best"]).joined(separator: ", ")
          throw UsageError(message: "--against needs one of \(known), found '\(word)'")
        }
      case "--threads": threads = [try number()]
      case "--filter": filter = try value()
      case "--folder": folder = try value()
      case "--rounds": rounds = try number()
      case "--help", "-h": help = true
      case "all": topics = Self.topics
      case MemoryWork.child: topics = [argument]
      case let topic where (Self.topics + Self.others).contains(topic): topics.append(topic)
      default: throw UsageError(message: "unknown argument '\(argument)'")
      }
    }
    if topics.isEmpty {
      topics = Self.topics
      isOverview = against == nil && !check && !save && filter.isEmpty
    }
  }
}
