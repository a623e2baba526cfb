// TokenizerMerge - byte pair encoding of one piece.
// SPDX-License-Identifier: Apache-2.0

/// Merges the bytes of a piece, lowest rank first, until no neighbours can merge.
///
/// The original merges all occurrences of the best pair at once. Merging the leftmost one at a
/// time gives the same result, because every symbol has one merge that makes it (`Vocabulary`
/// checks that), so a new pair always ranks behind the pairs that were there.
struct TokenizerMerge {
  /// Longest piece in bytes for which the plain search for the best pair is the faster one.
  static let longestScanned = 64

  private let vocabulary: Vocabulary
  private var symbols: [UInt16] = []
  private var ranks: [UInt16] = []

  /// A merger with reusable scratch memory.
  init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
  }

  /// Appends the ids of a piece.
  ///
  /// - Parameters:
  ///   - piece: the piece's bytes, at least one.
  ///   - ids: where its ids go.
  mutating func encode(_ piece: UnsafeBufferPointer<UInt8>, into ids: inout [Int32]) {
    if piece.count > Self.longestScanned {
      encodeLong(piece, into: &ids)
      return
    }
    symbols.removeAll(keepingCapacity: true)
    for byte in piece { symbols.append(vocabulary.symbolOfByte[Int(byte)]) }
    symbols[symbols.count - 1] += 256
    vocabulary.pairs.withUnsafeBufferPointer { table in
      // ranks[i] is the token that symbols i and i + 1 merge into.
      ranks.removeAll(keepingCapacity: true)
      for index in 0..<symbols.count - 1 {
        ranks.append(Vocabulary.merged(table, symbols[index], symbols[index + 1]))
      }
      while true {
        var best = Vocabulary.noMerge
        var at = 0
        for index in 0..<ranks.count where ranks[index] < best {
          best = ranks[index]
          at = index
        }
        if best == Vocabulary.noMerge { break }
        symbols[at] = best
        symbols.remove(at: at + 1)
        ranks.remove(at: at)
        if at > 0 { ranks[at - 1] = Vocabulary.merged(table, symbols[at - 1], best) }
        if at < ranks.count { ranks[at] = Vocabulary.merged(table, best, symbols[at + 1]) }
      }
    }
    for symbol in symbols { ids.append(Int32(symbol)) }
  }

  /// The same with a heap of candidate pairs over a linked list: n log n for any length.
  private func encodeLong(_ piece: UnsafeBufferPointer<UInt8>, into ids: inout [Int32]) {
    let count = piece.count
    var symbols = piece.map { vocabulary.symbolOfByte[Int($0)] }
    symbols[count - 1] += 256
    var next = (0..<count).map { Int32($0 + 1) }
    var previous = (0..<count).map { Int32($0 - 1) }
    var heap = MinHeap(capacity: 2 * count)
    vocabulary.pairs.withUnsafeBufferPointer { table in
      func push(_ left: Int, _ right: Int) {
        let merged = Vocabulary.merged(table, symbols[left], symbols[right])
        if merged != Vocabulary.noMerge { heap.push(UInt64(merged) << 32 | UInt64(left)) }
      }
      for index in 0..<count - 1 { push(index, index + 1) }
      while let entry = heap.pop() {
        let left = Int(entry & 0xFFFF_FFFF)
        let merged = UInt16(entry >> 32)
        let right = Int(next[left])
        // An entry is stale when either symbol has changed since: then the pair merges otherwise.
        guard symbols[left] != Self.removed, right < count,
          Vocabulary.merged(table, symbols[left], symbols[right]) == merged
        else { continue }
        symbols[left] = merged
        symbols[right] = Self.removed
        let after = Int(next[right])
        next[left] = Int32(after)
        if after < count {
          previous[after] = Int32(left)
          push(left, after)
        }
        if previous[left] >= 0 { push(Int(previous[left]), left) }
      }
    }
    for symbol in symbols where symbol != Self.removed { ids.append(Int32(symbol)) }
  }

  /// Marks a list entry that was merged into its left neighbour.
  private static let removed = UInt16.max
}

/// A binary heap of integers, smallest first.
private struct MinHeap {
  private var values: [UInt64] = []

  init(capacity: Int) { values.reserveCapacity(capacity) }

  mutating func push(_ value: UInt64) {
    var child = values.count
    values.append(value)
    while child > 0 {
      let parent = (child - 1) / 2
      if values[parent] <= value { break }
      values[child] = values[parent]
      child = parent
    }
    values[child] = value
  }

  mutating func pop() -> UInt64? {
    guard let last = values.popLast() else { return nil }
    guard let first = values.first else { return last }
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < values.count else { break }
      if child + 1 < values.count, values[child + 1] < values[child] { child += 1 }
      if last <= values[child] { break }
      values[parent] = values[child]
      parent = child
    }
    values[parent] = last
    return first
  }
}
