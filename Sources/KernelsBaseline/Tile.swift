// Tile - the matrix-product micro-kernel: a few rows by two vectors, held in registers.
// SPDX-License-Identifier: Apache-2.0

/// A row of accumulators: one or two vectors wide.
protocol AccumulatorRow {
  static var width: Int { get }
  init()
  mutating func step(_ a: Float, _ b: UnsafePointer<Float>)
  func write(_ c: UnsafeMutablePointer<Float>, _ add: Bool)
  /// Writes the first `columns` only: a panel at the right edge.
  func write(_ c: UnsafeMutablePointer<Float>, _ columns: Int, _ add: Bool)
}

struct OneVector: AccumulatorRow {
  var x = Vector(repeating: 0)

  @inline(__always) static var width: Int { lanes }
  @inline(__always) init() {}

  @inline(__always)
  mutating func step(_ a: Float, _ b: UnsafePointer<Float>) {
    x = multiplyAdd(Vector(repeating: a), load(b), x)
  }

  @inline(__always)
  func write(_ c: UnsafeMutablePointer<Float>, _ add: Bool) {
    store(add ? load(c) + x : x, c)
  }

  @inline(__always)
  func write(_ c: UnsafeMutablePointer<Float>, _ columns: Int, _ add: Bool) {
    store(add ? load(c, first: columns) + x : x, c, first: columns)
  }
}

struct TwoVectors: AccumulatorRow {
  var x = Vector(repeating: 0)
  var y = Vector(repeating: 0)

  @inline(__always) static var width: Int { 2 &* lanes }
  @inline(__always) init() {}

  @inline(__always)
  mutating func step(_ a: Float, _ b: UnsafePointer<Float>) {
    let v = Vector(repeating: a)
    x = multiplyAdd(v, load(b), x)
    y = multiplyAdd(v, load(b + lanes), y)
  }

  @inline(__always)
  func write(_ c: UnsafeMutablePointer<Float>, _ add: Bool) {
    store(add ? load(c) + x : x, c)
    store(add ? load(c + lanes) + y : y, c + lanes)
  }

  @inline(__always)
  func write(_ c: UnsafeMutablePointer<Float>, _ columns: Int, _ add: Bool) {
    let rest = columns &- lanes  // > 0: a panel this wide has more than one vector of columns
    store(add ? load(c) + x : x, c)
    store(add ? load(c + lanes, first: rest) + y : y, c + lanes, first: rest)
  }
}

/// Some rows of accumulators. Built from smaller ones, so that every accumulator is a separate
/// value that the compiler keeps in a register: no array, no generated code.
protocol Rows {
  static var height: Int { get }
  static var width: Int { get }
  init()
  /// Adds the outer product of a column of A (rows `stride` apart) with a row of B.
  mutating func step(_ a: UnsafePointer<Float>, _ stride: Int, _ b: UnsafePointer<Float>)
  func write(_ c: UnsafeMutablePointer<Float>, _ ldc: Int, _ add: Bool)
  func write(_ c: UnsafeMutablePointer<Float>, _ ldc: Int, _ columns: Int, _ add: Bool)
}

struct R1<Row: AccumulatorRow>: Rows {
  var row = Row()

  @inline(__always) static var height: Int { 1 }
  @inline(__always) static var width: Int { Row.width }
  @inline(__always) init() {}

  @inline(__always)
  mutating func step(_ a: UnsafePointer<Float>, _ stride: Int, _ b: UnsafePointer<Float>) {
    row.step(a[0], b)
  }

  @inline(__always)
  func write(_ c: UnsafeMutablePointer<Float>, _ ldc: Int, _ add: Bool) { row.write(c, add) }

  @inline(__always)
  func write(_ c: UnsafeMutablePointer<Float>, _ ldc: Int, _ columns: Int, _ add: Bool) {
    row.write(c, columns, add)
  }
}

struct Pair<Upper: Rows, Lower: Rows>: Rows {
  var upper = Upper()
  var lower = Lower()

  @inline(__always) static var height: Int { Upper.height &+ Lower.height }
  @inline(__always) static var width: Int { Upper.width }
  @inline(__always) init() {}

  @inline(__always)
  mutating func step(_ a: UnsafePointer<Float>, _ stride: Int, _ b: UnsafePointer<Float>) {
    upper.step(a, stride, b)
    lower.step(a + Upper.height &* stride, stride, b)
  }

  @inline(__always)
  func write(_ c: UnsafeMutablePointer<Float>, _ ldc: Int, _ add: Bool) {
    upper.write(c, ldc, add)
    lower.write(c + Upper.height &* ldc, ldc, add)
  }

  @inline(__always)
  func write(_ c: UnsafeMutablePointer<Float>, _ ldc: Int, _ columns: Int, _ add: Bool) {
    upper.write(c, ldc, columns, add)
    lower.write(c + Upper.height &* ldc, ldc, columns, add)
  }
}

typealias R2<Row: AccumulatorRow> = Pair<R1<Row>, R1<Row>>
typealias R3<Row: AccumulatorRow> = Pair<R2<Row>, R1<Row>>
typealias R4<Row: AccumulatorRow> = Pair<R2<Row>, R2<Row>>
typealias R5<Row: AccumulatorRow> = Pair<R4<Row>, R1<Row>>
typealias R6<Row: AccumulatorRow> = Pair<R4<Row>, R2<Row>>
typealias R7<Row: AccumulatorRow> = Pair<R4<Row>, R3<Row>>
typealias R8<Row: AccumulatorRow> = Pair<R4<Row>, R4<Row>>
typealias R9<Row: AccumulatorRow> = Pair<R8<Row>, R1<Row>>
typealias R10<Row: AccumulatorRow> = Pair<R8<Row>, R2<Row>>
typealias R11<Row: AccumulatorRow> = Pair<R8<Row>, R3<Row>>
typealias R12<Row: AccumulatorRow> = Pair<R8<Row>, R4<Row>>
typealias R13<Row: AccumulatorRow> = Pair<R8<Row>, R5<Row>>
typealias R14<Row: AccumulatorRow> = Pair<R8<Row>, R6<Row>>

/// Where a tile's operands lie: element (i, p) of A at `a[i * aRow + p * aStep]`, row p of B at
/// `b[p * bStep]`.
struct TileOperands {
  var k: Int
  var a: UnsafePointer<Float>
  var aRow: Int
  var aStep: Int
  var b: UnsafePointer<Float>
  var bStep: Int
}

/// C (+)= A B for one tile, `columns` of it valid.
@inline(__always)
func tile<T: Rows>(
  _ type: T.Type, _ o: TileOperands, _ c: UnsafeMutablePointer<Float>, _ ldc: Int, _ columns: Int,
  _ add: Bool
) {
  var acc = T()
  var a = o.a
  var b = o.b
  var p = o.k
  #if !KERNEL_AVX512  // a step of 28 instructions needs no unrolling
    while p >= 4 {
      acc.step(a, o.aRow, b)
      acc.step(a + o.aStep, o.aRow, b + o.bStep)
      acc.step(a + 2 &* o.aStep, o.aRow, b + 2 &* o.bStep)
      acc.step(a + 3 &* o.aStep, o.aRow, b + 3 &* o.bStep)
      a += 4 &* o.aStep
      b += 4 &* o.bStep
      p &-= 4
    }
  #endif
  while p > 0 {
    acc.step(a, o.aRow, b)
    a += o.aStep
    b += o.bStep
    p &-= 1
  }
  if columns == T.width {
    if add { acc.write(c, ldc, true) } else { acc.write(c, ldc, false) }
    return
  }
  acc.write(c, ldc, columns, add)
}
