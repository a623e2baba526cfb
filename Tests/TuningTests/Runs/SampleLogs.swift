// SampleLogs - writes the logs of a run for readers outside (TensorBoard, data frames).
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@testable import LMPTTuning

/// Set `LMPT_SAMPLE_PAGES` to an existing folder to get the files
/// (`Fixtures/generators/check_reports.py` takes them from there).
private let folder = ProcessInfo.processInfo.environment["LMPT_SAMPLE_PAGES"]

@Suite(.enabled(if: folder != nil)) struct SampleLogs {
  @Test func `a run folder is written`() throws {
    let folder = try #require(folder)
    let report = try JSON.parse(Fixtures.bytes("reports/sample-run.json"))
    let lines = (report["runs"]?[0]?["epochs"]?.array ?? []).map { $0.text() + "\n" }
    try AtomicFile.write(lines.joined(), to: "\(folder)/events.jsonl")
    let epochs = try EpochLog.read("\(folder)/events.jsonl")
    try AtomicFile.write(
      EpochLog.csvHeader + epochs.map(EpochLog.csvLine).joined(), to: "\(folder)/metrics.csv")
    let time = 1_700_000_000.0
    let events = epochs.flatMap { EpochLog.events($0, wallTime: time + Double($0.epoch)) }
    try AtomicFile.write(
      EventFile.header(wallTime: time) + events, to: "\(folder)/\(EventFile.name(wallTime: time))")
  }
}
