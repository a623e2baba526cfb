// JSONLines - one JSON value per line.
// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Files of one JSON value per line, which can grow at the end.
public enum JSONLines {
  /// One line, with its line end.
  public static func line(_ value: JSON) -> String { value.text() + "\n" }
}
