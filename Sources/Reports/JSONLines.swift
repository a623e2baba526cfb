// JSONLines - one JSON value per line.
// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Files of one JSON value per line, which can grow at the end.
public enum JSONLines {
  /// One line, with its line end.
  public static func line(_ value: JSON) -> String { value.text() + "\n" }

  /// The length of the longest prefix of whole lines; a torn last line lies behind it.
  public static func validLength(_ file: [UInt8]) -> Int {
    (file.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
  }
}

extension JSON {
  /// A single-precision number with as few digits as single precision needs.
  ///
  /// 0.1, not 0.10000000149011612; reading it back as `Float` gives the same value.
  public static func shortest(_ value: Float) -> JSON {
    .number(Double(value.description) ?? Double(value))
  }
}
