// Command - one command of the program: its words, its options, and what it does.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import PromptTuning
import Tensors

/// A command: its words, its options, and what it does.
struct Command: Sendable {
  /// What a command does: it returns what it found, and hands long results on row by row.
  typealias Body = @Sendable (Arguments, Printer) throws -> Output

  let name: String
  let summary: String
  /// What follows the name on the usage line, besides options.
  let operands: String
  let options: [Option]
  /// Two command lines that work as written.
  let examples: [String]
  private let body: Body

  /// A command that returns what it found.
  init(
    name: String, summary: String, operands: String = "", options: [Option], examples: [String],
    run: @escaping @Sendable (Arguments) throws -> Output
  ) {
    self.init(
      name: name, summary: summary, operands: operands, options: options, examples: examples
    ) { arguments, _ in try run(arguments) }
  }

  /// A command that also prints rows while it works; `Output.rows` says that they are all.
  init(
    name: String, summary: String, operands: String = "", options: [Option], examples: [String],
    printing: @escaping Body
  ) {
    (self.name, self.summary, self.operands) = (name, summary, operands)
    (self.options, self.examples, body) = (options, examples, printing)
  }

  static func named(_ name: String) throws -> Command {
    guard let command = all.first(where: { $0.name == name }) else {
      throw UsageError.unknownCommand(name, nearest: nearest(name, in: all.map(\.name)))
    }
    return command
  }

  /// Parses a command line and runs it, or gives the help that it asks for.
  func run(_ words: [String], _ printer: inout Printer) throws -> Output {
    let arguments = try Arguments.parse(words, for: self)
    guard !arguments.flag("help") else { return Help.output(of: self) }
    printer.quiet = arguments.flag("quiet")
    if let threads = try arguments.int("threads", in: 1...1024) { Threads.count = threads }
    // Before anything is computed.
    do {
      _ = try KernelSet.select()
    } catch let error as KernelError {
      throw UsageError.kernels(error)
    }
    return try body(arguments, printer)
  }
}
