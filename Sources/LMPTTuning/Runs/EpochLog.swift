// EpochLog - one record per epoch, in the three forms that other programs read.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// The forms of an epoch's record.
///
/// One list of columns serves CSV, JSON lines and TensorBoard, so they cannot drift apart.
package enum EpochLog {
  private static let columns = EpochRecord.figures + EpochRecord.groups

  /// The first line of the CSV file.
  static var csvHeader: String { CSV.line([.text("epoch")] + columns.map { .text($0.name) }) }

  /// A line of the CSV file.
  static func csvLine(_ epoch: EpochRecord) -> String {
    CSV.line(
      [.integer(epoch.epoch)] + columns.map { $0.value(epoch).map(CSV.Cell.number) ?? .empty })
  }

  /// A line of the JSON lines file; figures that are nil are left out.
  static func jsonLine(_ epoch: EpochRecord) -> String {
    var object = JSON.Object([(key: "epoch", value: .integer(epoch.epoch))])
    for column in columns {
      if let value = column.value(epoch) { object[column.name] = .number(value) }
    }
    return JSON.object(object).text() + "\n"
  }

  /// A record to append to a TensorBoard event file that begins with `EventFile.header`.
  static func events(_ epoch: EpochRecord, wallTime: Double) -> [UInt8] {
    let values = columns.compactMap { column in
      column.value(epoch).map { (tag: column.tag, value: Float($0)) }
    }
    return EventFile.scalars(values, step: epoch.epoch, wallTime: wallTime)
  }

  /// The records of a JSON lines file.
  static func read(_ path: String) throws -> [EpochRecord] {
    let file = try FileBytes(path: path)
    return try inFile(path) { try file.withBytes(parse) }
  }

  /// The records of JSON lines.
  ///
  /// - Throws: `JSONError`, or `RunError.notARun` naming a figure that is missing or no number.
  package static func parse(_ bytes: UnsafeRawBufferPointer) throws -> [EpochRecord] {
    try bytes.split(separator: UInt8(ascii: "\n")).map { line in
      let json = try JSON.parse(UnsafeRawBufferPointer(rebasing: line))
      return try EpochRecord(json: json, by: \.name)
    }
  }
}
