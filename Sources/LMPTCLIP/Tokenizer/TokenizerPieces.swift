// TokenizerPieces - splits a cleaned text into the pieces that merges never cross.
// SPDX-License-Identifier: Apache-2.0

/// What a code point is to the splitting pattern.
enum PieceClass: UInt8 {
  /// Letters, `\p{L}`: as many as there are make a piece.
  case letter = 1
  /// Numbers, `\p{N}`: each is a piece of its own.
  case number = 2
  /// White space, `\s`: separates pieces.
  case space = 3
  /// Everything else: as many as there are make a piece.
  case other = 0
  /// U+0345 alone: under case folding it is a letter and not one, so the pattern skips it.
  case skipped = 4
}

/// The pieces of a text, from left to right.
///
/// Follows the original's pattern, alternatives in this order, case ignored:
///
///     <|startoftext|>   <|endoftext|>   's 't 're 've 'm 'll 'd   [\p{L}]+   [\p{N}]   [^\s\p{L}\p{N}]+
///
/// The text is in lower case, so ignoring case matters for U+017F only, which folds to "s".
struct TokenizerPieces {
  /// Whether a piece is one of the two special tokens.
  enum Kind {
    /// Any text.
    case ordinary
    /// The literal `<|startoftext|>`.
    case startOfText
    /// The literal `<|endoftext|>`.
    case endOfText
  }

  /// The kind of the piece that `next` returned last.
  private(set) var kind = Kind.ordinary
  private let text: UnsafeBufferPointer<UInt8>
  private var position = 0

  /// Pieces of a cleaned text in valid UTF-8.
  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  /// The next piece's bytes, nil at the end.
  mutating func next() -> Range<Int>? {
    kind = .ordinary
    while position < text.count {
      let start = position
      let (first, length) = classify(at: position)
      if first == .other, let end = matchLiteral(at: start) {
        position = end
        return start..<end
      }
      position += length
      switch first {
      case .space, .skipped: continue
      case .number: return start..<position
      case .letter, .other:
        while position < text.count {
          let (following, length) = classify(at: position)
          if following != first { break }
          position += length
        }
        return start..<position
      }
    }
    return nil
  }

  /// Class of the code point at an offset, and its bytes.
  @inline(__always)
  private func classify(at offset: Int) -> (PieceClass, Int) {
    let byte = text[offset]
    if byte < 0x80 { return (Self.ascii(byte), 1) }
    let (scalar, length) = UTF8Scalars.decode(text, at: offset)
    return (UnicodeTables.pieceClass(scalar), length)
  }

  @inline(__always)
  private static func ascii(_ byte: UInt8) -> PieceClass {
    if byte &- 0x61 < 26 || byte &- 0x41 < 26 { return .letter }
    if byte == 0x20 || byte &- 9 < 5 { return .space }
    return byte &- 0x30 < 10 ? .number : .other
  }

  /// The end of a special token or contraction that starts at an offset.
  private mutating func matchLiteral(at start: Int) -> Int? {
    switch text[start] {
    case UInt8(ascii: "<"):
      if let end = match("<|startoftext|>", at: start) {
        // With U+017F in it the piece is split here but is not the special token.
        kind = end - start == 15 ? .startOfText : .ordinary
        return end
      }
      guard let end = match("<|endoftext|>", at: start) else { return nil }
      kind = .endOfText
      return end
    case UInt8(ascii: "'"):
      for contraction in ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"] as [StaticString] {
        if let end = match(contraction, at: start) { return end }
      }
      return nil
    default: return nil
    }
  }

  private func match(_ literal: StaticString, at start: Int) -> Int? {
    var offset = start
    for index in 0..<literal.utf8CodeUnitCount {
      guard offset < text.count else { return nil }
      let wanted = literal.utf8Start[index]
      if text[offset] == wanted {
        offset += 1
      } else if wanted == UInt8(ascii: "s"), text[offset] == 0xC5, offset + 1 < text.count,
        text[offset + 1] == 0xBF
      {
        offset += 2  // U+017F, long s
      } else {
        return nil
      }
    }
    return offset
  }
}
