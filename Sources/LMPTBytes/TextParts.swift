// TextParts - cutting paths and lines where their bytes say.
// SPDX-License-Identifier: Apache-2.0

// A `Character` is what a reader sees: a slash before a combining accent, or a space before an emoji's
// joiner, is one with it and no longer equal to "/" or " ". Paths and files are bytes.

extension String {
  /// The parts between any of some ASCII characters.
  ///
  /// - Parameters:
  ///   - separators: the characters that are no part.
  ///   - maxSplits: how often to cut at most.
  ///   - omittingEmpty: whether nothing between two separators is no part.
  /// - Returns: the parts in their order; the whole text where nothing separates.
  package func parts(
    between separators: Unicode.Scalar..., maxSplits: Int = .max, omittingEmpty: Bool = true
  ) -> [String] {
    unicodeScalars.split(maxSplits: maxSplits, omittingEmptySubsequences: omittingEmpty) {
      separators.contains($0)
    }.map { String($0) }
  }

  /// What follows the last slash; of `runs/first/` the `first`.
  package var fileName: String { parts(between: "/").last ?? self }

  /// What follows the last dot of the file's name, in small letters; empty when there is no dot.
  package var fileExtension: String {
    let parts = fileName.parts(between: ".", omittingEmpty: false)
    return parts.count > 1 ? parts[parts.count - 1].lowercased() : ""
  }

  /// Everything up to the last slash, with it: a prefix for the names beside this file.
  package var folderPrefix: String {
    unicodeScalars.lastIndex(of: "/").map { String(unicodeScalars[...$0]) } ?? ""
  }

  /// The words between white space of any kind.
  package var words: [String] {
    unicodeScalars.split { $0.properties.isWhitespace }.map { String($0) }
  }

  /// The text as one word for a shell.
  package var shellQuoted: String {
    let isPlain =
      !isEmpty
      && utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "-_./=:,+@%".utf8.contains(byte)
        }
      }
    let inside = parts(between: "'", omittingEmpty: false).joined(separator: "'\\''")
    return isPlain ? self : "'\(inside)'"
  }
}
