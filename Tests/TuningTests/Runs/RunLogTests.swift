// RunLogTests - the logs of a run folder, written epoch by epoch and again after a stop.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@testable import LMPTTuning

@Suite("logs of a run folder")
struct RunLogTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func epoch(_ number: Int) -> EpochRecord {
    EpochRecord(
      epoch: number, losses: LossParts(cls: 0.5, cse: 0.25, total: 0.126), learningRate: 5e-4,
      validation: 0.25, test: 0.5, seconds: 10 * Double(number),
      byGroup: GroupFigures(validation: [.head: 0.75], test: [.head: 0.125, .tail: 1]))
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)
  }

  /// The bytes of the event file and the wall time of each of its records.
  private func events() throws -> (bytes: [UInt8], times: [Double]) {
    let name = try #require(folder.files.first { $0.hasPrefix("events.out.tfevents") })
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name)")))
    // The first field of a message is the time: a byte that says so, and 8 of a double.
    let times = try #require(eventMessages(bytes)).map { message in
      Double(
        bitPattern: message.dropFirst().prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }
    return (bytes, times)
  }

  @Test("a resumed run's logs hold the epochs before it, once, at the times at which they ended")
  func resumed() throws {
    let first = try RunLog(folder.path, history: [])
    try first.append(epoch(1), best: nil)
    try first.append(epoch(2), best: epoch(1))
    // What an epoch that no checkpoint knows left behind goes.
    try first.append(epoch(3), best: nil)
    let start = try #require(try events().times.first)
    let second = try RunLog(folder.path, history: [epoch(1), epoch(2)])
    try second.append(epoch(3), best: epoch(2))

    let epochs = [epoch(1), epoch(2), epoch(3)]
    #expect(try text("metrics.csv") == EpochLog.csvHeader + epochs.map(EpochLog.csvLine).joined())
    #expect(try text("events.jsonl") == epochs.map(EpochLog.jsonLine).joined())
    #expect(try folder.files.filter { $0.hasPrefix("events.out") }.count == 1)
    let (bytes, times) = try events()
    #expect(times == [start, start + 10, start + 20, start + 30])
    #expect(start > 1.6e9 && start == start.rounded())
    #expect(
      bytes == EventFile.header(wallTime: start)
        + epochs.flatMap { EpochLog.events($0, wallTime: start + $0.seconds) })
  }

  @Test("a run that goes on after its seconds of pause keeps the name and the time of its events")
  func older() throws {
    let name = EventFile.name(wallTime: 1_700_000_000)
    _ = try folder.write(name, "")
    try RunLog(folder.path, history: [epoch(1)]).append(epoch(2), best: nil)
    #expect(try folder.files.filter { $0.hasPrefix("events.out") } == [name])
    #expect(try events().times == [1_700_000_000, 1_700_000_010, 1_700_000_020])
  }

  @Test("log.txt says each figure once, with the groups of its images")
  func lines() throws {
    let log = try RunLog(folder.path, history: [])
    try log.append(epoch(2), best: epoch(1))
    _ = try RunLog(folder.path, history: [epoch(1), epoch(2)])
    let lines = try text("log.txt").split(separator: "\n").map { $0.dropFirst(22) }
    #expect(lines[0] == "started, lmpt \(programVersion)")
    #expect(
      lines[1] == "epoch 2  loss 0.12600  validation mAP 25.0 (head 75.0)  "
        + "test mAP 50.0 (head 12.5, tail 100.0)  lr 0.0005  20s  best epoch 1")
    #expect(lines[2] == "resumed after epoch 2")
    #expect(RunLog.files(in: folder.path).count == 4)
  }
}
