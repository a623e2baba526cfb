// Peer - the same work in another library: a Python program that is asked over a pipe.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Why a measurement or its comparison could not be made.
struct PeerError: Error {
  let message: String
}

/// A running `Benchmarks/reference/twin.py`.
final class Peer {
  let name: String
  /// What it says it is.
  let version: String
  /// Whether it has not ended.
  var isRunning: Bool { process.isRunning && !hasEnded }
  private var hasEnded = false
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let lines: LineReader

  /// Starts it with the Python that LMPT_PYTHON names, or `python3`.
  init(_ name: String) throws {
    self.name = name
    signal(SIGPIPE, SIG_IGN)  // a library that has ended is an error of writing, not our end
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("reference/twin.py")
    let python = ProcessInfo.processInfo.environment["LMPT_PYTHON"] ?? "python3"
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python, script.path, name]
    process.standardInput = input
    process.standardOutput = output
    do { try process.run() } catch {
      throw PeerError(message: "cannot start \(python): \(error)")
    }
    let buffer = LineReader(output.fileHandleForReading)
    lines = buffer
    guard let ready = buffer.next(), ready.hasPrefix("ready ") else {
      throw PeerError(message: "\(python) has no \(name): \(buffer.last ?? "it ended at once")")
    }
    version = String(ready.dropFirst("ready ".count))
  }

  deinit {
    input.fileHandleForWriting.closeFile()
    if process.isRunning { process.terminate() }
  }

  /// Seconds per repetition of the work that `request` names.
  func seconds(_ request: String, threads: Int, repeats: Int) throws -> Double {
    let asked = Data("\(threads) \(repeats) \(request)\n".utf8)
    guard (try? input.fileHandleForWriting.write(contentsOf: asked)) != nil,
      let answer = lines.next()
    else {
      hasEnded = true
      throw PeerError(message: "\(name) ended without an answer")
    }
    guard let value = Double(answer) else {
      throw PeerError(message: "\(name), asked '\(request)': \(answer)")
    }
    // Its idle threads look for more work, OpenBLAS's for a tenth of a second, and would hold
    // a core against our next round. Ours sleep within a millisecond.
    if threads > 1 { Thread.sleep(forTimeInterval: 0.15) }
    return value
  }
}

/// The lines that a process prints.
private final class LineReader {
  private let handle: FileHandle
  private var buffer = Data()
  /// The last line read.
  private(set) var last: String?

  init(_ handle: FileHandle) { self.handle = handle }

  /// The next line; nil after the last.
  func next() -> String? {
    while true {
      if let end = buffer.firstIndex(of: 10) {
        last = String(decoding: buffer[buffer.startIndex..<end], as: UTF8.self)
        buffer.removeSubrange(buffer.startIndex...end)
        return last
      }
      let more = handle.availableData
      if more.isEmpty { return nil }
      buffer.append(more)
    }
  }
}
