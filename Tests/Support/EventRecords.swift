// EventRecords - how many records a TensorBoard event file has.
// SPDX-License-Identifier: Apache-2.0

/// The number of records; nil where the file ends in the middle of one.
///
/// A record is its length in 8 bytes, 4 of a checksum, the message, and 4 of another checksum.
package func eventRecords(_ file: [UInt8]) -> Int? {
  var (offset, records) = (0, 0)
  while offset + 8 <= file.count {
    let length = file[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
    offset += 16 + length
    records += 1
  }
  return offset == file.count ? records : nil
}
