// Tokenizer - from a text to CLIP's token ids, and back.
// SPDX-License-Identifier: Apache-2.0

/// CLIP's tokenizer: cleaning, splitting into pieces, byte pair encoding.
///
/// Ids are those of OpenAI's `simple_tokenizer` with ftfy installed, for every text that a
/// `String` can hold; docs/Formats.md ("Text") lists the few limits. A text costs a few
/// nanoseconds a byte; the work never grows faster than n log n, however long a word is, but for
/// character references inside each other, which have a limit.
///
/// ```swift
/// let tokenizer = try Tokenizer.clip()
/// try tokenizer.tokenize("a photo of a person.")  // 49406 320 1125 539 320 2533 269 49407
/// ```
/// Source: CLIP (arXiv 2103.00020) section 2.4; github.com/openai/CLIP, clip/simple_tokenizer.py.
public struct Tokenizer: Sendable {
  /// First token of every text.
  public static let startOfText: Int32 = 49406
  /// Last token of every text; the text's feature is read at its position.
  public static let endOfText: Int32 = 49407
  /// Tokens in a row of the text model's input, T.
  public static let contextLength = 77

  /// What to do with a text of more tokens than the context holds.
  public enum Truncation: Sendable {
    /// Refuse it.
    case never
    /// Keep its beginning; the last token is the end of text.
    case toFit
  }

  /// The tokens and merges.
  let vocabulary: Vocabulary

  /// The published vocabulary, read once per process.
  private static let published = Result<Tokenizer, TokenizerError> { () throws(TokenizerError) in
    let text = VocabularyMerges.text
    let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    return Tokenizer(vocabulary: try Vocabulary(merges: bytes))
  }

  /// CLIP's own tokenizer; the vocabulary is part of the program.
  ///
  /// - Throws: never with the vocabulary as published; `TokenizerError` if it was damaged.
  public static func clip() throws(TokenizerError) -> Tokenizer { try published.get() }

  /// Token ids of a text, without start and end.
  public func encode(_ text: String) -> [Int32] {
    encode(cleaned: TextCleaning.clean(text))
  }

  /// Token ids of a text given as UTF-8, without start and end.
  ///
  /// - Parameter utf8: any bytes; what is not UTF-8 counts as U+FFFD, as
  ///   `bytes.decode("utf-8", errors="replace")` does in Python.
  /// - Returns: the ids.
  public func encode(utf8: some Sequence<UInt8>) -> [Int32] {
    encode(cleaned: TextCleaning.clean(utf8: Array(utf8)))
  }

  /// Token ids of a text between start and end of text, without padding.
  ///
  /// - Parameters:
  ///   - text: any text; the empty text has two tokens.
  ///   - contextLength: the positions of the model, 2 or more; beyond 77 none is used.
  ///   - truncate: what to do with more tokens than that.
  /// - Returns: 2 to 77 ids.
  /// - Throws: `TokenizerError.tooLong` for more tokens than fit unless `truncate` is `.toFit`.
  public func tokenize(
    _ text: String, contextLength: Int = contextLength, truncate: Truncation = .never
  ) throws(TokenizerError) -> [Int32] {
    let limit = max(2, min(contextLength, Self.contextLength))
    let ids = encode(text)
    if ids.count + 2 > limit, truncate == .never {
      throw .tooLong(tokens: ids.count + 2, limit: limit)
    }
    return [Self.startOfText] + ids.prefix(limit - 2) + [Self.endOfText]
  }

  /// A row of the text model's input: ``tokenize(_:contextLength:truncate:)`` with zeros up to 77 ids.
  ///
  /// - Parameters:
  ///   - text: any text.
  ///   - truncate: what to do with more than 77 tokens.
  /// - Returns: 77 ids.
  /// - Throws: `TokenizerError.tooLong` as ``tokenize(_:contextLength:truncate:)``.
  package func padded(
    _ text: String, truncate: Truncation = .never
  ) throws(TokenizerError) -> [Int32] {
    let ids = try tokenize(text, truncate: truncate)
    return ids + [Int32](repeating: 0, count: Self.contextLength - ids.count)
  }

  /// The text of some ids: a space after each word, start and end of text spelled out.
  ///
  /// - Throws: `TokenizerError.unknownToken` for an id outside the vocabulary.
  public func decode(_ ids: some Sequence<Int32>) throws(TokenizerError) -> String {
    var bytes: [UInt8] = []
    for id in ids {
      switch id {
      case Self.startOfText: bytes += Array("<|startoftext|>".utf8)
      case Self.endOfText: bytes += Array("<|endoftext|>".utf8)
      case 0..<Int32(vocabulary.count):
        let (token, endsWord) = vocabulary.token(Int(id))
        bytes += token
        if endsWord { bytes.append(0x20) }
      default: throw .unknownToken(Int(id), limit: vocabulary.count + 2)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Token ids of a cleaned text in UTF-8.
  func encode(cleaned text: [UInt8]) -> [Int32] {
    var ids: [Int32] = []
    ids.reserveCapacity(text.count / 4 + 4)
    forEachPiece(of: text) { piece, kind, merge in
      switch kind {
      case .startOfText: ids.append(Self.startOfText)
      case .endOfText: ids.append(Self.endOfText)
      case .ordinary: merge.encode(piece, into: &ids)
      }
    }
    return ids
  }

  /// Calls `body` for each piece of a cleaned text, with what it takes to merge it.
  @inline(__always)
  func forEachPiece(
    of text: [UInt8],
    _ body: (UnsafeBufferPointer<UInt8>, TokenizerPieces.Kind, TokenizerMerge) -> Void
  ) {
    text.withUnsafeBufferPointer { text in
      vocabulary.symbolOfByte.withUnsafeBufferPointer { symbolOfByte in
        vocabulary.pairs.withUnsafeBufferPointer { table in
          withUnsafeTemporaryAllocation(of: UInt16.self, capacity: TokenizerMerge.scratchCount) {
            let merge = TokenizerMerge(symbolOfByte: symbolOfByte, table: table, scratch: $0)
            var pieces = TokenizerPieces(text)
            while let piece = pieces.next() {
              body(UnsafeBufferPointer(rebasing: text[piece]), pieces.kind, merge)
            }
          }
        }
      }
    }
  }
}
