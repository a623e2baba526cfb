// JPEGSmoothing - the inverse transform of multi-scan frames, with estimates for missing bits.
// SPDX-License-Identifier: Apache-2.0

extension JPEGDecoder {
  /// Transforms the coefficients that several scans have collected, and gives those of a component
  /// back as soon as its samples are there: they are twice as large.
  func transformCoefficients() {
    guard let count = frame?.components.count else { return }
    for index in 0..<count {
      transform(index)
      frame?.components[index].coefficients = nil
    }
  }

  private func transform(_ index: Int) {
    guard let frame else { return }
    let component = frame.components[index]
    let smooths = frame.isProgressive && frame.wantsSmoothing
    let steps = component.steps ?? [UInt16](repeating: 0, count: 64)
    guard let memory = component.scales() else { return }
    let scales = UnsafePointer(memory.base.assumingMemoryBound(to: Int16.self))
    defer { withExtendedLifetime(memory) {} }
    for row in 0..<component.blocksHigh {
      guard let output = component.row(row * 8), let blocks = component.block(0, row) else {
        return
      }
      if smooths {
        smoothRow(component, frame, row, steps, scales, output)
      } else {
        for column in 0..<component.blocksWide {
          inverseDCT(blocks + column * 64, scales, output + column * 8, component.stride)
        }
      }
    }
  }

  /// Transforms one row of blocks, estimating coefficients that are zero and not fully known from
  /// the DC values of the 5 x 5 blocks around (T.81, K.8, as libjpeg-turbo extends it).
  private func smoothRow(
    _ component: JPEGComponent, _ frame: JPEGFrame, _ row: Int, _ steps: [UInt16],
    _ scales: UnsafePointer<Int16>, _ output: UnsafeMutablePointer<UInt8>
  ) {
    let unitRow = row / component.vertical
    // Rows that the last scan did not reach know only what the scans before it brought.
    let before =
      scanCount > 1 ? component.previousMissingBits : [Int](repeating: -1, count: 64)
    let missing = unitRow > lastGoodUnitRow ? before : component.missingBits
    let estimatesDC = (1...9).allSatisfy { missing[$0] == -1 }
    let rows = neighbours(of: row, component, frame)
    let workspace = UnsafeMutablePointer<Int16>.allocate(capacity: 64)
    defer { workspace.deallocate() }
    let last = component.blocksWide - 1
    for column in 0...last {
      guard let block = component.block(column, row) else { return }
      workspace.update(from: block, count: 64)
      var dc = [Int](repeating: 0, count: 25)
      for (line, place) in rows.enumerated() {
        for offset in -2...2 {
          let near = min(max(column + offset, 0), last)
          dc[line * 5 + offset + 2] = component.block(near, place).map { Int($0[0]) } ?? 0
        }
      }
      for estimate in estimatesDC ? JPEGSmoothingKernel.withoutAC : JPEGSmoothingKernel.withAC {
        let known = missing[estimate.zigzag]
        let place = Int(naturalOrder[estimate.zigzag])
        guard known != 0, workspace[place] == 0 else { continue }
        workspace[place] = estimate.value(dc, steps, missingBits: known)
      }
      if estimatesDC {
        workspace[0] = JPEGSmoothingKernel.dc.value(dc, steps, missingBits: 0)
      }
      inverseDCT(workspace, scales, output + column * 8, component.stride)
    }
  }

  /// The five block rows around one, repeated at the edges as libjpeg repeats them.
  private func neighbours(of row: Int, _ component: JPEGComponent, _ frame: JPEGFrame) -> [Int] {
    let unitRow = row / component.vertical
    var rowsHere = component.vertical
    if unitRow == frame.unitsHigh - 1 {
      let rest = component.blocksHigh % component.vertical
      if rest != 0 { rowsHere = rest }
    }
    // In the last unit row libjpeg counts with that row's own height throughout.
    let position = unitRow * rowsHere + row % component.vertical
    let count = rowsHere * frame.unitsHigh
    let above = position > 0 ? row - 1 : row
    let farAbove = position > 1 ? row - 2 : above
    let below = position < count - 1 ? row + 1 : row
    let farBelow = position < count - 2 ? row + 2 : below
    return [farAbove, above, row, below, farBelow]
  }
}

extension JPEGFrame {
  /// Whether smoothing is possible (the low-frequency steps are known and not zero, every DC has
  /// begun) and useful (some low-frequency coefficient is not fully known).
  fileprivate var wantsSmoothing: Bool {
    var isUseful = false
    for component in components {
      guard let steps = component.steps,
        (0...9).allSatisfy({ steps[Int(naturalOrder[$0])] != 0 }), component.missingBits[0] >= 0
      else { return false }
      if (1...9).contains(where: { component.missingBits[$0] != 0 }) { isUseful = true }
    }
    return isUseful
  }
}

