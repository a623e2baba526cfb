// RunningProgram - the built `lmpt` at work, to be signalled or killed.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

/// A program that has been started and not yet waited for.
final class RunningProgram {
  private let process = Process()
  private let output = Pipe()
  private let errors = Pipe()

  /// Tests that run in the background of a script have SIGINT ignored, and what they start would
  /// inherit that and never stop.
  private static let heedsSignals: Void = {
    signal(SIGINT, SIG_DFL)
    signal(SIGTERM, SIG_DFL)
  }()

  init(_ arguments: [String], input: Pipe? = nil) throws {
    Self.heedsSignals
    process.executableURL = URL(fileURLWithPath: Program.path)
    process.arguments = arguments
    process.environment = Program.variables()
    process.standardInput = input ?? FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
  }

  /// The process id.
  var id: Int32 { process.processIdentifier }
  /// Whether it is still at work.
  var isRunning: Bool { process.isRunning }

  /// Sends a signal to a process that is still there.
  func send(_ signal: Int32) {
    if process.isRunning { kill(process.processIdentifier, signal) }
  }

  /// Waits until it has ended; a signal's end is its number, negative.
  func wait() -> Outcome {
    // What these tests start prints less than a pipe holds.
    process.waitUntilExit()
    let status = process.terminationStatus
    return Outcome(
      code: process.terminationReason == .uncaughtSignal ? -status : status,
      output: String(
        decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self),
      errors: String(
        decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self))
  }
}

/// Expects that the second process on a folder was told of the first.
func expectTold(_ outcome: Outcome, _ folder: String, by program: RunningProgram) throws {
  #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
  #expect(outcome.errors.contains("another process (\(program.id)) is working in \(folder)"))
  #expect(try outcome.json["error"]?["code"]?.string == "folder.locked")
  #expect(program.isRunning, "the first process ended too early for this test to say anything")
}

/// Numbers from a fixed seed, for moments and places of damage.
struct Dice {
  var state: UInt64

  /// A whole number below `bound`.
  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
}
