// PictureStamp - whether a picture is still the one whose feature is stored.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation

/// What a cache block remembers of a picture's file.
///
/// Size and time are compared at every use, which costs no reading. Where either differs the bytes
/// are hashed, because copying a data set changes times and nothing else.
struct PictureStamp: Equatable {
  /// Bytes; -1 where there was no file.
  let size: Int
  /// The time of the last change, in nanoseconds since 1970.
  let modified: Int
  /// SHA-256 of the bytes, in hexadecimal; empty where the file could not be read.
  let digest: String

  /// The stamp of a file as it is now.
  init(of path: String) {
    (size, modified) = Self.sizeAndTime(of: path)
    digest = Self.digest(of: path)
  }

  init(size: Int, modified: Int, digest: String) {
    (self.size, self.modified, self.digest) = (size, modified, digest)
  }

  /// Whether the file at a path still has these bytes.
  func isCurrent(_ path: String) -> Bool {
    let (size, modified) = Self.sizeAndTime(of: path)
    if (size, modified) == (self.size, self.modified) { return true }
    return size == self.size && Self.digest(of: path) == digest
  }

  private static func sizeAndTime(of path: String) -> (Int, Int) {
    var info = stat()
    guard path.withPath({ stat($0, &info) }) == 0, info.st_mode & S_IFMT == S_IFREG else {
      return (-1, 0)
    }
    #if canImport(Darwin)
      let time = info.st_mtimespec
    #else
      let time = info.st_mtim
    #endif
    let (seconds, overflow) = Int(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    return (Int(info.st_size), overflow ? Int(time.tv_sec) : seconds &+ Int(time.tv_nsec))
  }

  private static func digest(of path: String) -> String {
    guard let file = try? FileBytes(path: path) else { return "" }
    return file.withBytes { SHA256.hexDigest($0) }
  }
}

extension PictureStamp {
  /// Stamps as one text, a line each, for a block's metadata.
  static func text(_ stamps: [PictureStamp]) -> String {
    stamps.map { "\($0.size) \($0.modified) \($0.digest)" }.joined(separator: "\n")
  }

  /// The stamps of a text; nil when it has another form or number.
  static func parse(_ text: String, count: Int) -> [PictureStamp]? {
    let stamps = text.split(separator: "\n").compactMap { line -> PictureStamp? in
      let words = line.split(separator: " ", omittingEmptySubsequences: false)
      guard words.count == 3, let size = Int(words[0]), let modified = Int(words[1]) else {
        return nil
      }
      return PictureStamp(size: size, modified: modified, digest: String(words[2]))
    }
    return stamps.count == count ? stamps : nil
  }
}
