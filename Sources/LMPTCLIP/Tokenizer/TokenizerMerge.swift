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
  /// Room that ``scratch`` must have.
  static let scratchCount = 2 * longestScanned

  /// Ids of the 256 bytes.
  let symbolOfByte: UnsafeBufferPointer<UInt16>
  /// The vocabulary's table of pairs.
  let table: UnsafeBufferPointer<UInt64>
  /// Uninitialised memory for short pieces.
  let scratch: UnsafeMutableBufferPointer<UInt16>

  /// Appends the ids of a piece.
  ///
  /// - Parameters:
  ///   - piece: the piece's bytes, at least one.
  ///   - ids: where its ids go.
  func encode(_ piece: UnsafeBufferPointer<UInt8>, into ids: inout [Int32]) {
    var count = piece.count
    if count > Self.longestScanned { return encodeLong(piece, into: &ids) }
    // safety: 1...longestScanned symbols, then as many ranks, fit in scratchCount; both only shrink.
    guard count > 0, scratch.count >= Self.scratchCount, let symbols = scratch.baseAddress
    else { return }
    let ranks = symbols + Self.longestScanned  // ranks[i]: what symbols i and i + 1 merge into
    for index in 0..<count { symbols[index] = symbolOfByte[Int(piece[index])] }
    symbols[count - 1] += 256
    for index in 0..<count - 1 {
      ranks[index] = Vocabulary.merged(table, symbols[index], symbols[index + 1])
    }
    while true {
      var best = Vocabulary.noMerge
      var at = 0
      for index in 0..<count - 1 where ranks[index] < best {
        best = ranks[index]
        at = index
      }
      if best == Vocabulary.noMerge { break }
      count -= 1
      for index in at..<count {
        symbols[index] = symbols[index + 1]
        ranks[index] = ranks[index + 1]
      }
      symbols[at] = best
      if at > 0 { ranks[at - 1] = Vocabulary.merged(table, symbols[at - 1], best) }
      if at < count - 1 { ranks[at] = Vocabulary.merged(table, best, symbols[at + 1]) }
    }
    for index in 0..<count { ids.append(Int32(symbols[index])) }
  }

  /// The same with a heap of candidate pairs over a linked list: n log n for any length.
  private func encodeLong(_ piece: UnsafeBufferPointer<UInt8>, into ids: inout [Int32]) {
    let count = piece.count
    var symbols = piece.map { symbolOfByte[Int($0)] }
    symbols[count - 1] += 256
    var next = (0..<count).map { Int32($0 + 1) }
    var previous = (0..<count).map { Int32($0 - 1) }
    var heap = MinHeap(capacity: 2 * count)
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
