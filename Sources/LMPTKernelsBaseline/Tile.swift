// Tile - the matrix-product micro-kernel: a few rows by two vectors, held in registers.
// SPDX-License-Identifier: Apache-2.0

// Accumulators are nested tuples of vectors, so each one is a separate value that the compiler
// keeps in a register. A tile of 13 rows is 8 + 4 + 1 of them: `height`, `two` and the strides of
// a packed panel are constants where `tile` is inlined, and what they exclude folds away. No type
// is declared here: the metadata of one would bring along shared helpers (see Vector.swift).
typealias Row = (Vector, Vector)
typealias Rows2 = (Row, Row)
typealias Rows4 = (Rows2, Rows2)
typealias Rows8 = (Rows4, Rows4)

typealias Source = UnsafePointer<Float>
typealias Target = UnsafeMutablePointer<Float>

/// Adds a[0] times a row of B, one or two vectors wide.
@_transparent
func step1(_ r: inout Row, _ a: Source, _ b0: Vector, _ b1: Vector, _ two: Bool) {
  let v = Vector(repeating: a[0])
  r.0 = multiplyAdd(v, b0, r.0)
  if two { r.1 = multiplyAdd(v, b1, r.1) }
}

@_transparent
func step2(_ r: inout Rows2, _ a: Source, _ s: Int, _ b0: Vector, _ b1: Vector, _ two: Bool) {
  step1(&r.0, a, b0, b1, two)
  step1(&r.1, a + s, b0, b1, two)
}

@_transparent
func step4(_ r: inout Rows4, _ a: Source, _ s: Int, _ b0: Vector, _ b1: Vector, _ two: Bool) {
  step2(&r.0, a, s, b0, b1, two)
  step2(&r.1, a + 2 &* s, s, b0, b1, two)
}

@_transparent
func step8(_ r: inout Rows8, _ a: Source, _ s: Int, _ b0: Vector, _ b1: Vector, _ two: Bool) {
  step4(&r.0, a, s, b0, b1, two)
  step4(&r.1, a + 4 &* s, s, b0, b1, two)
}

/// Writes a row of C.
@_transparent
func write1(_ r: Row, _ c: Target, _ two: Bool, _ add: Bool) {
  store(add ? load(c) + r.0 : r.0, c)
  if two { store(add ? load(c + lanes) + r.1 : r.1, c + lanes) }
}

@_transparent
func write2(_ r: Rows2, _ c: Target, _ ldc: Int, _ two: Bool, _ add: Bool) {
  write1(r.0, c, two, add)
  write1(r.1, c + ldc, two, add)
}

@_transparent
func write4(_ r: Rows4, _ c: Target, _ ldc: Int, _ two: Bool, _ add: Bool) {
  write2(r.0, c, ldc, two, add)
  write2(r.1, c + 2 &* ldc, ldc, two, add)
}

@_transparent
func write8(_ r: Rows8, _ c: Target, _ ldc: Int, _ two: Bool, _ add: Bool) {
  write4(r.0, c, ldc, two, add)
  write4(r.1, c + 4 &* ldc, ldc, two, add)
}

/// Adds a tile that was computed in `from`, or copies it: only the right edge needs it.
@inline(never)
func copyEdge(
  _ height: Int, _ from: Source, _ width: Int, _ c: Target, _ ldc: Int, _ columns: Int,
  _ add: Bool
) {
  var i = 0
  while i < height {
    var j = 0
    while j < columns {
      let (there, rest) = (c + (i &* ldc &+ j), columns &- j)
      let value = load(from + (i &* width &+ j))
      store(add ? load(there, upTo: rest) + value : value, there, upTo: rest)
      j &+= lanes
    }
    i &+= 1
  }
}

/// Adds one term of every sum: a column of A times a row of B.
@_transparent
func term(
  _ height: Int, _ two: Bool, _ a: Source, _ aRow: Int, _ b: Source,
  _ r8: inout Rows8, _ r4: inout Rows4, _ r2: inout Rows2, _ r1: inout Row
) {
  let b0 = load(b)
  let b1 = two ? load(b + lanes) : Vector(repeating: 0)
  if height & 8 != 0 { step8(&r8, a, aRow, b0, b1, two) }
  if height & 4 != 0 { step4(&r4, a + (height & 8) &* aRow, aRow, b0, b1, two) }
  if height & 2 != 0 { step2(&r2, a + (height & 12) &* aRow, aRow, b0, b1, two) }
  if height & 1 != 0 { step1(&r1, a + (height & 14) &* aRow, b0, b1, two) }
}

/// Writes the rows of a tile.
@_transparent
func write(
  _ height: Int, _ two: Bool, _ c: Target, _ ldc: Int, _ add: Bool, _ r8: Rows8, _ r4: Rows4,
  _ r2: Rows2, _ r1: Row
) {
  if height & 8 != 0 { write8(r8, c, ldc, two, add) }
  if height & 4 != 0 { write4(r4, c + (height & 8) &* ldc, ldc, two, add) }
  if height & 2 != 0 { write2(r2, c + (height & 12) &* ldc, ldc, two, add) }
  if height & 1 != 0 { write1(r1, c + (height & 14) &* ldc, two, add) }
}

/// C (+)= A B for one tile of `height` rows and one or two vectors.
///
/// Element (i, p) of A is at `a[i * aRow + p * aStep]`, row p of B at `b[p * bStep]`; a packed panel
/// (`aStep` 0) has `height` values for each p.
/// `ahead` is what comes next, asked for line by line where `looks` (Ahead.swift).
/// Four terms are written out: with the loop's own instructions at each term there would be 25 for
/// 12 multiply-adds, more than a core decodes in their time while its other hardware thread is busy.
@_transparent
func tile(
  _ height: Int, _ two: Bool, _ k: Int, _ a: Source, _ aRow: Int, _ aStep: Int,
  _ b: Source, _ bStep: Int, _ c: Target, _ ldc: Int, _ add: Bool, _ ahead: Ahead, _ looks: Bool
) {
  let zero = Vector(repeating: 0)
  let pair: Row = (zero, zero)
  let rows2: Rows2 = (pair, pair)
  let rows4: Rows4 = (rows2, rows2)
  var (r8, r4, r2, r1): (Rows8, Rows4, Rows2, Row) = ((rows4, rows4), rows4, rows2, pair)
  let aStep = aStep == 0 ? height : aStep
  var (a, b, left, ahead) = (a, b, k, ahead)
  while left >= 4 {
    if looks { look(&ahead) }
    term(height, two, a, aRow, b, &r8, &r4, &r2, &r1)
    term(height, two, a + aStep, aRow, b + bStep, &r8, &r4, &r2, &r1)
    term(height, two, a + 2 &* aStep, aRow, b + 2 &* bStep, &r8, &r4, &r2, &r1)
    term(height, two, a + 3 &* aStep, aRow, b + 3 &* bStep, &r8, &r4, &r2, &r1)
    a += 4 &* aStep
    b += 4 &* bStep
    left &-= 4
  }
  while left > 0 {
    term(height, two, a, aRow, b, &r8, &r4, &r2, &r1)
    a += aStep
    b += bStep
    left &-= 1
  }
  write(height, two, c, ldc, add, r8, r4, r2, r1)
}
