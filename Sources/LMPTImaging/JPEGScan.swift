// JPEGScan - the scan header (T.81, B.2.3) and the walk over a scan's units.
// SPDX-License-Identifier: Apache-2.0

/// A scan header.
struct JPEGScan {
  /// A component's part in the scan.
  struct Component {
    let index: Int
    let dcTable: Int
    let acTable: Int
  }

  let components: [Component]
  /// Spectral selection, zigzag indices.
  let start: Int
  let end: Int
  /// Successive approximation: bit positions before and after this scan.
  let high: Int
  let low: Int

  /// Reads the payload of a SOS segment.
  init(
    _ payload: UnsafeRawBufferPointer, frame: JPEGFrame, offset: Int
  ) throws(JPEGError) {
    let count = payload.isEmpty ? 0 : Int(payload[0])
    guard (1...4).contains(count), payload.count == 4 + 2 * count else {
      throw .segmentLength(marker: 0xDA, declared: payload.count + 2, offset: offset)
    }
    var components: [Component] = []
    for slot in 0..<count {
      let id = Int(payload[1 + 2 * slot])
      // Components come in the frame's order, so the search starts at the slot itself.
      guard
        let index = frame.components.indices.first(where: {
          $0 >= slot && frame.components[$0].id == id
        }), !components.contains(where: { $0.index == index })
      else { throw .unknownComponent(id: id, offset: offset) }
      let tables = payload[2 + 2 * slot]
      components.append(
        Component(index: index, dcTable: Int(tables >> 4), acTable: Int(tables & 15)))
    }
    self.components = components
    start = Int(payload[1 + 2 * count])
    end = Int(payload[2 + 2 * count])
    high = Int(payload[3 + 2 * count] >> 4)
    low = Int(payload[3 + 2 * count] & 15)
    if components.count > 1 {
      let blocks = components.reduce(0) {
        $0 + frame.components[$1.index].horizontal * frame.components[$1.index].vertical
      }
      guard blocks <= 10 else { throw .unitTooLarge(blocks: blocks) }
    }
    guard frame.isProgressive else { return }
    let isPossible =
      (start == 0 ? end == 0 : start <= end && end < 64 && components.count == 1)
      && (high == 0 || low == high - 1) && low <= 13
    guard isPossible else { throw .progression(start: start, end: end, high: high, low: low) }
  }
}

/// One block of an interleaved unit: where it lies and how it is coded.
struct JPEGUnitBlock {
  /// Slot of the DC prediction.
  let slot: Int
  let dc: JPEGHuffmanCode?
  let ac: JPEGHuffmanCode?
  let plane: UnsafeMutablePointer<UInt8>
  let coefficients: UnsafeMutablePointer<Int16>?
  let steps: UnsafePointer<Int16>
  let stride: Int
  /// Blocks in a row of `coefficients`.
  let paddedBlocksWide: Int
  /// Blocks that carry picture.
  let blocksWide: Int
  let blocksHigh: Int
  /// Blocks that a unit advances, and this block's place inside the unit.
  let unitWidth: Int
  let unitHeight: Int
  let column: Int
  let row: Int
}

/// A scan made ready: its tables derived and its unit laid out.
final class JPEGScanPlan {
  let blocks: UnsafeMutableBufferPointer<JPEGUnitBlock>
  let unitsWide: Int
  let unitsHigh: Int
  /// What the blocks point into.
  private let tables: [JPEGHuffmanTable]
  private let steps: [ZeroedMemory]

  init(_ scan: JPEGScan, _ decoder: JPEGDecoder, _ frame: JPEGFrame) throws {
    let isAlone = scan.components.count == 1
    var layout: [JPEGUnitBlock] = []
    var tables: [JPEGHuffmanTable] = []
    var steps: [ZeroedMemory] = []
    func derive(
      _ specifications: [JPEGHuffmanSpecification?], _ index: Int, isDC: Bool
    ) throws -> JPEGHuffmanCode {
      guard index < 4, let specification = specifications[index] else {
        throw JPEGError.noHuffmanTable(index: index)
      }
      let table = try JPEGHuffmanTable(specification, isDC: isDC, index: index)
      tables.append(table)
      return table.code
    }
    for (slot, part) in scan.components.enumerated() {
      let component = frame.components[part.index]
      guard let plane = component.row(0), let scales = component.scales() else {
        throw JPEGError.noQuantization(index: component.quantizer)
      }
      steps.append(scales)
      let needsDC = !frame.isProgressive || (scan.start == 0 && scan.high == 0)
      let needsAC = !frame.isProgressive || scan.start > 0
      let dc = needsDC ? try derive(decoder.dcTables, part.dcTable, isDC: true) : nil
      let ac = needsAC ? try derive(decoder.acTables, part.acTable, isDC: false) : nil
      let (wide, high) = isAlone ? (1, 1) : (component.horizontal, component.vertical)
      for row in 0..<high {
        for column in 0..<wide {
          layout.append(
            JPEGUnitBlock(
              slot: slot, dc: dc, ac: ac, plane: plane, coefficients: component.block(0, 0),
              steps: UnsafePointer(scales.base.assumingMemoryBound(to: Int16.self)),
              stride: component.stride, paddedBlocksWide: component.paddedBlocksWide,
              blocksWide: component.blocksWide, blocksHigh: component.blocksHigh,
              unitWidth: wide, unitHeight: high, column: column, row: row))
        }
      }
    }
    self.tables = tables
    self.steps = steps
    blocks = .allocate(capacity: layout.count)
    _ = blocks.initialize(from: layout)
    let alone = frame.components[scan.components[0].index]
    unitsWide = isAlone ? alone.blocksWide : frame.unitsWide
    unitsHigh = isAlone ? alone.blocksHigh : frame.unitsHigh
  }

  deinit { blocks.deallocate() }
}
