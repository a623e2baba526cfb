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

/// How many panels `m` rows make. Their heights differ by at most one: panel i starts at row
/// i m / panels.
@inline(__always)
func panelCount(_ m: Int) -> Int { (m &+ tileRows &- 1) / tileRows }

/// One tile of a packed A panel (k-major, `T.height` values for each k).
@inline(never)
func packedTile<T: Rows>(
  _ type: T.Type, _ k: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ bStep: Int,
  _ c: UnsafeMutablePointer<Float>, _ ldc: Int, _ columns: Int, _ add: Bool
) {
  tile(
    type, TileOperands(k: k, a: a, aRow: 1, aStep: T.height, b: b, bStep: bStep),
    c, ldc, columns, add)
}

/// One tile of an A panel that stays where it is.
@inline(never)
func stridedTile<T: Rows>(
  _ type: T.Type, _ o: TileOperands, _ c: UnsafeMutablePointer<Float>, _ ldc: Int,
  _ columns: Int, _ add: Bool
) {
  tile(type, o, c, ldc, columns, add)
}

@inline(__always)
func dispatch<T: Rows>(
  _ type: T.Type, _ o: TileOperands, _ c: UnsafeMutablePointer<Float>, _ ldc: Int,
  _ columns: Int, _ add: Bool
) {
  if o.aStep == 0 {
    packedTile(type, o.k, o.a, o.b, o.bStep, c, ldc, columns, add)
  } else {
    stridedTile(type, o, c, ldc, columns, add)
  }
}

/// The tile of the given height.
@inline(__always)
func dispatch<Row: AccumulatorRow>(
  _ row: Row.Type, _ height: Int, _ o: TileOperands, _ c: UnsafeMutablePointer<Float>,
  _ ldc: Int, _ columns: Int, _ add: Bool
) {
  switch height {
  case 1: dispatch(R1<Row>.self, o, c, ldc, columns, add)
  case 2: dispatch(R2<Row>.self, o, c, ldc, columns, add)
  case 3: dispatch(R3<Row>.self, o, c, ldc, columns, add)
  case 4: dispatch(R4<Row>.self, o, c, ldc, columns, add)
  #if KERNEL_AVX512 || KERNEL_AVX2 || arch(arm64)
    case 5: dispatch(R5<Row>.self, o, c, ldc, columns, add)
    case 6: dispatch(R6<Row>.self, o, c, ldc, columns, add)
  #endif
  #if KERNEL_AVX512 || (arch(arm64))
    case 7: dispatch(R7<Row>.self, o, c, ldc, columns, add)
    case 8: dispatch(R8<Row>.self, o, c, ldc, columns, add)
    case 9: dispatch(R9<Row>.self, o, c, ldc, columns, add)
    case 10: dispatch(R10<Row>.self, o, c, ldc, columns, add)
    case 11: dispatch(R11<Row>.self, o, c, ldc, columns, add)
    case 12: dispatch(R12<Row>.self, o, c, ldc, columns, add)
  #endif
  #if KERNEL_AVX512
    case 13: dispatch(R13<Row>.self, o, c, ldc, columns, add)
    case 14: dispatch(R14<Row>.self, o, c, ldc, columns, add)
  #endif
  default: break
  }
}

/// C (+)= A B over a grid of panels.
///
/// A is packed (`aStep` 0: panel i of `m` rows at `a + row * k`) or strided (element (i, p) at
/// `a[i * aRow + p * aStep]`). B is packed (`bStep` 0: the panel of column j at `b + j * k`, one or
/// two vectors wide) or its rows lie `bStep` apart, and then the last columns that fill no vector
/// are packed at `bTail`.
/// Rows and columns are those of panels [aFirst, aLast) and [bFirst, bLast).
public func multiplyPanels(
  _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ aRow: Int, _ aStep: Int,
  _ b: UnsafePointer<Float>, _ bStep: Int, _ bTail: UnsafePointer<Float>,
  _ c: UnsafeMutablePointer<Float>, _ ldc: Int, _ add: Bool,
  _ aFirst: Int, _ aLast: Int, _ bFirst: Int, _ bLast: Int
) {
  let panels = panelCount(m)
  let full = tileColumns
  var q = bFirst
  while q < bLast {
    let column = q &* full
    let columns = min(full, n &- column)
    var panel = b + (bStep == 0 ? column &* k : column)
    var step = bStep == 0 ? (columns > lanes ? full : lanes) : bStep
    if bStep != 0, columns != full, columns != lanes {
      panel = bTail
      step = columns > lanes ? full : lanes
    }
    var p = aFirst
    while p < aLast {
      let row = p &* m / panels
      let height = (p &+ 1) &* m / panels &- row
      let o = TileOperands(
        k: k, a: a + row &* (aStep == 0 ? k : aRow), aRow: aRow, aStep: aStep,
        b: panel, bStep: step)
      let target = c + (row &* ldc &+ column)
      if columns > lanes {
        dispatch(TwoVectors.self, height, o, target, ldc, columns, add)
      } else {
        dispatch(OneVector.self, height, o, target, ldc, columns, add)
      }
      p &+= 1
    }
    q &+= 1
  }
}
