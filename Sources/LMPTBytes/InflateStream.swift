// InflateStream - the deflate state machine over one input and one output buffer.
// SPDX-License-Identifier: Apache-2.0

/// Code lengths of the fixed blocks (RFC 1951, 3.2.6).
private let fixedTables: (literals: InflateTable, distances: InflateTable)? = {
  var lengths = [UInt8](repeating: 8, count: 288)
  for symbol in 144..<256 { lengths[symbol] = 9 }
  for symbol in 256..<280 { lengths[symbol] = 7 }
  let distances = [UInt8](repeating: 5, count: 32)
  guard let literalTable = InflateTable(lengths[...], alphabet: .literals, rootBits: 11),
    let distanceTable = InflateTable(distances[...], alphabet: .distances, rootBits: 8)
  else { return nil }
  return (literalTable, distanceTable)
}()

/// Reads bits from the low end, writes bytes, and keeps both inside their buffers.
struct InflateStream {
  let input: UnsafeRawBufferPointer
  var output: UnsafeMutableRawBufferPointer
  /// Whether to stop between two symbols when the output is nearly full, so that `blocks` can go on
  /// with another one; otherwise the output is filled to its last byte.
  var pauses = false
  /// The block that is being expanded, and whether it is the last.
  private var block = Block.none
  private var isLast = false
  /// Next byte of input to load into `window`.
  var position = 0
  /// Bits loaded but not used, the next one lowest.
  var window: UInt64 = 0
  var windowBits = 0
  /// Bytes written.
  var produced = 0

  /// Most bytes that one symbol stands for.
  static let longestMatch = 258

  private enum Block {
    case none
    case stored(left: Int)
    case compressed(InflateTable, InflateTable)
  }

  init(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) {
    self.input = input
    self.output = output
  }

  /// Bytes of input used, counting a partly used byte as used.
  var consumed: Int { position - windowBits / 8 }
  var remainingBytes: Int { input.count - consumed }
  var isAtEnd: Bool { remainingBytes <= 0 }

  mutating func alignToByte() {
    window >>= UInt64(windowBits % 8)
    windowBits -= windowBits % 8
  }

  /// Takes up to 16 bits.
  mutating func bits(_ count: Int) throws(InflateError) -> Int {
    try need(count)
    let value = Int(window & (1 << UInt64(count) - 1))
    drop(count)
    return value
  }

  private mutating func need(_ count: Int) throws(InflateError) {
    while windowBits < count {
      guard position < input.count else { throw .truncated(offset: input.count) }
      window |= UInt64(input[position]) << UInt64(windowBits)
      position += 1
      windowBits += 8
    }
  }

  @inline(__always)
  private mutating func drop(_ count: Int) {
    window &>>= UInt64(count)
    windowBits &-= count
  }

  /// Expands blocks until the last one ends (true) or the output is full or nearly so (false).
  mutating func blocks() throws(InflateError) -> Bool {
    while true {
      if case .none = block { try nextBlock() }
      switch block {
      case .none: break
      case .stored(let left): guard try stored(left) else { return false }
      case .compressed(let literals, let distances):
        guard try compressed(literals, distances) else { return false }
      }
      block = .none
      if isLast {
        isLast = false  // a gzip file may have another member
        return true
      }
    }
  }

  private mutating func nextBlock() throws(InflateError) {
    isLast = try bits(1) == 1
    switch try bits(2) {
    case 0: block = .stored(left: try storedLength())
    case 1:
      guard let fixedTables else { throw .badCodeLengths(offset: consumed) }
      block = .compressed(fixedTables.literals, fixedTables.distances)
    case 2:
      let tables = try dynamicTables()
      block = .compressed(tables.literals, tables.distances)
    default: throw .badBlockType(offset: consumed)
    }
  }

  private mutating func storedLength() throws(InflateError) -> Int {
    alignToByte()
    let length = UInt16(try bits(16))
    let complement = UInt16(try bits(16))
    guard length == ~complement else {
      throw .storedLength(offset: consumed, length: length, complement: complement)
    }
    return Int(length)
  }

  private mutating func stored(_ left: Int) throws(InflateError) -> Bool {
    let start = consumed
    let wanted = min(left, output.count - produced)
    let count = min(wanted, input.count - start)
    UnsafeMutableRawBufferPointer(rebasing: output[produced..<produced + count])
      .copyMemory(from: UnsafeRawBufferPointer(rebasing: input[start..<start + count]))
    produced += count
    position = start + count
    window = 0
    windowBits = 0
    block = .stored(left: left - count)
    guard count == wanted else { throw .truncated(offset: input.count) }
    return count == left
  }

