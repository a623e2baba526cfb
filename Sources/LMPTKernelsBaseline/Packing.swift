// Packing - copies blocks of a matrix into the order in which the tiles read them.
// SPDX-License-Identifier: Apache-2.0

/// Copies `rows` x `k` of a matrix (rows `ld` apart) to k-major order, `width` values for each k.
///
/// Values beyond `rows` are left alone.
@inline(__always)
func transpose(
  _ source: UnsafePointer<Float>, _ ld: Int, _ rows: Int, _ k: Int,
  _ target: UnsafeMutablePointer<Float>, _ width: Int
) {
  #if KERNEL_AVX512
    if rows >= 16, k >= 16 { return transposeSixteens(source, ld, rows, k, target, width) }
  #endif
  var start = 0
  while start < k {  // short blocks, so that the target stays in the nearest cache
    let end = min(k, start &+ 64)
    var i = 0
    while i < rows, rows >= 4 {
      i = min(i, rows &- 4)  // the last four rows may be some of those before
      let r0 = UnsafeRawPointer(source + i &* ld)
      let r1 = UnsafeRawPointer(source + (i &+ 1) &* ld)
      let r2 = UnsafeRawPointer(source + (i &+ 2) &* ld)
      let r3 = UnsafeRawPointer(source + (i &+ 3) &* ld)
      var p = start
      while p &+ 4 <= end {
        // safety: four values from p < end <= k lie within each row, four rows within the block.
        let a = r0.loadUnaligned(fromByteOffset: 4 &* p, as: SIMD4<Float>.self)
        let b = r1.loadUnaligned(fromByteOffset: 4 &* p, as: SIMD4<Float>.self)
        let c = r2.loadUnaligned(fromByteOffset: 4 &* p, as: SIMD4<Float>.self)
        let d = r3.loadUnaligned(fromByteOffset: 4 &* p, as: SIMD4<Float>.self)
        // A line of the next block for every sixteen values of this one.
        let number = (p &- start) / 4
        prefetch(source + ((i &+ number / 4) &* ld &+ end &+ number % 4 &* 16), 0, 3, 1)
        let t = target + (p &* width &+ i)
        store4(SIMD4(a.x, b.x, c.x, d.x), t)
        store4(SIMD4(a.y, b.y, c.y, d.y), t + width)
        store4(SIMD4(a.z, b.z, c.z, d.z), t + 2 &* width)
        store4(SIMD4(a.w, b.w, c.w, d.w), t + 3 &* width)
        p &+= 4
      }
      while p < end {
        let t = target + (p &* width &+ i)
        t[0] = source[i &* ld &+ p]
        t[1] = source[(i &+ 1) &* ld &+ p]
        t[2] = source[(i &+ 2) &* ld &+ p]
        t[3] = source[(i &+ 3) &* ld &+ p]
        p &+= 1
      }
      i &+= 4
    }
    while i < rows {
      var p = start
      while p < end {
        target[p &* width &+ i] = source[i &* ld &+ p]
        p &+= 1
      }
      i &+= 1
    }
    start = end
  }
}

@inline(__always)
func store4(_ v: SIMD4<Float>, _ p: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(p).storeBytes(of: v, as: SIMD4<Float>.self)
}

/// Copies `k` rows of `width` values (rows `ld` apart) to k-major order.
@inline(__always)
func gather(
  _ source: UnsafePointer<Float>, _ ld: Int, _ width: Int, _ k: Int,
  _ target: UnsafeMutablePointer<Float>, _ targetWidth: Int
) {
  var p = 0
  if width < lanes, targetWidth == width {
    // A panel lower than a vector: what a store writes too much, the next one overwrites.
    while (k &- p) &* width >= lanes {
      // safety: that many values are left in the panel, and at least as many in the source.
      store(load(source + p &* ld), target + p &* width)
      p &+= 1
    }
  }
  while p < k {
    let s = source + p &* ld
    let t = target + p &* targetWidth
    var i = 0
    while i &+ lanes <= width {
      store(load(s + i), t + i)
      i &+= lanes
    }
    while i < width {
      t[i] = s[i]
      i &+= 1
    }
    p &+= 1
  }
}

/// Packs A panels [first, last) of `m` rows: k-major, as many values for each k as the panel is
/// high, the panel at `target + row * k`.
///
/// - `source` is element (0, 0) of the block; element (i, p) is `i * ld + p` further, or
///   `p * ld + i` when the matrix is stored transposed.
/// - Rows not transposed may come in lines, as the places of an image do: after every `lineRows`
///   rows the next one begins `lineStep` from where the line did; and lines in groups, as images of a
///   batch do: after every `groupLines` lines the next one begins `groupStep` from where the group did.
public func packA(
  m: Int, k: Int, source: UnsafePointer<Float>, ld: Int, transposed: Bool, lineRows: Int,
  lineStep: Int, groupLines: Int = Int.max, groupStep: Int = 0,
  target: UnsafeMutablePointer<Float>, first: Int, last: Int
) {
  let panels = panelCount(m)
  let (low, higher) = (m / panels, m % panels)
  var i = first
  while i < last {
    let row = panelStart(i, low, higher)
    let height = i < higher ? low &+ 1 : low
    let t = target + row &* k
    if transposed {
      gather(source + row, ld, height, k, t, height)
    } else {
      var done = 0
      while done < height {
        let (line, place) = ((row &+ done) / lineRows, (row &+ done) % lineRows)
        let count = min(height &- done, lineRows &- place)
        let start = line / groupLines &* groupStep &+ line % groupLines &* lineStep
        transpose(source + (start &+ place &* ld), ld, count, k, t + done, height)
        done &+= count
      }
    }
    i &+= 1
  }
}

/// Packs B panels [first, last) of `n` columns: k-major, one or two whole vectors for each k,
/// missing columns 0, the panel at `target + column * k`.
///
/// - `source` is element (0, 0) of the block; element (p, j) is `p * ld + j` further, or
///   `j * ld + p` when the matrix is stored transposed (the weights of a linear layer).
public func packB(
  n: Int, k: Int, source: UnsafePointer<Float>, ld: Int, transposed: Bool,
  target: UnsafeMutablePointer<Float>, first: Int, last: Int
) {
  let full = 2 &* lanes
  var q = first
  if !transposed {
    // Row by row through all whole panels: what lies together in memory is read together.
    let whole = max(first, min(last, n / full))
    var p = 0
    while p < k {
      let row = source + p &* ld
      q = first
      while q < whole {
        let t = target + (q &* full &* k &+ p &* full)
        prefetch(row + (4 &* ld &+ q &* full), 0, 3, 1)
        store(load(row + q &* full), t)
        store(load(row + (q &* full &+ lanes)), t + lanes)
        q &+= 1
      }
      p &+= 1
    }
    q = whole
  }
  while q < last {
    let column = q &* full
    let columns = min(full, n &- column)
    let width = columns > lanes ? full : lanes
    let t = target + column &* k
    if columns < width {
      var i = 0
      while i < k &* width {
        store(Vector(repeating: 0), t + i)
        i &+= lanes
      }
    }
    if transposed {
      transpose(source + column &* ld, ld, columns, k, t, width)
    } else {
      gather(source + column, ld, columns, k, t, width)
    }
    q &+= 1
  }
}
