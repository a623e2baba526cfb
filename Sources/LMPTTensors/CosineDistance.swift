// CosineDistance - 1 - cos between all pairs of vectors, exact where they nearly agree.
// SPDX-License-Identifier: Apache-2.0

/// 1 - cos(a, b) for every vector of `a` against every vector of `b`.
///
/// Products and norms are formed in Double and 1 - cos is rounded once, so that nearly parallel
/// vectors keep their relative precision, which `1 - u v^T` in Float would lose. A zero vector has
/// cosine 0 with everything, distance 1, and neither side gets a gradient from it.
///
/// - Parameters:
///   - a: shape [B, D], or [B, T, D].
///   - b: shape [C, D], or [C, T, D]; position t of `a` meets position t of `b`.
/// - Returns: shape [B, C], or [B, C, T]; values in [0, 2].
public func cosineDistance(_ a: Tensor, _ b: Tensor) -> Tensor {
  require(
    a.rank == b.rank && (a.rank == 2 || a.rank == 3) && a.shape.dropFirst() == b.shape.dropFirst(),
    "cosineDistance of shapes \(a.shape) and \(b.shape)")
  let (rows, columns) = (a.shape[0], b.shape[0])
  let (positions, width) = a.rank == 2 ? (1, a.shape[1]) : (a.shape[1], a.shape[2])
  let (x, y) = (a.detached, b.detached)
  let (m, n) = (inverseNorms(x, width), inverseNorms(y, width))
  let value = Tensor(shape: [rows, columns] + a.shape.dropFirst().dropLast()) { out in
    for r in 0..<rows {
      for c in 0..<columns {
        for t in 0..<positions {
          let (i, j) = (r &* positions &+ t, c &* positions &+ t)
          let dot = dotProduct(x.storage.base + i &* width, y.storage.base + j &* width, width)
          out[(r &* columns &+ c) &* positions &+ t] = Float(max(1 - dot * m[i] * n[j], 0))
        }
      }
    }
  }
  return primitive(
    value,
    (a, { g in pull(g, value, x, m, y, n, rows, columns, positions, width, isFirst: true) }),
    (b, { g in pull(g, value, y, n, x, m, columns, rows, positions, width, isFirst: false) }))
}

/// d (1 - cos) / d p = -(v - u cos) / |p| with u = p / |p| and v = q / |q|, summed over all q.
private func pull(
  _ g: Tensor, _ distance: Tensor, _ p: Tensor, _ m: [Double], _ q: Tensor, _ n: [Double],
  _ rows: Int, _ columns: Int, _ positions: Int, _ width: Int, isFirst: Bool
) -> Tensor {
  Tensor(shape: p.shape) { out in
    var total = [Double](repeating: 0, count: width)
    for r in 0..<rows {
      for t in 0..<positions {
        let i = r &* positions &+ t
        let own = p.storage.base + i &* width
        for k in 0..<width { total[k] = 0 }
        var along = 0.0
        for c in 0..<columns {
          let j = c &* positions &+ t
          let cell = (isFirst ? r &* columns &+ c : c &* rows &+ r) &* positions &+ t
          let upstream = Double(g.storage.base[cell])
          guard upstream != 0, n[j] != 0 else { continue }
          along += upstream * (1 - Double(distance.storage.base[cell]))
          let (scale, other) = (upstream * n[j], q.storage.base + j &* width)
          for k in 0..<width { total[k] += scale * Double(other[k]) }
        }
        for k in 0..<width {
          let inward = total[k] - along * m[i] * Double(own[k])
          out[i &* width &+ k] = Float(-inward * m[i])
        }
      }
    }
  }
}

/// 1 / |x| of each vector along the last axis; 0 for a zero vector.
private func inverseNorms(_ x: Tensor, _ width: Int) -> [Double] {
  (0..<(width == 0 ? 0 : x.count / width)).map { row in
    let base = x.storage.base + row * width
    let square = dotProduct(base, base, width)
    return square == 0 ? 0 : 1 / square.squareRoot()
  }
}

/// The scalar product in Double, in four interleaved sums.
@inline(__always)
private func dotProduct(
  _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int
) -> Double {
  var sums = SIMD4<Double>.zero
  var k = 0
  while k &+ 4 <= count {
    let (a, b) = (
      SIMD4<Float>(x[k], x[k &+ 1], x[k &+ 2], x[k &+ 3]),
      SIMD4<Float>(y[k], y[k &+ 1], y[k &+ 2], y[k &+ 3])
    )
    sums += SIMD4<Double>(a) * SIMD4<Double>(b)
    k &+= 4
  }
  var total = sums.sum()
  while k < count {
    total += Double(x[k]) * Double(y[k])
    k &+= 1
  }
  return total
}
