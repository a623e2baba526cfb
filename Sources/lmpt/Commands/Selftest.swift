// Selftest - `lmpt selftest`: this program against the stored outputs of independent implementations.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSelfTest

extension Command {
  static let selftest = Command(
    name: "selftest",
    summary: "compares this program with the stored outputs of independent implementations",
    options: [
      .value("filter", "TEXT", "only what has this text in its tag or name, as E6 or pixels"),
      .value(
        "fixtures", "DIR", "the Fixtures folder",
        fallback: "LMPT_FIXTURES, else the checkout's, else beside lmpt"),
    ],
    examples: ["lmpt selftest", "lmpt selftest --filter E6 --json"],
    printing: runSelftest)
}

private func runSelftest(_ arguments: Arguments, _ printer: Printer) throws -> Output {
  try arguments.expectNoOperands()
  let folder = try arguments.string("fixtures") ?? Installed.fixtures()
  let filter = arguments.string("filter")?.lowercased() ?? ""
  let progress = ProgressLine(arguments)
  progress.begin("opening fixtures")
  let replays = try Replay.all(folder).filter {
    filter.isEmpty || "\($0.tag) \($0.name)".lowercased().contains(filter)
  }
  guard !replays.isEmpty else {
    throw UsageError.badValue(
      option: "--filter", found: filter,
      expected: "a part of a tag or name of 'lmpt equation --list', or pixels, tokens, CLIP")
  }
  progress.finish()
  var (passed, failed, rows) = (0, 0, [JSON]())
  printer.row(text: columns("equation", "cases", "worst", "allowed", "ms", "") + "\n")
  for replay in replays {
    let start = ContinuousClock.now
    let result = try replay.run()
    let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
    failed += result.failed
    passed += result.cases - result.failed
    rows.append(json(replay, result, milliseconds))
    printer.row(text: text(replay, result, milliseconds))
  }
  let totals: [(String, JSON)] = [
    ("results", .array(rows)), ("passed", .integer(passed)), ("failed", .integer(failed)),
  ]
  let line = "\(passed) passed, \(failed) failed\n"
  var output = Output(json: JSON.object(totals), text: line)
  if failed > 0 { output.exitCode = ExitCode.of(.numeric) }
  return output
}

private func json(_ replay: Replay, _ result: FixtureResult, _ milliseconds: Double) -> JSON {
  .object([
    ("equation", .string(replay.name)), ("tag", .string(replay.tag)),
    ("cases", .integer(result.cases)), ("failed", .integer(result.failed)),
    ("worst", .number(result.worst * result.tolerance)),
    ("tolerance", .number(result.tolerance)), ("milliseconds", .number(milliseconds)),
    ("failures", .array(result.failures.map(JSON.string))),
  ])
}

/// A row of the table, and the failures below it.
private func text(_ replay: Replay, _ result: FixtureResult, _ milliseconds: Double) -> String {
  let isExact = result.tolerance == 0
  let row = columns(
    "\(replay.tag) \(replay.name)", "\(result.cases)",
    isExact ? "exact" : scientific(result.worst * result.tolerance),
    isExact ? "exact" : scientific(result.tolerance), String(format: "%.1f", milliseconds),
    result.failed == 0 ? "passed" : "\(result.failed) FAILED")
  return ([row] + result.failures.map { "    \($0)" }).map { $0 + "\n" }.joined()
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
