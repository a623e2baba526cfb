// JPEGProgressiveScan - the four kinds of progressive scans (T.81, Annex G).
// SPDX-License-Identifier: Apache-2.0

extension JPEGDecoder {
  /// Decodes a row of units of a progressive scan into the coefficient arrays.
  func progressiveUnits(
    _ plan: JPEGScanPlan, _ scan: JPEGScan, _ row: Int, _ outer: inout JPEGBitReader,
    _ restarts: inout JPEGRestarts
  ) throws(JPEGError) {
    var reader = outer
    let blocks = plan.blocks
    let order = JPEGOrder.pointer
    for unit in 0..<plan.unitsWide {
      try restarts.beforeUnit(&reader, self)
      // A refinement of DC reads zeros after the data's end and changes nothing by them.
      if !reader.isExhausted || (scan.start == 0 && scan.high != 0) {
        for index in 0..<blocks.count {
          let block = blocks[index]
          guard let place = block.coefficientBlock(unit: unit, row: row) else { return }
          if scan.start == 0 {
            if scan.high == 0 {
              guard let code = block.dc else { return }
              try reader.firstDC(place, code, &restarts.predictions[block.slot], scan.low)
            } else if try reader.take(1) != 0 {
              place[0] |= Int16(truncatingIfNeeded: 1 &<< scan.low)
            }
          } else {
            guard let code = block.ac else { return }
            if scan.high == 0 {
              try reader.firstAC(place, code, scan, &restarts.endOfBandRun, order)
            } else {
              try reader.refineAC(place, code, scan, &restarts.endOfBandRun, order)
            }
          }
        }
      }
      restarts.afterUnit()
    }
    outer = reader
  }
}

extension JPEGBitReader {
  /// G.1.2.1: the leading bits of a DC coefficient.
  @inline(__always)
  mutating func firstDC(
    _ block: UnsafeMutablePointer<Int16>, _ code: JPEGHuffmanCode, _ prediction: inout Int32,
    _ low: Int
  ) throws(JPEGError) {
    let category = try symbol(code)
    if category > 0 {
      prediction &+= Int32(
        truncatingIfNeeded: JPEGHuffmanTable.extend(try take(category), category))
    }
    block[0] = Int16(truncatingIfNeeded: Int(prediction) &<< low)
  }

  /// G.1.2.2: the leading bits of a band of AC coefficients.
  @inline(__always)
  mutating func firstAC(
    _ block: UnsafeMutablePointer<Int16>, _ code: JPEGHuffmanCode, _ scan: JPEGScan,
    _ endOfBandRun: inout Int, _ order: UnsafePointer<UInt8>
  ) throws(JPEGError) {
    if endOfBandRun > 0 {
      endOfBandRun &-= 1
      return
    }
    var index = scan.start
    while index <= scan.end {
      let pair = try symbol(code)
      let run = pair &>> 4
      let size = pair & 15
      if size > 0 {
        index &+= run
        let value = JPEGHuffmanTable.extend(try take(size), size)
        // safety: index < 64 + 15, inside the extended order.
        block[Int(order[index])] = Int16(truncatingIfNeeded: value &<< scan.low)
        index &+= 1
      } else if run == 15 {
        index &+= 16
      } else {
        // This block counts as the first of the run.
        endOfBandRun = 1 &<< run &- 1
        if run > 0 { endOfBandRun &+= try take(run) }
        return
      }
    }
  }

  /// G.1.2.3: one more bit of every coefficient of a band.
  ///
  /// Coefficients that are already nonzero have a correction bit each, wherever they stand between
  /// the new ones.
  @inline(__always)
  mutating func refineAC(
    _ block: UnsafeMutablePointer<Int16>, _ code: JPEGHuffmanCode, _ scan: JPEGScan,
    _ endOfBandRun: inout Int, _ order: UnsafePointer<UInt8>
  ) throws(JPEGError) {
    let positive = Int16(truncatingIfNeeded: 1 &<< scan.low)
    let negative = Int16(truncatingIfNeeded: -1 &<< scan.low)
    var index = scan.start
    if endOfBandRun == 0 {
      while index <= scan.end {
        let pair = try symbol(code)
        var zerosLeft = pair &>> 4
        var value: Int16 = 0
        if pair & 15 != 0 {
          value = try take(1) != 0 ? positive : negative
        } else if zerosLeft != 15 {
          endOfBandRun = 1 &<< zerosLeft
          if zerosLeft > 0 { endOfBandRun &+= try take(zerosLeft) }
          break
        }
        // Pass the nonzero coefficients, correcting them, and the zeros of the run.
        repeat {
          let place = Int(order[index])
          if block[place] != 0 {
            try correct(block + place, positive, negative)
          } else {
            if zerosLeft == 0 { break }
            zerosLeft &-= 1
          }
          index &+= 1
        } while index <= scan.end
        // safety: index <= 64, inside the extended order.
        if value != 0 { block[Int(order[index])] = value }
        index &+= 1
      }
    }
    if endOfBandRun > 0 {
      while index <= scan.end {
        let place = Int(order[index])
        if block[place] != 0 { try correct(block + place, positive, negative) }
        index &+= 1
      }
      endOfBandRun &-= 1
    }
  }

  @inline(__always)
  private mutating func correct(
    _ coefficient: UnsafeMutablePointer<Int16>, _ positive: Int16, _ negative: Int16
  ) throws(JPEGError) {
    if try take(1) != 0, coefficient.pointee & positive == 0 {
      coefficient.pointee &+= coefficient.pointee >= 0 ? positive : negative
    }
  }
}

extension JPEGFrame {
  /// Keeps the books of which bits the progressive scans have sent, for the smoothing of files that
  /// stop early.
  mutating func recordProgress(_ scan: JPEGScan, isFirst: Bool) {
    for part in scan.components {
      for index in min(scan.start, 1)...max(scan.end, 9) {
        components[part.index].previousMissingBits[index] =
          isFirst ? 0 : components[part.index].missingBits[index]
      }
      for index in scan.start...scan.end {
        components[part.index].missingBits[index] = scan.low
      }
    }
  }
}
