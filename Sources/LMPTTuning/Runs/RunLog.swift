// RunLog - a run folder's logs for people, data frames and TensorBoard, kept while it goes on.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import Foundation

/// The logs of a run folder.
///
/// The checkpoint is the truth: it is on the disk before an epoch is logged, and opening the logs of
/// a resumed run writes them again from the checkpoint's history. So a run that was killed between
/// two writes, or in the middle of one, never has a line too many, too few or half.
struct RunLog {
  private let folder: String
  private let eventPath: String
  private let start: Double

  /// Opens the logs of a run.
  ///
  /// - Parameters:
  ///   - folder: the run folder.
  ///   - history: the epochs of the checkpoint; empty for a new run.
  /// - Throws: `FileError` naming the file that cannot be written.
  init(_ folder: String, history: [EpochRecord]) throws {
    self.folder = folder
    let prefix = Self.eventPrefix
    let existing = Self.files(in: folder).filter { $0.hasPrefix(prefix) }.min()
    let digits = existing?.dropFirst(prefix.count).prefix { $0.isNumber } ?? ""
    start = Double(digits) ?? Date().timeIntervalSince1970.rounded(.down)
    eventPath = "\(folder)/\(existing ?? EventFile.name(wallTime: start))"

    try AtomicFile.write(
      EpochLog.csvHeader + history.map(EpochLog.csvLine).joined(), to: "\(folder)/metrics.csv")
    try AtomicFile.write(
      history.map(EpochLog.jsonLine).joined(), to: "\(folder)/events.jsonl")
    try AtomicFile.write(
      EventFile.header(wallTime: start) + history.flatMap(events), to: eventPath)
    try note(
      history.isEmpty ? "started, lmpt \(programVersion)" : "resumed after epoch \(history.count)")
  }

  /// Adds an epoch to all four files.
  func append(_ record: EpochRecord, best: EpochRecord?) throws {
    try appendToFile(Array(EpochLog.csvLine(record).utf8), at: "\(folder)/metrics.csv")
    try appendToFile(Array(EpochLog.jsonLine(record).utf8), at: "\(folder)/events.jsonl")
    try appendToFile(events(record), at: eventPath)
    let groups = record.byGroup
    let validation =
      record.validation.map { "  validation mAP\(percent($0))\(shares(groups.validation))" } ?? ""
    try note(
      "epoch \(record.epoch)  loss \(fixed(record.loss, 5))\(validation)"
        + "  test mAP\(percent(record.test))\(shares(groups.test))  lr \(record.learningRate)"
        + "  \(duration(record.seconds))" + (best.map { "  best epoch \($0.epoch)" } ?? ""))
  }

  /// Adds a line with the time to log.txt.
  func note(_ text: String) throws {
    let line = "\(timestamp())  \(text)\n"
    try appendToFile(Array(line.utf8), at: "\(folder)/log.txt")
  }

  /// The percentages of the groups in brackets; nothing where there are none.
  private func shares(_ groups: [ClassGroup: Double]) -> String {
    let parts = ClassGroup.allCases.compactMap { group in
      groups[group].map { "\(group.rawValue) \(fixed($0 * 100, 1))" }
    }
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
  }

  /// An epoch's record; its time is the run's start plus the seconds of work.
  private func events(_ epoch: EpochRecord) -> [UInt8] {
    EpochLog.events(epoch, wallTime: start + epoch.seconds)
  }

  /// The names of the files that opening the logs makes, in a folder.
  static func files(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter {
      ["metrics.csv", "events.jsonl", "log.txt"].contains($0) || $0.hasPrefix(eventPrefix)
    }
  }

  private static let eventPrefix = String(EventFile.name(wallTime: 0).prefix { !$0.isNumber })
}
