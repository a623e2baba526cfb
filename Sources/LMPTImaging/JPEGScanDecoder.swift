// JPEGScanDecoder - the walk over a scan's units, with restarts (T.81, F.2 and G.2).
// SPDX-License-Identifier: Apache-2.0

extension JPEGDecoder {
  /// Decodes one scan.
  ///
  /// - Parameters:
  ///   - scan: its header.
  ///   - intoPlanes: whether the scan is the only one, so that blocks can be transformed at once;
  ///     otherwise coefficients are kept.
  /// - Throws: `JPEGError`.
  func decodeScan(_ scan: JPEGScan, intoPlanes: Bool) throws {
    guard var frame, let base = bytes.baseAddress else { return }
    let plan = try JPEGScanPlan(scan, self, frame)
    if frame.isProgressive {
      frame.recordProgress(scan, isFirst: scanCount == 1)
      self.frame = frame
    }
    var reader = JPEGBitReader(
      base: base.assumingMemoryBound(to: UInt8.self), end: bytes.count, position: position)
    var restarts = JPEGRestarts(interval: restartInterval)
    let rowsPerUnitRow =
      scan.components.count == 1 ? frame.components[scan.components[0].index].vertical : 1
    try withExtendedLifetime(plan) {
      for row in 0..<plan.unitsHigh {
        restarts.hasData = false
        switch (frame.isProgressive, intoPlanes) {
        case (false, true): try transformUnits(plan, row, &reader, &restarts)
        case (false, false): try storeUnits(plan, row, &reader, &restarts)
        case (true, _):
          try progressiveUnits(plan, scan, row, &reader, &restarts)
        }
        if restarts.hasData { lastGoodUnitRow = row / rowsPerUnitRow }
      }
    }
    position = reader.position
    pendingMarker = reader.marker
  }

  /// Decodes a row of units and transforms each block as it comes.
  private func transformUnits(
    _ plan: JPEGScanPlan, _ row: Int, _ outer: inout JPEGBitReader, _ restarts: inout JPEGRestarts
  ) throws(JPEGError) {
    let blocks = plan.blocks
    let buffer = UnsafeMutablePointer<Int16>.allocate(capacity: blocks.count * 64)
    defer { buffer.deallocate() }
    var reader = outer
    for unit in 0..<plan.unitsWide {
      try restarts.beforeUnit(&reader, self)
      buffer.update(repeating: 0, count: blocks.count * 64)
      try sequentialUnit(blocks, &reader, &restarts) { _, index in buffer + index * 64 }
      for (index, block) in blocks.enumerated() {
        let column = unit * block.unitWidth + block.column
        let blockRow = row * block.unitHeight + block.row
        guard column < block.blocksWide, blockRow < block.blocksHigh else { continue }
        // safety: inside the component's plane, which is blocksWide x blocksHigh blocks or larger.
        inverseDCT(
          buffer + index * 64, block.steps,
          block.plane + blockRow * 8 * block.stride + column * 8, block.stride)
      }
      restarts.afterUnit()
    }
    outer = reader
  }

  /// Decodes a row of units into the coefficient arrays.
  private func storeUnits(
    _ plan: JPEGScanPlan, _ row: Int, _ outer: inout JPEGBitReader, _ restarts: inout JPEGRestarts
  ) throws(JPEGError) {
    let blocks = plan.blocks
    var reader = outer
    for unit in 0..<plan.unitsWide {
      try restarts.beforeUnit(&reader, self)
      try sequentialUnit(blocks, &reader, &restarts) { block, _ in
        block.coefficientBlock(unit: unit, row: row)
      }
      restarts.afterUnit()
    }
    outer = reader
  }

