// EpochLog - one record per epoch, in the three forms that other programs read.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// The forms of an epoch's record.
///
/// One list of columns serves CSV, JSON lines and TensorBoard, so they cannot drift apart.
package enum EpochLog {
  /// A figure: its name in CSV and JSON, its tag in TensorBoard, and where it is kept.
  struct Column: Sendable {
    let name: String
    let tag: String
    let value: @Sendable (EpochRecord) -> Double?
  }

  static let columns: [Column] = figures + groups

  /// The figures of all classes.
  private static let figures: [Column] = [
    Column(name: "loss", tag: "loss/total") { $0.loss },
    Column(name: "cls", tag: "loss/cls") { $0.cls },
    Column(name: "cse", tag: "loss/cse") { $0.cse },
    Column(name: "lr", tag: "lr") { $0.learningRate },
    Column(name: "val_map", tag: "map/validation") { $0.validation },
    Column(name: "test_map", tag: "map/test") { $0.test },
    Column(name: "seconds", tag: "time/seconds") { $0.seconds },
  ]

  /// The figures of head, medium and tail, behind the others, where older files end.
  private static let groups = GroupFigures.columns.map { group in
    Column(name: group.name, tag: group.tag) { $0.byGroup[group] }
  }

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
      func number(_ key: String) throws -> Double {
        guard let value = json[key]?.double else {
          throw RunError.notARun(missing: "'\(key)' of an epoch")
        }
        return value
      }
      guard let epoch = json["epoch"]?.int else {
        throw RunError.notARun(missing: "'epoch' of an epoch")
      }
      return EpochRecord(
        epoch: epoch, loss: try number("loss"), cls: try number("cls"), cse: try number("cse"),
        learningRate: try number("lr"), validation: json["val_map"]?.double,
        test: try number("test_map"), seconds: try number("seconds"),
        byGroup: GroupFigures { json[$0]?.double })
    }
  }
}
