// TextLines - a text's lines, found and checked where loops are optimised.
// SPDX-License-Identifier: Apache-2.0

/// The lines of a text as ranges of its bytes, each without its `\n` and the blanks before it.
///
/// A final newline ends the last line and starts none; a carriage return, a space and a tab are
/// blanks.
///
/// - Parameters:
///   - bytes: the text.
///   - limit: how many lines are wanted; one more is given where there are more.
/// - Returns: for each line where it starts, where its text ends, and where its newline stands.
package func textLines(
  _ bytes: UnsafeRawBufferPointer, limit: Int
) -> [(start: Int, end: Int, newline: Int)] {
  var lines: [(start: Int, end: Int, newline: Int)] = []
  var start = 0
  while start < bytes.count, lines.count <= limit {
    var newline = start
    while newline < bytes.count, bytes[newline] != 0x0a { newline += 1 }
    var end = newline
    while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x0d || bytes[end - 1] == 0x09 {
      end -= 1
    }
    lines.append((start, end, newline))
    start = newline + 1
  }
  return lines
}

/// The text of some bytes; nil when they are no UTF-8 or hold a zero.
package func validText(_ bytes: UnsafeRawBufferPointer) -> String? {
  for byte in bytes where byte == 0 { return nil }
  return String(validating: bytes, as: UTF8.self)
}
