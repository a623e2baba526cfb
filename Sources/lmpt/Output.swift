// Output - what a command found, and the one place where it is printed.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// What a command found: for programs, for people, and whether it is as it should be.
struct Output {
  private let makeJSON: () -> JSON
  private let makeText: () -> String
  /// Whether the text only says what was done, which `--quiet` leaves out.
  var isConfirmation = false
  fileprivate var isPrinted = false
  private var failure: JSON?
  /// Lines for standard error, after the result.
  var notes: [String] = []
  var exitCode = ExitCode.fine

  /// - Parameters:
  ///   - json: what `--json` prints.
  ///   - text: what is printed otherwise, with its line ends.
  init(json: @escaping @autoclosure () -> JSON, text: @escaping @autoclosure () -> String) {
    (makeJSON, makeText) = (json, text)
  }

  /// A result whose rows were all printed.
  static func rows(exitCode: Int32) -> Output {
    var output = Output(json: JSON.null, text: "")
    (output.isPrinted, output.exitCode) = (true, exitCode)
    return output
  }

  /// What was done, for which files are the result.
  init(json: @escaping @autoclosure () -> JSON, confirmation: [String]) {
    self.init(json: json(), text: confirmation.map { $0 + "\n" }.joined())
    isConfirmation = true
  }

  /// A result that is there in spite of an error: with the error's line and exit code, and with its
  /// object in what `--json` prints.
  mutating func fail(_ error: any Error, of command: Command) {
    let told = ToldError(error, of: command)
    failure = told.json
    notes.append("lmpt: \(told.line)")
    exitCode = told.exitCode
  }

  fileprivate var json: JSON {
    let result = makeJSON()
    guard let failure, case .object(let object) = result else { return result }
    return .object(object.members.map { ($0.key, $0.value) } + [("error", failure)])
  }
  fileprivate var text: String { makeText() }

  /// The text of a result that did not print its rows itself.
  var printedText: String { makeText() }
}

/// Prints results on standard output, as text or as JSON.
struct Printer {
  let json: Bool
  var quiet = false
  /// Where rows go instead of standard output.
  var takesRow: ((String) -> Void)?

  /// A row of a result that is longer than anyone wants to wait for, or to keep.
  ///
  /// - Parameters:
  ///   - json: its line for `--json`; nil for a row that stands in the command's one object.
  ///   - text: what is printed otherwise, with its line ends.
  func row(json: @autoclosure () -> JSON? = nil, text: @autoclosure () -> String) {
    if let takesRow {
      takesRow(text())
    } else if !self.json {
      print(text(), terminator: "")
    } else if let row = json() {
      print(row.text())
    }
  }

  /// The result of a command, and what there is to note about it.
  func show(_ output: Output) {
    if json {
      if !output.isPrinted { print(output.json.text()) }
    } else if !(quiet && output.isConfirmation) {
      print(output.text, terminator: "")
    }
    for note in output.notes { StandardStreams.tell("\(note)\n") }
  }

  /// An error on standard error, and as an object with `--json`.
  func show(_ error: ToldError) {
    StandardStreams.tell("lmpt: \(error.line)\n")
    if json { print(JSON.object([("error", error.json)]).text()) }
  }
}
