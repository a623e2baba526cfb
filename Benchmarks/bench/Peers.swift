// Peers - the libraries that the same work is asked of in one run, and what became of each.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What `--against` names.
enum PeerChoice: Equatable {
  /// One library.
  case one(String)
  /// Every library that this machine has; a line's ratio is to the fastest of them.
  case best

  /// Libraries that the twin can ask for the same work.
  static let names = ["pytorch", "openblas", "openvino", "onnxruntime"]

  init?(_ word: String) {
    if word == "best" {
      self = .best
    } else if Self.names.contains(word) {
      self = .one(word)
    } else {
      return nil
    }
  }

  /// The word of the command line and of the stored files.
  var word: String {
    switch self {
    case .one(let name): name
    case .best: "best"
    }
  }
}

/// The libraries of one run.
///
/// With `best`, one that is missing, that lacks a piece of work or that dies is told, and the rest
/// goes on. Without the only one that was named, or without all, there is nothing to compare with:
/// that is an error.
final class Peers {
  private var running: [Peer] = []
  /// Whether a single library was named.
  private let isOne: Bool
  /// Work that a library has said it cannot do: asked once, told once.
  private var lacking: Set<String> = []

  /// Starts them.
  ///
  /// - Throws: `PeerError` when the only one that was named is missing, or all of them are.
  init(_ choice: PeerChoice?) throws {
    if case .one = choice { isOne = true } else { isOne = false }
    switch choice {
    case nil: break
    case .one(let name): running = [try Peer(name)]
    case .best:
      for name in PeerChoice.names {
        do { running.append(try Peer(name)) } catch let error as PeerError {
          tell("bench: without \(name): \(error.message)\n")
        }
      }
      guard !running.isEmpty else {
        throw PeerError(
          message: "no library to compare with; LMPT_PYTHON names the Python that has them")
      }
    }
  }

  /// The library that writes files for a piece of work, if it runs.
  var torch: Peer? { running.first { $0.name == "pytorch" } }

  var isEmpty: Bool { running.isEmpty }

  /// Names and versions.
  var versions: [(name: String, version: String)] { running.map { ($0.name, $0.version) } }

  /// Seconds of a piece of work in every library that has it.
  ///
  /// - Throws: `PeerError` when the only one that was named lacks the work or dies, or when the last
  ///   of several has died.
  func seconds(
    _ work: Work, threads: Int, repeats: Int
  ) throws -> [(name: String, seconds: Double)] {
    guard let request = work.request, !running.isEmpty else { return [] }
    var found: [(name: String, seconds: Double)] = []
    for peer in running where !lacking.contains("\(peer.name) \(work.name)") {
      do {
        found.append((peer.name, try peer.seconds(request, threads: threads, repeats: repeats)))
      } catch let error as PeerError {
        if isOne { throw PeerError(message: "\(work.name): \(error.message)") }
        lacking.insert("\(peer.name) \(work.name)")
        tell("bench: \(work.name), without \(peer.name): \(error.message)\n")
      }
    }
    running.removeAll { peer in
      if !peer.isRunning { tell("bench: \(peer.name) ended; the rest goes on without it\n") }
      return !peer.isRunning
    }
    guard !running.isEmpty else {
      throw PeerError(message: "\(work.name): no library to compare with is left")
    }
    return found
  }
}
