// TokenizerExplanation - every step from a text to its ids, for people to read.
// SPDX-License-Identifier: Apache-2.0

extension Tokenizer {
  /// What the tokenizer did with a text.
  package struct Explanation: Sendable, Equatable {
    /// One merge: two neighbours become one symbol.
    package struct Merge: Sendable, Equatable {
      /// The rank, 0 for the first merge of the vocabulary; lower ranks merge first.
      package let rank: Int
      /// The symbols before, as the vocabulary writes them.
      package let left: String, right: String
      /// All symbols of the piece after the merge.
      package let symbols: [String]
    }

    /// A piece that no merge crosses.
    package struct Piece: Sendable, Equatable {
      /// The piece's text; bytes that are no whole character show as U+FFFD.
      package let text: String
      /// The merges in their order; empty for special tokens and beyond ``longestTraced`` bytes.
      package let merges: [Merge]
      /// Its token ids.
      package let ids: [Int32]
      /// Its tokens as the vocabulary writes them.
      package let tokens: [String]
    }

    /// The longest piece in bytes whose merges are listed, because the list grows as the square.
    package static let longestTraced = 256

    /// The text after repair, white space and lower case.
    package let cleaned: String
    /// The pieces in order.
    package let pieces: [Piece]
    /// All ids, without start and end.
    package var ids: [Int32] { pieces.flatMap(\.ids) }
  }

  /// Shows how a text becomes ids: cleaning, pieces, merges.
  ///
  /// - Parameter text: any text.
  /// - Returns: the steps; the ids are those of ``encode(_:)``.
  package func explain(_ text: String) -> Explanation {
    let cleaned = TextCleaning.clean(text)
    var pieces: [Explanation.Piece] = []
    forEachPiece(of: cleaned) { bytes, kind, merge in
      let text = String(decoding: bytes, as: UTF8.self)
      var ids: [Int32] = []
      switch kind {
      case .startOfText: ids = [Self.startOfText]
      case .endOfText: ids = [Self.endOfText]
      case .ordinary: merge.encode(bytes, into: &ids)
      }
      let isTraced = kind == .ordinary && bytes.count <= Explanation.longestTraced
      pieces.append(
        Explanation.Piece(
          text: text, merges: isTraced ? trace(bytes, table: merge.table) : [], ids: ids,
          tokens: kind == .ordinary ? ids.map { vocabulary.name(Int($0)) } : [text]))
    }
    return Explanation(cleaned: String(decoding: cleaned, as: UTF8.self), pieces: pieces)
  }

  /// Merges as the definition says: all occurrences of the best pair, from left to right, at once.
  ///
  /// Tests hold the fast merges against this one.
  func trace(
    _ piece: UnsafeBufferPointer<UInt8>, table: UnsafeBufferPointer<UInt64>
  ) -> [Explanation.Merge] {
    var symbols = piece.map { vocabulary.symbolOfByte[Int($0)] }
    symbols[symbols.count - 1] += 256
    var merges: [Explanation.Merge] = []
    while let (best, left, right) = bestPair(of: symbols, table: table) {
      var merged: [UInt16] = []
      var index = 0
      while index < symbols.count {
        let isPair =
          index + 1 < symbols.count && symbols[index] == left && symbols[index + 1] == right
        merged.append(isPair ? best : symbols[index])
        index += isPair ? 2 : 1
      }
      symbols = merged
      merges.append(
        Explanation.Merge(
          rank: Int(best) - Vocabulary.byteSymbols, left: vocabulary.name(Int(left)),
          right: vocabulary.name(Int(right)), symbols: symbols.map { vocabulary.name(Int($0)) }))
    }
    return merges
  }

  private func bestPair(
    of symbols: [UInt16], table: UnsafeBufferPointer<UInt64>
  ) -> (merged: UInt16, left: UInt16, right: UInt16)? {
    zip(symbols, symbols.dropFirst())
      .map { (Vocabulary.merged(table, $0, $1), $0, $1) }
      .min { $0.0 < $1.0 }
      .flatMap { $0.0 == Vocabulary.noMerge ? nil : $0 }
  }
}
