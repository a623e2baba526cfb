// Panels - matrix products over packed or strided panels, tile by tile.
// SPDX-License-Identifier: Apache-2.0

/// Most rows of a tile: as many accumulators as the registers hold beside two vectors of B and one
/// broadcast value of A.
public var tileRows: Int {
  @inline(__always) get {
    #if KERNEL_AVX512
      14  // 28 accumulators in 32 registers
    #elseif KERNEL_AVX2
      6  // 12 in 16
    #elseif arch(arm64)
      12  // 24 in 32
    #else
      4  // 8 in 16, because a product needs a register of its own
    #endif
  }
}

/// Columns of a tile: two vectors.
public var tileColumns: Int { @inline(__always) get { 2 &* lanes } }

/// How many panels `m` rows make.
@inline(__always)
func panelCount(_ m: Int) -> Int { (m &+ tileRows &- 1) / tileRows }

/// The first row of panel `p`: heights differ by at most one, the higher panels come first.
@inline(__always)
func panelStart(_ p: Int, _ height: Int, _ higher: Int) -> Int { p &* height &+ min(p, higher) }

/// The tile of a panel of any height: each case is a kernel of its own.
@_transparent
func anyTile(
  _ height: Int, _ two: Bool, _ k: Int, _ a: Source, _ aRow: Int, _ aStep: Int,
  _ b: Source, _ bStep: Int, _ c: Target, _ ldc: Int, _ add: Bool, _ ahead: Ahead, _ looks: Bool
) {
  switch height {
  case 1: tile(1, two, k, a, aRow, aStep, b, bStep, c, ldc, add, ahead, looks)
  case 2: tile(2, two, k, a, aRow, aStep, b, bStep, c, ldc, add, ahead, looks)
  case 3: tile(3, two, k, a, aRow, aStep, b, bStep, c, ldc, add, ahead, looks)
  case 4: tile(4, two, k, a, aRow, aStep, b, bStep, c, ldc, add, ahead, looks)
  #if KERNEL_AVX512 || KERNEL_AVX2 || arch(arm64)
    case 5: tile(5, two, k, a, aRow, aStep, b, bStep, c, ldc, add, ahead, looks)
    case 6: tile(6, two, k, a, aRow, aStep, b, bStep, c, ldc, add, ahead, looks)
  #endif
  #if KERNEL_AVX512 || arch(arm64)
    case 7: tile(7, two, k, a, aRow, aStep, b, bStep, c, ldc, add, ahead, looks)
    case 8: tile(8, two, k, a, aRow, aStep, b, bStep, c, ldc, add, ahead, looks)
    case 9: tile(9, two, k, a, aRow, aStep, b, bStep, c, ldc, add, ahead, looks)
    case 10: tile(10, two, k, a, aRow, aStep, b, bStep, c, ldc, add, ahead, looks)
    case 11: tile(11, two, k, a, aRow, aStep, b, bStep, c, ldc, add, ahead, looks)
    case 12: tile(12, two, k, a, aRow, aStep, b, bStep, c, ldc, add, ahead, looks)
  #endif
  #if KERNEL_AVX512
    case 13: tile(13, two, k, a, aRow, aStep, b, bStep, c, ldc, add, ahead, looks)
    case 14: tile(14, two, k, a, aRow, aStep, b, bStep, c, ldc, add, ahead, looks)
  #endif
  default: break
  }
}

/// Two vectors wide, A packed: nearly all of the work.
@inline(never)
func packedWide(
  _ height: Int, _ k: Int, _ a: Source, _ b: Source, _ c: Target, _ ldc: Int, _ add: Bool,
  _ ahead: Ahead
) { anyTile(height, true, k, a, 1, 0, b, 2 &* lanes, c, ldc, add, ahead, true) }

/// Two vectors wide, the rows of A where they lie, or at the distance that the tiles want.
@inline(never)
func rowsWide(
  _ height: Int, _ k: Int, _ a: Source, _ aRow: Int, _ b: Source, _ bStep: Int, _ c: Target,
  _ ldc: Int, _ add: Bool
) {
  anyTile(
    height, true, k, a, copiesRows ? nearRow : aRow, 1, b, bStep, c, ldc, add, nothingAhead(c),
    false)
}

