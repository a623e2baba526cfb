// EventFile - TensorBoard scalar events, written by hand.
// SPDX-License-Identifier: Apache-2.0

/// Bytes of a TensorBoard event file: a header once, then records that may be appended at any time.
///
/// A record is: length (8 bytes, little endian), masked CRC-32C of the length, the message, masked
/// CRC-32C of the message. The message is an `Event` in protocol buffer encoding; only the fields
/// that scalars need are written: `wall_time` 1, `step` 2, `file_version` 3, `summary` 5, and in the
/// summary `value` 1 with `tag` 1 and `simple_value` 2.
package enum EventFile {
  /// A name that TensorBoard recognises: `events.out.tfevents.SECONDS.NAME`.
  ///
  /// - Parameters:
  ///   - wallTime: seconds since 1970; also the order of several files of one run.
  ///   - name: anything that is fit for a file name.
  /// - Returns: a file name.
  package static func name(wallTime: Double, name: String = "lmpt") -> String {
    let digits = String(Int(exactly: wallTime.rounded(.down)) ?? 0)
    let zeros = String(repeating: "0", count: max(0, 10 - digits.count))
    return "events.out.tfevents.\(zeros)\(digits).\(name)"
  }

  /// The record that must stand first in a file.
  ///
  /// - Parameter wallTime: seconds since 1970.
  /// - Returns: the file's first bytes.
  package static func header(wallTime: Double) -> [UInt8] {
    var event = Message()
    event.double(1, wallTime)
    event.bytes(3, Array("brain.Event:2".utf8))
    return record(event.bytes)
  }

  /// One record with scalars of one step.
  ///
  /// - Parameters:
  ///   - values: tag and value, in the order in which they are to be stored. A slash in a tag makes
  ///     a group of charts in TensorBoard.
  ///   - step: the epoch or optimiser step.
  ///   - wallTime: seconds since 1970.
  /// - Returns: bytes to append to the file.
  package static func scalars(
    _ values: [(tag: String, value: Float)], step: Int, wallTime: Double
  ) -> [UInt8] {
    var summary = Message()
    for (tag, value) in values {
      var entry = Message()
      entry.bytes(1, Array(tag.utf8))
      entry.float(2, value)
      summary.bytes(1, entry.bytes)
    }
    var event = Message()
    event.double(1, wallTime)
    event.integer(2, Int64(step))
    event.bytes(5, summary.bytes)
    return record(event.bytes)
  }

  private static func record(_ message: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(message.count))
    return length + littleEndian(CRC32C.masked(length))
      + message + littleEndian(CRC32C.masked(message))
  }

  fileprivate static func littleEndian<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
    (0..<Word.bitWidth / 8).map { UInt8(truncatingIfNeeded: word >> Word(8 * $0)) }
  }
}

/// A protocol buffer message under construction; default values are left out, as in proto3.
private struct Message {
  var bytes: [UInt8] = []

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func integer(_ field: UInt64, _ value: Int64) {
    guard value != 0 else { return }
    varint(field << 3)
    varint(UInt64(bitPattern: value))
  }

  mutating func double(_ field: UInt64, _ value: Double) {
    guard value.bitPattern != 0 else { return }
    varint(field << 3 | 1)
    bytes += EventFile.littleEndian(value.bitPattern)
  }

  /// Always written: `simple_value` belongs to a choice, where presence matters.
  mutating func float(_ field: UInt64, _ value: Float) {
    varint(field << 3 | 5)
    bytes += EventFile.littleEndian(value.bitPattern)
  }

  mutating func bytes(_ field: UInt64, _ value: [UInt8]) {
    varint(field << 3 | 2)
    varint(UInt64(value.count))
    bytes += value
  }
}
