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
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var buffer = Data()

  /// Starts it with the Python that LMPT_PYTHON names, or `python3`.
  init(_ name: String) throws {
    self.name = name
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
    let ready = try line()
    guard ready == "ready" else {
      throw PeerError(message: "\(python) has no \(name): \(ready)")
    }
  }

  deinit {
    input.fileHandleForWriting.closeFile()
    if process.isRunning { process.terminate() }
  }

  /// Seconds per repetition of the work that `request` names.
  func seconds(_ request: String, threads: Int, repeats: Int) throws -> Double {
    input.fileHandleForWriting.write(Data("\(threads) \(repeats) \(request)\n".utf8))
    let answer = try line()
    guard let value = Double(answer) else {
      throw PeerError(message: "\(name), asked '\(request)': \(answer)")
    }
    // Its idle threads look for more work, OpenBLAS's for a tenth of a second, and would hold
    // a core against our next round. Ours sleep within a millisecond.
    if threads > 1 { Thread.sleep(forTimeInterval: 0.15) }
    return value
  }

  private func line() throws -> String {
    while true {
      if let end = buffer.firstIndex(of: 10) {
        let text = String(decoding: buffer[buffer.startIndex..<end], as: UTF8.self)
        buffer.removeSubrange(buffer.startIndex...end)
        return text
      }
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { throw PeerError(message: "\(name) ended without an answer") }
      buffer.append(more)
    }
  }
}