/// Weights of the 25 DC values for one coefficient, in units of 1/256.
struct JPEGSmoothingKernel {
  /// Index of the coefficient.
  let zigzag: Int
  let weights: [Int]

  /// The estimate, rounded to the coefficient's step and kept below the known bits.
  func value(_ dc: [Int], _ steps: [UInt16], missingBits: Int) -> Int16 {
    var total = 0
    for index in 0..<25 { total += weights[index] * dc[index] }
    let scaled = total * Int(steps[0])
    let step = Int(steps[Int(naturalOrder[zigzag])])
    var size = (step << 7 + abs(scaled)) / (step << 8)
    if missingBits > 0 { size = min(size, 1 << missingBits - 1) }
    return Int16(truncatingIfNeeded: scaled >= 0 ? size : -size)
  }

  /// A kernel of 5 x 5 weights, row by row.
  private init(_ zigzag: Int, _ weights: [Int]) {
    self.zigzag = zigzag
    self.weights = weights
  }

  /// The same coefficient with rows and columns exchanged.
  private func transposed(_ zigzag: Int) -> JPEGSmoothingKernel {
    JPEGSmoothingKernel(zigzag, (0..<25).map { weights[$0 % 5 * 5 + $0 / 5] })
  }

  private static let first = JPEGSmoothingKernel(
    1, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -7, 50, 0, -50, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  private static let second = JPEGSmoothingKernel(
    5, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 13, -24, 13, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  private static let diagonal = JPEGSmoothingKernel(
    4, [0, -1, 0, 1, 0, -1, 10, 0, -10, 1, 0, 0, 0, 0, 0, 1, -10, 0, 10, -1, 0, 1, 0, -1, 0])
  /// Estimates beside AC coefficients of the file.
  static let withAC = [
    first, first.transposed(2), second.transposed(3), diagonal, second,
  ]

  private static let firstAlone = JPEGSmoothingKernel(
    1,
    [
      -1, -1, 0, 1, 1, -3, 13, 0, -13, 3, -3, 38, 0, -38, 3, -3, 13, 0, -13, 3, -1, -1, 0, 1, 1,
    ])
  private static let firstAloneDown = JPEGSmoothingKernel(
    2,
    [
      -1, -3, -3, -3, -1, -1, 13, 38, 13, -1, 0, 0, 0, 0, 0, 1, -13, -38, -13, 1, 1, 3, 3, 3, 1,
    ])
  private static let secondAloneDown = JPEGSmoothingKernel(
    3, [0, 0, 1, 0, 0, 0, 2, 7, 2, 0, 0, -5, -14, -5, 0, 0, 2, 7, 2, 0, 0, 0, 1, 0, 0])
  private static let diagonalAlone = JPEGSmoothingKernel(
    4, [-1, 0, 0, 0, 1, 0, 9, 0, -9, 0, 0, 0, 0, 0, 0, 0, -9, 0, 9, 0, 1, 0, 0, 0, -1])
  private static let secondAlone = JPEGSmoothingKernel(
    5, [0, 0, 0, 0, 0, 0, 2, -5, 2, 0, 1, 7, -14, 7, 1, 0, 2, -5, 2, 0, 0, 0, 0, 0, 0])
  private static let third = JPEGSmoothingKernel(
    6, [0, 0, 0, 0, 0, 0, 1, 0, -1, 0, 0, 2, 0, -2, 0, 0, 1, 0, -1, 0, 0, 0, 0, 0, 0])
  private static let mixed = JPEGSmoothingKernel(
    7, [0, 0, 0, 0, 0, 0, 1, -3, 1, 0, 0, 0, 0, 0, 0, 0, -1, 3, -1, 0, 0, 0, 0, 0, 0])
  /// Estimates where the file brought only DC.
  static let withoutAC = [
    firstAlone, firstAloneDown, secondAloneDown, diagonalAlone, secondAlone, third, mixed,
    mixed.transposed(8), third.transposed(9),
  ]
  /// DC itself, smoothed over the neighbours.
  static let dc = JPEGSmoothingKernel(
    0,
    [
      -2, -6, -8, -6, -2, -6, 6, 42, 6, -6, -8, 42, 152, 42, -8, -6, 6, 42, 6, -6, -2, -6, -8, -6,
      -2,
    ])
}
