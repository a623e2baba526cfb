// ReleasedPlaces - lines of the authors' released code, as links to where they are published.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Turns `file:line` of docs/Deviations.md into a link to that line.
enum ReleasedPlaces {
  /// The commit that docs/Deviations.md names; lines of another one may be others.
  static let commit = "aab39caca28362bfb9d9340f9c8a5cd75614e130"
  private static let files = "https://github.com/richard-peng-xia/LMPT/blob/\(commit)/"

  /// Markdown with each place in it made a link; `other` knows addresses of other code.
  static func linked(_ text: String, other: (String) -> String? = { _ in nil }) -> String {
    let parts = text.parts(between: "`", omittingEmpty: false)
    return parts.enumerated().map { index, part in
      guard index % 2 == 1 else { return part }
      return (address(part) ?? other(part)).map { "[`\(part)`](\($0))" } ?? "`\(part)`"
    }.joined()
  }

  /// Where a place is published: `csel.py:25` or `train.py:214-216`; nil for other code.
  static func address(_ place: String) -> String? {
    let parts = place.parts(between: ":", omittingEmpty: false)
    guard parts.count == 2, parts[0].contains(".") else { return nil }
    let lines = parts[1].parts(between: "-", omittingEmpty: false)
    guard (1...2).contains(lines.count), lines.allSatisfy({ Int($0) ?? 0 > 0 }) else { return nil }
    return "\(files)\(parts[0])#" + lines.map { "L\($0)" }.joined(separator: "-")
  }
}
