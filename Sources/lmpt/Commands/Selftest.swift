// Selftest - `lmpt selftest`: this program against the stored outputs of independent implementations.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import SelfTest

extension Command {
  static let selftest = Command(
    name: "selftest",
    summary: "compares this program with the stored outputs of independent implementations",
    options: [
      .value("filter", "TEXT", "only what has this text in its tag or name, as E6 or pixels"),
      .value("fixtures", "DIR", "the Fixtures folder", fallback: "LMPT_FIXTURES, or beside lmpt"),
    ],
    examples: ["lmpt selftest", "lmpt selftest --filter E6 --json"],
    run: runSelftest)
}

private func runSelftest(_ arguments: Arguments) throws -> Int32 {
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
  let json = arguments.flag("json")
  var (passed, failed, rows) = (0, 0, [JSON]())
  if !json { print(columns("equation", "cases", "worst", "allowed", "ms", "")) }
  for replay in replays {
    let start = ContinuousClock.now
    let result = try replay.run()
    let seconds = (ContinuousClock.now - start) / .milliseconds(1)
    failed += result.failed
    passed += result.cases - result.failed
    if json {
      rows.append(
        .object([
          ("equation", .string(replay.name)), ("tag", .string(replay.tag)),
          ("cases", .integer(result.cases)), ("failed", .integer(result.failed)),
          ("worst", .number(result.worst * result.tolerance)),
          ("tolerance", .number(result.tolerance)), ("milliseconds", .number(seconds)),
          ("failures", .array(result.failures.map(JSON.string))),
        ]))
      continue
    }
    print(
      columns(
        "\(replay.tag) \(replay.name)", "\(result.cases)",
        result.tolerance == 0 ? "exact" : scientific(result.worst * result.tolerance),
        result.tolerance == 0 ? "exact" : scientific(result.tolerance),
        String(format: "%.1f", seconds), result.failed == 0 ? "passed" : "\(result.failed) FAILED"))
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
