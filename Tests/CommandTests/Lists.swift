// Lists - lists of pictures.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport

/// Pictures of the mini benchmark, named again and again.
func listedPictures(_ count: Int) -> [String] {
  (0..<count).map {
    Fixtures.path("mini/images/test/\(String(format: "%06d", $0 % 60 + 1)).jpg")
  }
}

/// Writes a name a line.
func writeList(_ names: [String], _ path: String) throws -> String {
  try names.map { "\($0)\n" }.joined().write(toFile: path, atomically: true, encoding: .utf8)
  return path
}
