// Program - runs the built `lmpt` as a user would.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

/// What a command line left behind.
struct Outcome {
  let code: Int32
  let output: String
  let errors: String

  /// The lines on standard error.
  var errorLines: [Substring] { errors.split(separator: "\n") }
  /// Standard output as JSON.
  var json: JSON { get throws { try JSON.parse(Array(output.utf8)) } }
}

/// The program under test and a folder for what it writes.
enum Program {
  /// The built program, beside the test bundle.
  static let path: String = {
    var folder = Bundle.main.bundleURL
    for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
      folder = bundle.bundleURL.deletingLastPathComponent()
    }
    for candidate in [
      folder, URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent(),
    ] {
      let program = candidate.appendingPathComponent("lmpt").path
      if FileManager.default.isExecutableFile(atPath: program) { return program }
    }
    return Fixtures.root.deletingLastPathComponent().appendingPathComponent(".build/debug/lmpt")
      .path
  }()

  /// An emulator of another processor that the program runs under: `LMPT_EMULATOR`, its words
  /// between spaces. `.ci/kernels` names some.
  static let emulator = (ProcessInfo.processInfo.environment["LMPT_EMULATOR"] ?? "")
    .split(separator: " ").map(String.init)

  /// The folder of the feature caches that tests share.
  static let cacheRoot = NSTemporaryDirectory() + "lmpt-command-cache"

  /// The variables that the program runs with.
  static func variables(_ more: [String: String] = [:]) -> [String: String] {
    var variables = ProcessInfo.processInfo.environment
    variables["LMPT_FIXTURES"] = Fixtures.root.path
    variables["XDG_CACHE_HOME"] = cacheRoot
    return variables.merging(more) { $1 }
  }

  /// Fills the shared cache once, because of two tests that fill it together one would be told to
  /// wait; the loop is for another test run that does the same.
  private static let warm: Void = {
    for _ in 0..<100 {
      let words = ["features", "--dataset", "mini", "--quiet"]
      guard (try? execute(path, words).code) == 3 else { return }
      usleep(200_000)
    }
  }()

  /// Runs the program and waits for it.
  static func run(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:]
  ) throws -> Outcome {
    if arguments.contains("mini") || arguments.first == "demo", !arguments.contains("--cache") {
      _ = warm
    }
    guard emulator.isEmpty else {
      return try execute(
        "/usr/bin/env", emulator + [path] + arguments, input: input, environment: environment)
    }
    return try execute(path, arguments, input: input, environment: environment)
  }

  /// Runs a line of the shell, in which `$LMPT` is the program.
  static func shell(_ line: String, environment: [String: String] = [:]) throws -> Outcome {
    try execute(
      "/bin/sh", ["-c", line], environment: environment.merging(["LMPT": path]) { $1 })
  }

  private static func execute(
    _ program: String, _ arguments: [String], input: String? = nil,
    environment: [String: String] = [:]
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = variables(environment)
    let (output, errors, source) = (Pipe(), Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = source
    try process.run()
    if let input { source.fileHandleForWriting.write(Data(input.utf8)) }
    try source.fileHandleForWriting.close()
    // Standard error is short, so reading one pipe after the other cannot fill the second.
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let errorText = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      code: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: errorText, as: UTF8.self))
  }
}
