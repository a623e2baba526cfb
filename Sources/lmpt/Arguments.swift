// Arguments - the one option table behind parsing, --help, completions and the man page.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning
import LMPTWeights

/// One option of a command.
struct Option: Sendable {
  /// The headings of a page of help, for commands with many options.
  enum Section: String {
    case data = "Data"
    case prompts = "Prompts"
    case loss = "Loss"
    case optimizer = "Optimiser"
    case run = "Run"
    case common = "Every command"
  }

  /// The name without dashes; `aliases` are accepted too, and `_` is read as `-`.
  let name: String
  var aliases: [String] = []
  /// What stands for the value in the help; nil for a switch.
  var value: String?
  /// The words that the value is one of, where its placeholder does not list them.
  var words: [String] = []
  /// The default as the help shows it: that of a `DefaultOption`, or how it is found. It is made
  /// where a page is, because that of a run's option asks every method and data set.
  var fallback: (@Sendable () -> String)?
  /// Its heading in the help.
  var section: Section?
  var help: String
}

extension Option {
  static func flag(_ name: String, _ help: String, aliases: [String] = []) -> Option {
    Option(name: name, aliases: aliases, help: help)
  }

  static func value(
    _ name: String, _ placeholder: String, _ help: String, fallback: String? = nil,
    aliases: [String] = []
  ) -> Option {
    var option = Option(name: name, aliases: aliases, value: placeholder, help: help)
    if let fallback { option.fallback = { fallback } }
    return option
  }

  /// An option that is one of an enum's words; `fallback` says how it is found where none is given.
  static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, _: Choice.Type, _ help: String, fallback: String? = nil
  ) -> Option {
    let words = Choice.allCases.map(\.rawValue).joined(separator: "|")
    return .value(name, words, help, fallback: fallback)
  }

  /// Options that every command takes.
  static let common: [Option] = under(
    .common,
    [
      .value(
        "threads", "N", "processor threads; results are the same for any number",
        fallback: "all cores"),
      .flag("json", "machine-readable output, errors included"),
      .flag("quiet", "no progress lines"),
      .flag("help", "this page"),
    ])

  /// Options under a heading.
  static func under(_ section: Section, _ options: [Option]) -> [Option] {
    options.map { $0.in(section) }
  }

  /// The option under a heading.
  func `in`(_ section: Section) -> Option {
    var option = self
    option.section = section
    return option
  }
}

/// The words of a command line, checked against the command's table.
struct Arguments: Sendable {
  let command: Command
  /// Words that belong to no option, in order.
  private(set) var operands: [String] = []
  private var found: [String: [String]] = [:]

  static func parse(_ words: [String], for command: Command) throws -> Arguments {
    var result = Arguments(command: command)
    let table = command.table
    var index = 0
    var onlyOperands = false
    while index < words.count {
      let word = words[index]
      index += 1
      if onlyOperands || word == "-" || !word.hasPrefix("-") || Double(word) != nil {
        result.operands.append(word)
        continue
      }
      if word == "--" {
        onlyOperands = true
        continue
      }
      let parts = word.parts(between: "=", maxSplits: 1, omittingEmpty: false)
      let spelled = parts[0]
      let name =
        spelled == "-h"
        ? "help"
        : spelled.drop { $0 == "-" }.map { $0 == "_" ? "-" : $0 }
          .reduce(into: "") { $0.append($1) }
      guard let option = table.first(where: { $0.name == name || $0.aliases.contains(name) }) else {
        let known = table.flatMap { [$0.name] + $0.aliases }
        throw UsageError.unknownOption(
          spelled, command: command.name, nearest: nearest(name, in: known).map { "--\($0)" })
      }
      guard let placeholder = option.value else {
        guard parts.count == 1 else { throw UsageError.unexpectedValue(spelled) }
        result.found[option.name, default: []].append("")
        continue
      }
      let value: String
      if parts.count == 2 {
        value = parts[1]
      } else if index < words.count, words[index] == "-" || !words[index].hasPrefix("--") {
        value = words[index]
        index += 1
      } else {
        throw UsageError.missingValue("--\(option.name)", placeholder: placeholder)
      }
      // An unset variable of a script: as a path it would mean the root of the file system.
      guard !value.isEmpty || !option.takesPath || option.name.hasSuffix("prefix") else {
        throw UsageError.badValue(option: "--\(option.name)", found: value, expected: "a path")
      }
      guard option.takesPath || !value.carriesBytes else { throw Arguments.notText(value) }
      result.found[option.name, default: []].append(value)
    }
    return result
  }

  /// The words for a command below the parsed one, without its name.
  func narrowed(to command: Command) throws -> Arguments {
    let table = command.table
    for name in found.keys.sorted() where !table.contains(where: { $0.name == name }) {
      throw UsageError.unknownOption("--\(name)", command: command.name, nearest: nil)
    }
    var narrowed = Arguments(command: command)
    (narrowed.found, narrowed.operands) = (found, Array(operands.dropFirst()))
    return narrowed
  }

  /// The error for a word that is no UTF-8 where only a path need not be.
  static func notText(_ word: String) -> UsageError {
    .conflict("'\(word.showingCarriedBytes)' is not valid UTF-8")
  }

  private init(command: Command) { self.command = command }

  /// Whether a switch was given.
  func flag(_ name: String) -> Bool { found[name] != nil }

  /// The last value given for an option.
  func string(_ name: String) -> String? { found[name]?.last }

  /// Every value given for an option, in order.
  func strings(_ name: String) -> [String] { found[name] ?? [] }

  /// The value of an option that the command cannot do without.
  func required(_ name: String) throws -> String {
    guard let value = string(name) else {
      throw UsageError.missingOption("--\(name)", command: command.name)
    }
    return value
  }

  /// The `--output`, or a path given for it, refused before the work when its ending names no
  /// format.
  func output(_ given: String? = nil, named name: String = "OUT") throws -> String {
    let path = try given ?? required("output")
    guard WritableFormat(path: path) != nil else {
      let endings = WritableFormat.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
      throw UsageError.badValue(
        option: given == nil ? "--output" : name, found: path,
        expected: "a name that ends in one of \(endings)")
    }
    return path
  }

  /// The value given for an option; nil where none is.
  func value<Value>(_ name: String, as form: OptionForm<Value>) throws -> Value? {
    guard let text = string(name) else { return nil }
    guard let value = form.value(text) else {
      throw UsageError.badValue(option: "--\(name)", found: text, expected: form.expected)
    }
    return value
  }

  /// A whole number inside a range.
  func int(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    try value(name, as: .whole(range))
  }

  /// A finite number inside a range.
  func double(_ name: String, in range: ClosedRange<Double>) throws -> Double? {
    try value(name, as: .number(range))
  }

  /// One of an enum's raw values.
  func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _: Choice.Type = Choice.self
  ) throws -> Choice? { try value(name, as: .choice) }

  /// Exactly so many operands; `what` names them where they are missing.
  func operands(_ count: Int, _ what: String) throws -> [String] {
    guard operands.count >= count else {
      throw UsageError.missingArgument(what, command: command.name)
    }
    if let extra = operands.dropFirst(count).first {
      throw UsageError.unexpectedArgument(extra, command: command.name)
    }
    return operands
  }

  /// Refuses operands for a command that takes none.
  func expectNoOperands() throws {
    if let word = operands.first {
      throw UsageError.unexpectedArgument(word, command: command.name)
    }
  }
}
