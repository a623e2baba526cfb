// Epilogues - what follows a matrix product, tile by tile while it is in the nearest cache.
// SPDX-License-Identifier: Apache-2.0

/// c = f(c + bias) over columns of one vector each, the bias held in a register.
@inline(__always)
func finish(
  _ c: Target, _ ldc: Int, _ rows: Int, _ columns: Int, _ bias: Source, _ f: (Vector) -> Vector
) {
  var j = 0
  while j < columns {
    let rest = columns &- j
    let b = load(bias + j, upTo: rest)
    var i = 0
    while i < rows {
      let place = c + (i &* ldc &+ j)
      store(f(load(place, upTo: rest) + b), place, upTo: rest)
      i &+= 1
    }
    j &+= lanes
  }
}

/// c = f(c + bias + residual), the residual's rows as far apart as those of c.
@inline(__always)
func finish(
  _ c: Target, _ ldc: Int, _ rows: Int, _ columns: Int, _ bias: Source, _ residual: Source,
  _ f: (Vector) -> Vector
) {
  var j = 0
  while j < columns {
    let rest = columns &- j
    let b = load(bias + j, upTo: rest)
    var i = 0
    while i < rows {
      let offset = i &* ldc &+ j
      let sum = load(c + offset, upTo: rest) + b + load(residual + offset, upTo: rest)
      store(f(sum), c + offset, upTo: rest)
      i &+= 1
    }
    j &+= lanes
  }
}

/// Whether the epilogue of this kind reads a residual.
@inline(__always)
func hasResidual(_ kind: Int) -> Bool { kind == 3 || kind == 5 }

/// What a finished tile of `rows` x `columns` of C goes through.
///
/// - kind: 1 adds the bias, 2 adds it and applies QuickGELU, 3 adds it and `residual`, whose rows
///   lie as far apart as those of C; 4 is 1 and 5 is 3 followed by max(0, x); 6 adds the bias and
///   applies the exact GELU. NaN stays NaN.
@inline(never)
func finishTile(
  _ c: Target, _ ldc: Int, _ rows: Int, _ columns: Int, _ bias: Source, _ residual: Source,
  _ kind: Int
) {
  let zero = Vector(repeating: 0)
  switch kind {
  case 1: finish(c, ldc, rows, columns, bias) { $0 }
  case 2: finish(c, ldc, rows, columns, bias, quickGELU)
  case 3: finish(c, ldc, rows, columns, bias, residual) { $0 }
  case 4: finish(c, ldc, rows, columns, bias) { maximum($0, zero) }
  case 5: finish(c, ldc, rows, columns, bias, residual) { maximum($0, zero) }
  default: finish(c, ldc, rows, columns, bias, gelu)
  }
}