  /// RFC 1951, 3.2.7: a code for code lengths, then the two codes of the block.
  private mutating func dynamicTables() throws(InflateError)
    -> (literals: InflateTable, distances: InflateTable)
  {
    let literalCount = try bits(5) + 257
    let distanceCount = try bits(5) + 1
    let lengthCount = try bits(4) + 4
    guard literalCount <= 286, distanceCount <= 30 else {
      throw .tooManyCodes(offset: consumed, lengths: literalCount, distances: distanceCount)
    }
    let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    var lengthLengths = [UInt8](repeating: 0, count: 19)
    for index in 0..<lengthCount { lengthLengths[order[index]] = UInt8(try bits(3)) }
    guard let table = InflateTable(lengthLengths[...], alphabet: .codeLengths, rootBits: 7) else {
      throw .badCodeLengths(offset: consumed)
    }
    let total = literalCount + distanceCount
    var lengths = [UInt8](repeating: 0, count: total)
    var filled = 0
    while filled < total {
      let symbol = Int(try entry(in: table) >> 16)
      if symbol < 16 {
        lengths[filled] = UInt8(symbol)
        filled += 1
        continue
      }
      var repeated: UInt8 = 0
      let count: Int
      switch symbol {
      case 16:
        guard filled > 0 else { throw .badCodeLengths(offset: consumed) }
        repeated = lengths[filled - 1]
        count = try bits(2) + 3
      case 17: count = try bits(3) + 3
      default: count = try bits(7) + 11
      }
      guard count <= total - filled else { throw .badCodeLengths(offset: consumed) }
      for index in filled..<filled + count { lengths[index] = repeated }
      filled += count
    }
    // A block that cannot end is an error even if its codes are otherwise fine.
    guard lengths[256] > 0,
      let literals = InflateTable(lengths[..<literalCount], alphabet: .literals, rootBits: 11),
      let distances = InflateTable(lengths[literalCount...], alphabet: .distances, rootBits: 8)
    else { throw .badCodeLengths(offset: consumed) }
    return (literals, distances)
  }

  /// Decodes one code word bit by bit near the end of the input.
  private mutating func entry(in table: InflateTable) throws(InflateError) -> UInt32 {
    try table.entries.withUnsafeBufferPointer { (entries) throws(InflateError) -> UInt32 in
      try entry(in: entries, rootBits: table.rootBits)
    }
  }

  private mutating func entry(
    in entries: UnsafeBufferPointer<UInt32>, rootBits: Int
  ) throws(InflateError) -> UInt32 {
    while windowBits < 15, position < input.count {
      window |= UInt64(input[position]) << UInt64(windowBits)
      position += 1
      windowBits += 8
    }
    var entry = entries[Int(window & (1 << UInt64(rootBits) - 1))]
    var used = Int(entry & 15)
    if entry & InflateTable.Kind.mask == InflateTable.Kind.subtable {
      let below = window >> UInt64(rootBits) & (1 << UInt64(entry >> 4 & 15) - 1)
      entry = entries[Int(entry >> 16) + Int(below)]
      used = rootBits + Int(entry & 15)
    }
    if entry & InflateTable.Kind.mask == InflateTable.Kind.invalid {
      throw windowBits < 15 ? .truncated(offset: input.count) : .badSymbol(offset: consumed)
    }
    guard used <= windowBits else { throw .truncated(offset: input.count) }
    drop(used)
    return entry
  }

  /// Expands one compressed block; false when the output filled up first.
  private mutating func compressed(
    _ literals: InflateTable, _ distances: InflateTable
  ) throws(InflateError) -> Bool {
    try literals.entries.withUnsafeBufferPointer { (literalTable) throws(InflateError) -> Bool in
      try distances.entries.withUnsafeBufferPointer {
        (distanceTable) throws(InflateError) -> Bool in
        while true {
          if try fastLoop(literalTable, literals.rootBits, distanceTable, distances.rootBits) {
            return true
          }
          if pauses, output.count - produced < InflateStream.longestMatch { return false }
          let symbol = try entry(in: literalTable, rootBits: literals.rootBits)
          let kind = symbol & InflateTable.Kind.mask
          if kind == InflateTable.Kind.endOfBlock { return true }
          if produced == output.count { return false }
          if kind == InflateTable.Kind.literal {
            output[produced] = UInt8(truncatingIfNeeded: symbol >> 16)
            produced += 1
            continue
          }
          let length = Int(symbol >> 16) + (try bits(Int(symbol >> 4 & 15)))
          let far = try entry(in: distanceTable, rootBits: distances.rootBits)
          let distance = Int(far >> 16) + (try bits(Int(far >> 4 & 15)))
          guard distance <= produced else {
            throw .distanceTooFar(offset: consumed, distance: distance, produced: produced)
          }
          let count = min(length, output.count - produced)
          for index in produced..<produced + count { output[index] = output[index - distance] }
          produced += count
          if count < length { return false }
        }
      }
    }
  }
}
