// Command - one command of the program: its words, its options, and what it does.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning
import LMPTTensors

/// A command: its words, its options, and what it does.
struct Command: Sendable {
  /// What a command does: it returns what it found, and hands long results on row by row.
  typealias Body = @Sendable (Arguments, Printer) throws -> Output

  let name: String
  let summary: String
  /// What follows the name on the usage line, besides options.
  let operands: String
  /// The options in the order of the help, those of a section together.
  let options: [Option]
  /// Two command lines that work as written.
  let examples: [String]
  /// Commands below this one, of which the first operand names one.
  private(set) var subcommands: [Command] = []
  /// What the help says besides, from the left margin on; made where it is asked for.
  var more: @Sendable (_ width: Int) -> [String] = { _ in [] }
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
    (self.examples, body) = (examples, printing)
    var sections: [Option.Section?] = []
    for option in options where !sections.contains(option.section) {
      sections.append(option.section)
    }
    self.options = sections.flatMap { section in options.filter { $0.section == section } }
  }

  /// A command whose first operand names one of several below it; it has the options of all.
  init(name: String, summary: String, subcommands: [Command]) {
    let verbs = subcommands.map { $0.name.dropFirst(name.count + 1) }
    let known = verbs.joined(separator: ", ")
    var seen: Set<String> = []
    self.init(
      name: name, summary: summary, operands: verbs.joined(separator: "|"),
      options: subcommands.flatMap(\.options).filter { seen.insert($0.name).inserted },
      examples: subcommands.compactMap(\.examples.first)
    ) { arguments in
      guard let word = arguments.operands.first else {
        throw UsageError.missingArgument("one of \(known)", command: name)
      }
      throw UsageError.unknownSubcommand(
        word, of: name, nearest: nearest(word, in: verbs.map(String.init)))
    }
    self.subcommands = subcommands
  }

  /// The command below this one that a word names.
  func subcommand(_ word: String?) -> Command? {
    subcommands.first { $0.name == "\(name) \(word ?? "")" }
  }

  /// Runs a parsed command line, or gives the help that it asks for.
  func run(_ arguments: Arguments, _ printer: Printer) throws -> Output {
    guard !arguments.flag("help") else { return Help.output(of: self) }
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
