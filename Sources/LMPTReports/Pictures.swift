// Pictures - the sizes and the names of pictures on a page.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Columns and rows of a picture, from its first bytes.
struct PictureSize: Equatable {
  let width: Int
  let height: Int

  /// Reads the header of a PNG or JPEG file; nil for anything else.
  init?(_ bytes: [UInt8]) {
    func word(_ at: Int) -> Int { Int(bytes[at]) << 8 | Int(bytes[at + 1]) }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]), bytes.count >= 24 {
      self.init(word(16) << 16 | word(18), word(20) << 16 | word(22))
      return
    }
    guard bytes.starts(with: [0xFF, 0xD8]) else { return nil }
    var at = 2
    // Segments up to the frame header, which is C0 to CF without the tables C4, C8 and CC.
    while at + 9 <= bytes.count, bytes[at] == 0xFF {
      let marker = bytes[at + 1]
      if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
        self.init(word(at + 7), word(at + 5))
        return
      }
      at += 2 + word(at + 2)
    }
    return nil
  }

  private init?(_ width: Int, _ height: Int) {
    guard width > 0, height > 0 else { return nil }
    (self.width, self.height) = (width, height)
  }

  /// The shape of the field that pictures stand in, all of the same height: that of the picture in the
  /// middle when they are sorted by shape, between 3:4 and 4:3.
  static func shape(of pictures: [[UInt8]]) -> String {
    let shapes = pictures.compactMap(PictureSize.init).map { Double($0.width) / Double($0.height) }
    guard !shapes.isEmpty else { return "1" }
    let middle = shapes.sorted()[shapes.count / 2]
    return NumberText.trimmed(NumberText.fixed(min(4.0 / 3, max(0.75, middle)), 3))
  }
}

/// Names of files without their folders, as far as they stay different.
package struct ShortNames {
  private var short: [String: String] = [:]

  /// - Parameter names: paths.
  package init(_ names: [String]) {
    var left = Set(names)
    var parts = 1
    while !left.isEmpty {
      let groups = Dictionary(grouping: left) { ShortNames.end($0, parts) }
      for (end, members) in groups where members.count == 1 {
        short[members[0]] = end
        left.subtract(members)
      }
      parts += 1
    }
  }

  /// The short form of one of the paths.
  package subscript(name: String) -> String { short[name] ?? name }

  /// The last parts of a path; all of it where it has no more.
  private static func end(_ name: String, _ parts: Int) -> String {
    let all = name.parts(between: "/")
    return all.count <= parts ? name : all.suffix(parts).joined(separator: "/")
  }
}
