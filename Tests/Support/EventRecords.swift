// EventRecords - the records of a TensorBoard event file.
// SPDX-License-Identifier: Apache-2.0

/// The messages of the records; nil where the file ends in the middle of one.
///
/// A record is its length in 8 bytes, 4 of a checksum, the message, and 4 of another checksum.
package func eventMessages(_ file: [UInt8]) -> [ArraySlice<UInt8>]? {
  var rest = file[...]
  var messages: [ArraySlice<UInt8>] = []
  while !rest.isEmpty {
    guard rest.count >= 16 else { return nil }
    let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard (0...rest.count - 16).contains(length) else { return nil }
    messages.append(rest.dropFirst(12).prefix(length))
    rest = rest.dropFirst(16 + length)
  }
  return messages
}

/// The number of records; nil where the file ends in the middle of one.
package func eventRecords(_ file: [UInt8]) -> Int? { eventMessages(file)?.count }