  /// Decodes the blocks of one unit, fast where the input is long enough.
  @inline(__always)
  private func sequentialUnit(
    _ blocks: UnsafeMutableBufferPointer<JPEGUnitBlock>, _ reader: inout JPEGBitReader,
    _ restarts: inout JPEGRestarts,
    _ target: (JPEGUnitBlock, Int) -> UnsafeMutablePointer<Int16>?
  ) throws(JPEGError) {
    if reader.isExhausted { return }
    let order = JPEGOrder.pointer
    if restartInterval == 0, reader.marker == 0,
      reader.end &- reader.position >= 512 &* blocks.count
    {
      let saved = (reader, restarts.predictions)
      var isComplete = true
      for index in 0..<blocks.count {
        let block = blocks[index]
        guard let dc = block.dc, let ac = block.ac, let place = target(block, index) else { return }
        if !reader.fastBlock(place, dc, ac, &restarts.predictions[block.slot], order) {
          isComplete = false
          break
        }
      }
      if isComplete { return }
      (reader, restarts.predictions) = saved
    }
    for index in 0..<blocks.count {
      let block = blocks[index]
      guard let dc = block.dc, let ac = block.ac, let place = target(block, index) else { return }
      try reader.carefulBlock(place, dc, ac, &restarts.predictions[block.slot], order)
    }
  }
}

extension JPEGUnitBlock {
  /// Where the block of a unit keeps its coefficients.
  @inline(__always)
  func coefficientBlock(unit: Int, row: Int) -> UnsafeMutablePointer<Int16>? {
    // safety: unit and row stay below the plan's counts, which the padded array covers.
    guard let coefficients else { return nil }
    let blockRow = row &* unitHeight &+ self.row
    let blockColumn = unit &* unitWidth &+ column
    return coefficients + (blockRow &* paddedBlocksWide &+ blockColumn) &* 64
  }
}

/// `naturalOrder` at a fixed address.
enum JPEGOrder {
  nonisolated(unsafe) static let pointer: UnsafePointer<UInt8> = {
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: naturalOrder.count)
    copy.initialize(from: naturalOrder, count: naturalOrder.count)
    return UnsafePointer(copy)
  }()
}

/// The restart markers of a scan, and what they reset.
struct JPEGRestarts {
  let interval: Int
  private var unitsLeft: Int
  private var expected: UInt8 = 0
  /// Last DC value of each component of the scan.
  var predictions = SIMD4<Int32>()
  /// Whether any unit since this was cleared began before the data were used up.
  var hasData = false
  /// Blocks that the current end-of-band run still covers.
  var endOfBandRun = 0

  init(interval: Int) {
    self.interval = interval
    unitsLeft = interval
  }

  /// Passes a restart marker where one is due.
  @inline(__always)
  mutating func beforeUnit(
    _ reader: inout JPEGBitReader, _ decoder: JPEGDecoder
  ) throws(JPEGError) {
    if !reader.isExhausted { hasData = true }
    if interval != 0, unitsLeft == 0 { try restart(&reader, decoder) }
  }

  @inline(__always)
  mutating func afterUnit() {
    unitsLeft &-= 1
  }

  @inline(never)
  private mutating func restart(
    _ reader: inout JPEGBitReader, _ decoder: JPEGDecoder
  ) throws(JPEGError) {
    reader.discardBits()
    decoder.position = reader.position
    decoder.pendingMarker = 0
    var marker = reader.marker != 0 ? reader.marker : try decoder.nextMarker()
    // libjpeg's rules: swallow the expected marker; scan past one that is a little late or not a
    // marker of images; stop before one that is a little early or ends the scan, so that the
    // segment reads as empty; otherwise drop it and hope.
    resynchronise: while marker != 0xD0 + expected {
      switch marker {
      case ..<0xC0:
        marker = try decoder.nextMarker()
      case 0xD0...0xD7:
        let distance = (marker &- 0xD0 &- expected) & 7
        if distance == 1 || distance == 2 { break resynchronise }
        if distance < 6 {
          marker = 0
          break resynchronise
        }
        marker = try decoder.nextMarker()
      default:
        break resynchronise
      }
    }
    reader.marker = marker == 0xD0 + expected ? 0 : marker
    reader.position = decoder.position
    expected = (expected + 1) & 7
    predictions = SIMD4()
    endOfBandRun = 0
    unitsLeft = interval
    if reader.marker == 0 { reader.isExhausted = false }
  }
}