/// Two vectors wide, the columns of A where they lie.
@inline(never)
func columnsWide(
  _ height: Int, _ k: Int, _ a: Source, _ aStep: Int, _ b: Source, _ bStep: Int, _ c: Target,
  _ ldc: Int, _ add: Bool
) { anyTile(height, true, k, a, 1, aStep, b, bStep, c, ldc, add, nothingAhead(c), false) }

/// One vector wide: the right edge.
@inline(never)
func narrow(
  _ height: Int, _ k: Int, _ a: Source, _ aRow: Int, _ aStep: Int, _ b: Source, _ bStep: Int,
  _ c: Target, _ ldc: Int, _ add: Bool
) { anyTile(height, false, k, a, aRow, aStep, b, bStep, c, ldc, add, nothingAhead(c), false) }

/// C (+)= A B over a grid of panels, and what follows it.
///
/// A is packed (`aStep` 0: panel i of `m` rows at `a + row * k`) or strided (element (i, p) at
/// `a[i * aRow + p * aStep]`, one of the two being 1). B is packed (`bStep` 0: the panel of column j
/// at `b + j * k`, one or two vectors wide) or its rows lie `bStep` apart, and then the last columns
/// that fill no vector are packed at `bTail`.
/// `edge` has room for a tile: one that is only partly within C is made there. Rows of A come one
/// panel at a time, of at most `nearRow` terms, and then there is room for `edgeFloats`.
/// Rows and columns are those of panels [aFirst, aLast) and [bFirst, bLast).
/// `finish` says what a tile goes through at last, while it is in the nearest cache (Epilogues.swift).
public func multiplyPanels(
  m: Int, n: Int, k: Int, a: UnsafePointer<Float>, aRow: Int, aStep: Int,
  b: UnsafePointer<Float>, bStep: Int, bTail: UnsafePointer<Float>,
  c: UnsafeMutablePointer<Float>, ldc: Int, add: Bool, aFirst: Int, aLast: Int, bFirst: Int,
  bLast: Int, edge: UnsafeMutablePointer<Float>, finish: Int, bias: UnsafePointer<Float>,
  residual: UnsafePointer<Float>
) {
  let panels = panelCount(m)
  let (low, higher) = (m / panels, m % panels)
  let full = tileColumns
  var (a, aRow) = (a, aRow)
  if copiesRows, aStep == 1, aRow != nearRow {
    let row = panelStart(aFirst, low, higher)
    let near = edge + tileRows &* full
    copyRows(a + row &* aRow, aRow, aFirst < higher ? low &+ 1 : low, k, near)
    (a, aRow) = (UnsafePointer(near) - row &* nearRow, nearRow)
  }
  var q = bFirst
  while q < bLast {
    let column = q &* full
    let columns = min(full, n &- column)
    let isWide = columns > lanes
    let width = isWide ? full : lanes
    var panel = b + (bStep == 0 ? column &* k : column)
    var step = bStep == 0 ? width : bStep
    if bStep != 0, columns != width { (panel, step) = (bTail, width) }
    var p = aFirst
    while p < aLast {
      let row = panelStart(p, low, higher)
      let height = p < higher ? low &+ 1 : low
      let source = a + row &* (aStep == 0 ? k : aRow)
      let there = c + (row &* ldc &+ column)
      let (target, ld, adds) = columns == width ? (there, ldc, add) : (edge, full, false)
      if !isWide {
        narrow(
          height, k, source, aStep == 0 ? 1 : aRow, aStep, panel, step, target, ld, adds)
      } else if aStep == 0 {
        let ahead = aheadOf(
          panel + (bStep == 0 ? width &* k : 0), p &- aFirst, aLast &- aFirst, width, k, there, ldc,
          height, hasResidual(finish) ? residual - UnsafePointer(c) : 0)
        packedWide(height, k, source, panel, target, ld, adds, ahead)
      } else if aStep == 1 {
        rowsWide(height, k, source, aRow, panel, step, target, ld, adds)
      } else {
        columnsWide(height, k, source, aStep, panel, step, target, ld, adds)
      }
      if columns != width { copyEdge(height, edge, full, there, ldc, columns, add) }
      if finish != 0 {
        finishTile(
          there, ldc, height, columns, bias + column, residual + (row &* ldc &+ column), finish)
      }
      p &+= 1
    }
    q &+= 1
  }
}
