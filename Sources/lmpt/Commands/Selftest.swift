// Selftest - `lmpt selftest`: this program against the stored outputs of PyTorch.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import PromptTuning
import Tensors

extension Command {
  static let selftest = Command(
    name: "selftest",
    summary: "compares every equation with the stored outputs of an independent implementation",
    options: [
      .value("filter", "TEXT", "only equations whose tag or name has this text, as E6"),
      .value("fixtures", "DIR", "the Fixtures folder", standard: "LMPT_FIXTURES, or beside lmpt"),
    ],
    examples: ["lmpt selftest", "lmpt selftest --filter E6 --json"],
    run: runSelftest)
}

private func runSelftest(_ arguments: Arguments) throws -> Int32 {
  try arguments.expectNoOperands()
  let folder = try arguments.string("fixtures") ?? Installed.fixtures()
  let filter = arguments.string("filter")?.lowercased() ?? ""
  let files = try ["equations", "losses"].flatMap { try equationFixtures("\(folder)/\($0)") }
    .filter {
      filter.isEmpty || "\($0.equation.tag) \($0.equation.name)".lowercased().contains(filter)
    }
  guard !files.isEmpty else {
    throw UsageError.badValue(
      option: "--filter", found: filter,
      expected: "a part of a tag or name of 'lmpt equation --list'")
  }
  let json = arguments.flag("json")
  var (passed, failed, rows) = (0, 0, [JSON]())
  if !json { print(columns("equation", "cases", "worst", "allowed", "ms", "")) }
  for file in files {
    let start = ContinuousClock.now
    let result = file.replay()
    let seconds = (ContinuousClock.now - start) / .milliseconds(1)
    let bad = Set(result.failures.map { $0.split(separator: " ").first ?? "" }).count
    failed += bad
    passed += result.cases - bad
    if json {
      rows.append(
        .object([
          ("equation", .string(file.equation.name)), ("tag", .string(file.equation.tag)),
          ("cases", .integer(result.cases)), ("failed", .integer(bad)),
          ("worst", .number(result.worst * result.tolerance)),
          ("tolerance", .number(result.tolerance)), ("milliseconds", .number(seconds)),
          ("failures", .array(result.failures.map(JSON.string))),
        ]))
      continue
    }
    print(
      columns(
        "\(file.equation.tag) \(file.equation.name)", "\(result.cases)",
        scientific(result.worst * result.tolerance), scientific(result.tolerance),
        String(format: "%.1f", seconds), bad == 0 ? "passed" : "\(bad) FAILED"))
    for failure in result.failures { print("    \(failure)") }
  }
  if json {
    print(
      JSON.object([
        ("results", .array(rows)), ("passed", .integer(passed)), ("failed", .integer(failed)),
      ]).text())
  } else {
    print("\(passed) passed, \(failed) failed")
  }
  return failed == 0 ? ExitCode.fine : ExitCode.numericCheck
}

private func scientific(_ value: Double) -> String { String(format: "%.1e", value) }

/// A row of the table: the name to the left, numbers to the right.
private func columns(_ name: String, _ rest: String...) -> String {
  func gap(_ width: Int, _ text: String) -> String {
    String(repeating: " ", count: max(1, width - text.count))
  }
  let numbers = rest.dropLast().map { gap(10, $0) + $0 }.joined()
  return name + gap(44, name) + numbers + "  " + (rest.last ?? "")
}
