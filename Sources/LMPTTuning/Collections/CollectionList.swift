// CollectionList - the names of a collection's pictures or texts, one a line, as bytes.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// What is to be encoded: paths of pictures, or texts, in the order of the rows.
///
/// Ten million names would take a gigabyte as strings. So the bytes stay as they came, and a name is made
/// when it is asked for.
package struct CollectionList: Sendable {
  /// What a line is.
  package enum Kind: String, Sendable {
    case pictures
    case texts
  }

  /// What a line is.
  package let kind: Kind
  private let bytes: [UInt8]
  /// Where each line starts; one more for the end.
  private let starts: [Int]

  /// How many there are.
  package var count: Int { starts.count - 1 }

  /// Cuts a text into lines.
  ///
  /// Lines of pictures that are empty are passed over; every line of texts is one, but for nothing behind
  /// the last newline. A carriage return at the end of a line belongs to no name.
  package init(_ kind: Kind, lines bytes: [UInt8]) {
    self.kind = kind
    var starts = [Int]()
    var kept: [UInt8] = []
    kept.reserveCapacity(bytes.count)
    // A byte order mark belongs to no name.
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] != 0x0a { end += 1 }
      let next = end + 1
      if end > start, bytes[end - 1] == 0x0d { end -= 1 }
      if kind == .texts || end > start {
        starts.append(kept.count)
        kept += bytes[start..<end]
      }
      start = next
    }
    starts.append(kept.count)
    (self.bytes, self.starts) = (kept, starts)
  }

  /// The pictures of a folder, in the order of their names.
  package init(pictures paths: [String]) {
    var bytes: [UInt8] = []
    var starts: [Int] = []
    for path in paths {
      starts.append(bytes.count)
      path.withPath { pointer in
        var place = 0
        while pointer[place] != 0 {
          bytes.append(UInt8(bitPattern: pointer[place]))
          place += 1
        }
      }
    }
    starts.append(bytes.count)
    (kind, self.bytes, self.starts) = (.pictures, bytes, starts)
  }

  /// The name of a row: a path whatever its bytes are, or a text.
  package subscript(_ index: Int) -> String {
    String(pathBytes: bytes[starts[index]..<starts[index + 1]])
  }

  /// SHA-256 of all names and where they end.
  package var fingerprint: String {
    var hash = SHA256()
    hash.update("lmpt collection 1 \(kind.rawValue) \(count)\n")
    bytes.withUnsafeBytes { hash.update($0) }
    for start in starts {
      withUnsafeBytes(of: UInt64(start).littleEndian) { hash.update($0) }
    }
    return hash.hexDigest()
  }

  /// The entries of a part: parts are one behind the other, so that joining them keeps the order.
  package func range(of shard: Shard) -> Range<Int> { shard.range(of: count) }
}

extension Shard {
  /// This part of so many entries.
  package func range(of total: Int) -> Range<Int> {
    // Not total * index, which could be too large a number.
    let (each, more) = (total / count, total % count)
    let first = each * index + min(more, index)
    return first..<first + each + (index < more ? 1 : 0)
  }

  /// Checks that parts make one whole: each is there, and none twice.
  ///
  /// - Parameter parts: where each is, and which it is.
  /// - Throws: `CollectionError`, of a part that does not fit inside a `FileError`.
  static func requireWhole(_ parts: [(path: String, shard: Shard)]) throws {
    guard let first = parts.first?.shard else { throw CollectionError.empty }
    for (place, part) in parts.enumerated() {
      try inFile(part.path) {
        guard part.shard.count == first.count else {
          throw CollectionError.different(
            "number of parts", here: "\(first.count)", there: "\(part.shard.count)")
        }
        if let twin = parts[..<place].first(where: { $0.shard == part.shard }) {
          throw CollectionError.shardTwice(part.shard.index + 1, other: twin.path)
        }
      }
    }
    let there = Set(parts.map(\.shard.index))
    if let index = (0..<first.count).first(where: { !there.contains($0) }) {
      throw FileError(
        file: parts[0].path, cause: CollectionError.shardMissing(index + 1, of: first.count))
    }
  }
}
