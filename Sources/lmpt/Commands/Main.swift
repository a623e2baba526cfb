// Main - finds the command, runs it, and turns every error into one line and an exit code.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTTuning
import LMPTTensors
import Synchronization

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
    var code = run(words())
    do {
      try StandardStreams.flush()
    } catch {
      // A command that failed has told why; one line is enough.
      if [ExitCode.fine, ExitCode.numericCheck].contains(code) {
        let told = ToldError(error)
        Printer(json: false).show(told)
        code = told.exitCode
      }
    }
    exit(code)
  }

  /// Runs one command line; returns the exit code.
  static func run(_ words: [String]) -> Int32 {
    let wantsJSON = words.prefix { $0 != "--" }.contains {
      $0.hasPrefix("-") && $0.drop { $0 == "-" } == "json"
    }
    var printer = Printer(json: wantsJSON)
    var command: Command?
    ShortMemory.endOrderly(json: wantsJSON)
    Ending.wantsJSON.store(wantsJSON, ordering: .relaxed)
    do {
      let output: Output
      switch words.first {
      case nil, "--help", "-h", "help":
        let topics = words.first == "help" ? words.dropFirst().filter { !$0.hasPrefix("-") } : []
        let topic = try topics.first.map(Command.named)
        output =
          topic.map { Help.output(of: $0.subcommand(topics.dropFirst().first) ?? $0) }
          ?? Help.overview(of: Command.all)
      case "--version":
        output = Output(
          json: JSON.object([("version", .string(programVersion))]),
          text: "lmpt \(programVersion)\n")
      case let name?:
        var named = try Command.named(name)
        // Before parsing, so that the hint at a faulty option names the command that was meant.
        command = named.subcommand(words.dropFirst().first) ?? named
        var arguments = try Arguments.parse(Array(words.dropFirst()), for: named)
        if let chosen = named.subcommand(arguments.operands.first) {
          named = chosen
          command = chosen
          arguments = try arguments.narrowed(to: chosen)
        }
        printer.quiet = arguments.flag("quiet")
        output = try named.run(arguments, printer)
      }
      printer.show(output)
      return words.isEmpty ? ExitCode.usage : output.exitCode
    } catch {
      let told = ToldError(error, of: command)
      printer.show(told)
      return told.exitCode
    }
  }

  /// The command line, in which paths need not be UTF-8: repaired, they would stand for other files.
  private static func words() -> [String] {
    let words = Array(CommandWords.all.dropFirst())
    // Texts are repaired, as in Python.
    guard words.first != "tokenize" else { return words }
    return words.indices.map { index in
      let word = CommandWords.pointers[index + 1]
      let bytes = UnsafeRawBufferPointer(start: word, count: strlen(word))
      return String(pathBytes: bytes)
    }
  }
}

/// Ctrl-C and termination end the program with a line and exit code 130. Commands that have something
/// to save ask for a request instead (`Interruption`).
func endWhenInterrupted() {
  Interruption.handle([SIGINT, SIGTERM]) { _ in
    // Only what a signal handler may do.
    let line: StaticString = "lmpt: interrupted\n"
    _ = write(2, line.utf8Start, line.utf8CodeUnitCount)
    if Ending.wantsJSON.load(ordering: .relaxed) {
      let object: StaticString =
        #"{"error":{"code":"run.interrupted","message":"interrupted"}}\#n"#
      _ = write(1, object.utf8Start, object.utf8CodeUnitCount)
    }
    _exit(130)
  }
}

/// What the handler of `endWhenInterrupted` knows of the command line.
private enum Ending {
  static let wantsJSON = Atomic<Bool>(false)
}
