// Main - finds the command, runs it, and turns every error into one line and an exit code.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import PromptTuning
import Tensors

@main
enum Main {
  static func main() {
    // A closed pipe (`lmpt ... | head`) ends the program quietly instead of with a message.
    signal(SIGPIPE, SIG_DFL)
    // A file-size limit is an error of the write, with a message, not a signal.
    signal(SIGXFSZ, SIG_IGN)
    // Ctrl-\ ends the program; the runtime's handler would print a trace and go on.
    signal(SIGQUIT, SIG_DFL)
    endWhenInterrupted()
    StandardStreams.secure()
    let arguments = words()
    var code = run(arguments)
    do {
      try StandardStreams.flush()
    } catch {
      report(error, json: false)
      if code == ExitCode.fine { code = ExitCode.of(error) }
    }
    exit(code)
  }

  /// Runs one command line; returns the exit code.
  static func run(_ words: [String]) -> Int32 {
    let wantsJSON = words.prefix { $0 != "--" }.contains {
      $0.hasPrefix("-") && $0.drop { $0 == "-" } == "json"
    }
    do {
      guard let name = words.first, !["--help", "-h", "help"].contains(name) else {
        let topic = words.first == "help" ? words.dropFirst().first { !$0.hasPrefix("-") } : nil
        show(help: try topic.map(Command.named), json: wantsJSON)
        return words.isEmpty ? ExitCode.usage : ExitCode.fine
      }
      if name == "--version" {
        print(
          wantsJSON ? JSON.object([("version", .string(version))]).text() : "lmpt \(version)")
        return ExitCode.fine
      }
      let command = try Command.named(name)
      let arguments = try Arguments.parse(Array(words.dropFirst()), for: command)
      if arguments.flag("help") {
        show(help: command, json: wantsJSON)
        return ExitCode.fine
      }
      if let threads = try arguments.int("threads", in: 1...1024) { Threads.count = threads }
      try chooseKernels()
      return try command.run(arguments)
    } catch {
      report(error, json: wantsJSON)
      return ExitCode.of(error)
    }
  }

  /// The page of a command, or the overview of all.
  private static func show(help command: Command?, json: Bool) {
    if json {
      print((command.map(Help.json(for:)) ?? Help.json).text())
    } else {
      print(command.map(Help.text(for:)) ?? Help.overview, terminator: "")
    }
  }

  /// The version printed by `--version` and recorded in every run folder.
  static let version = "0.1.0"

  /// Checks LMPT_KERNEL before anything is computed.
  private static func chooseKernels() throws {
    do {
      _ = try KernelSet.select()
    } catch let error as KernelError {
      throw UsageError.kernels(error)
    }
  }

  /// The command line, in which paths need not be UTF-8: repaired, they would stand for other files.
  private static func words() -> [String] {
    let words = Array(CommandLine.arguments.dropFirst())
    // Texts are repaired, as in Python.
    guard words.first != "tokenize" else { return words }
    return words.indices.map { index in
      guard let word = CommandLine.unsafeArgv[index + 1] else { return words[index] }
      let bytes = UnsafeRawBufferPointer(start: word, count: strlen(word))
      return String(pathBytes: bytes)
    }
  }

  private static func report(_ error: any Error, json: Bool) {
    StandardStreams.tell("lmpt: \(oneLine(String(describing: error)))\n")
    if json { print(JSON.object([("error", errorObject(error))]).text()) }
  }

  /// The `error` object of the command contract.
  static func errorObject(_ error: any Error) -> JSON {
    var fields: [(key: String, value: JSON)] = [
      ("code", .string((error as? any DiagnosticError)?.code ?? "internal")),
      ("message", .string(oneLine(String(describing: error)))),
    ]
    if let file = (error as? FileError)?.file {
      fields.append(("file", .string(file.showingCarriedBytes)))
    }
    return .object(fields)
  }
}

/// Ctrl-C and termination end the program with a line and exit code 130. Commands that have something
/// to save ask for a request instead (`Interruption`).
func endWhenInterrupted() {
  for number in [SIGINT, SIGTERM] {
    let before = signal(number) { _ in
      // Only what a signal handler may do.
      let line: StaticString = "lmpt: interrupted\n"
      _ = write(2, line.utf8Start, line.utf8CodeUnitCount)
      _exit(130)
    }
    // nohup and shells' background jobs ignore signals on purpose.
    if unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
      signal(number, SIG_IGN)
    }
  }
}

/// A message as one line of a terminal: control characters, which names and files may hold, are
/// escaped, and the middle of what is very long is left out.
private func oneLine(_ message: String) -> String {
  let spaced = message.unicodeScalars.map { $0 == "\n" ? " " : String($0) }.joined()
  let text = Terminal.escaped(spaced)
  return text.count <= 2000 ? text : text.prefix(1000) + " ... " + text.suffix(500)
}

/// The exit codes of the command contract.
enum ExitCode {
  static let fine: Int32 = 0
  static let `internal`: Int32 = 1
  static let usage: Int32 = 2
  static let badInput: Int32 = 3
  static let numericCheck: Int32 = 4
  static let interrupted: Int32 = 130

  static func of(_ error: any Error) -> Int32 {
    guard let error = error as? any DiagnosticError else { return `internal` }
    if error.code.hasPrefix("usage.") || (error as? EquationError)?.isUsage == true { return usage }
    return error.code == "run.interrupted" ? interrupted : badInput
  }
}
