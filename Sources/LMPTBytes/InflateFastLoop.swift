// InflateFastLoop - compressed blocks at speed, away from the ends of both buffers.
// SPDX-License-Identifier: Apache-2.0

extension InflateStream {
  /// The hot loop, while two refills of input and a longest match of output are certainly there.
  ///
  /// - Returns: true when the block ended; false when the careful loop has to take over.
  mutating func fastLoop(
    _ literals: UnsafeBufferPointer<UInt32>, _ literalBits: Int,
    _ distances: UnsafeBufferPointer<UInt32>, _ distanceBits: Int
  ) throws(InflateError) -> Bool {
    guard let source = input.baseAddress, let target = output.baseAddress,
      let literalBase = literals.baseAddress, let distanceBase = distances.baseAddress
    else { return false }
    // safety: inputEnd and outputEnd leave 16 readable bytes (two refills) and 280 writable ones
    // (three literals, a longest match and a word), more than one turn of the loop uses; table
    // indices are masked to the tables' sizes.
    let inputEnd = input.count &- 16
    let outputEnd = output.count &- 280
    let literalMask: UInt64 = 1 &<< UInt64(literalBits) &- 1
    let distanceMask: UInt64 = 1 &<< UInt64(distanceBits) &- 1
    var window = self.window
    var windowBits = self.windowBits
    var position = self.position
    var produced = self.produced
    defer {
      // The refill loads bits above `windowBits` too; the careful loop wants them to be zero.
      self.window = windowBits == 0 ? 0 : window & (UInt64.max &>> UInt64(64 &- windowBits))
      self.windowBits = windowBits
      self.position = position
      self.produced = produced
    }
    while position <= inputEnd, produced <= outputEnd {
      let loaded = UInt64(
        littleEndian: source.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      window |= loaded &<< UInt64(windowBits)
      position &+= (63 &- windowBits) &>> 3
      windowBits |= 56

      // Up to three literals for one refill: 3 * 15 bits, or 2 * 15 and a length's 20, then the
      // refill below serves the distance.
      var entry = literalBase[Int(window & literalMask)]
      var literalsLeft = 3
      while entry & InflateTable.Kind.mask == InflateTable.Kind.literal, literalsLeft > 0 {
        window &>>= UInt64(entry & 15)
        windowBits &-= Int(entry & 15)
        target.storeBytes(
          of: UInt8(truncatingIfNeeded: entry &>> 16), toByteOffset: produced, as: UInt8.self)
        produced &+= 1
        literalsLeft &-= 1
        entry = literalBase[Int(window & literalMask)]
      }
      if literalsLeft == 0 { continue }
      var used = Int(entry & 15)
      if entry & InflateTable.Kind.mask == InflateTable.Kind.subtable {
        let below = window &>> UInt64(literalBits) & (1 &<< UInt64(entry &>> 4 & 15) &- 1)
        entry = literalBase[Int(entry &>> 16) &+ Int(below)]
        used = literalBits &+ Int(entry & 15)
      }
      window &>>= UInt64(used)
      windowBits &-= used
      let kind = entry & InflateTable.Kind.mask
      if kind == InflateTable.Kind.literal {
        target.storeBytes(
          of: UInt8(truncatingIfNeeded: entry &>> 16), toByteOffset: produced, as: UInt8.self)
        produced &+= 1
        continue
      }
      if kind == InflateTable.Kind.endOfBlock { return true }
      if kind == InflateTable.Kind.invalid { throw .badSymbol(offset: position) }
      let lengthBits = Int(entry &>> 4 & 15)
      let length = Int(entry &>> 16) &+ Int(window & (1 &<< UInt64(lengthBits) &- 1))
      window &>>= UInt64(lengthBits)
      windowBits &-= lengthBits

      if windowBits < 28 {
        let more = UInt64(
          littleEndian: source.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        window |= more &<< UInt64(windowBits)
        position &+= (63 &- windowBits) &>> 3
        windowBits |= 56
      }
      var far = distanceBase[Int(window & distanceMask)]
      used = Int(far & 15)
      if far & InflateTable.Kind.mask == InflateTable.Kind.subtable {
        let below = window &>> UInt64(distanceBits) & (1 &<< UInt64(far &>> 4 & 15) &- 1)
        far = distanceBase[Int(far &>> 16) &+ Int(below)]
        used = distanceBits &+ Int(far & 15)
      }
      if far & InflateTable.Kind.mask == InflateTable.Kind.invalid {
        throw .badSymbol(offset: position)
      }
      window &>>= UInt64(used)
      windowBits &-= used
      let distanceExtra = Int(far &>> 4 & 15)
      let distance = Int(far &>> 16) &+ Int(window & (1 &<< UInt64(distanceExtra) &- 1))
      window &>>= UInt64(distanceExtra)
      windowBits &-= distanceExtra
      guard distance <= produced else {
        throw .distanceTooFar(offset: position, distance: distance, produced: produced)
      }
      copyMatch(target, at: produced, distance: distance, length: length)
      produced &+= length
    }
    return false
  }

  /// Copies a match in words; up to 7 bytes beyond it may be written (the margin allows them).
  @inline(__always)
  private func copyMatch(
    _ target: UnsafeMutableRawPointer, at start: Int, distance: Int, length: Int
  ) {
    var from = start &- distance
    var to = start
    let end = start &+ length
    if distance >= 8 {
      while to < end {
        let word = target.loadUnaligned(fromByteOffset: from, as: UInt64.self)
        target.storeBytes(of: word, toByteOffset: to, as: UInt64.self)
        from &+= 8
        to &+= 8
      }
    } else if distance == 1 {
      let byte = UInt64(target.load(fromByteOffset: from, as: UInt8.self))
      while to < end {
        target.storeBytes(of: byte &* 0x0101_0101_0101_0101, toByteOffset: to, as: UInt64.self)
        to &+= 8
      }
    } else {
      while to < end {
        let byte = target.load(fromByteOffset: from, as: UInt8.self)
        target.storeBytes(of: byte, toByteOffset: to, as: UInt8.self)
        from &+= 1
        to &+= 1
      }
    }
  }
}
