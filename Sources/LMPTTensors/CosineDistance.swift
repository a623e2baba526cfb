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
  let (x, y) = (Side(a.detached), Side(b.detached))
  let (rows, columns, positions) = (x.count, y.count, x.positions)
  let (m, n) = (x.inverses, y.inverses)
  let value = Tensor(shape: [rows, columns] + a.shape.dropFirst().dropLast()) { out in
    for r in 0..<rows {
      for c in 0..<columns {
        for t in 0..<positions {
          let (i, j) = (r &* positions &+ t, c &* positions &+ t)
          let dot = dotProduct(x[i], y[j], count: x.width)
          out[(r &* columns &+ c) &* positions &+ t] = Float(max(1 - dot * m[i] * n[j], 0))
        }
      }
    }
  }
  return primitive(
    value,
    (a, { x.gradient($0, of: value, against: y, cell: { own, other in own &* columns &+ other }) }),
    (b, { y.gradient($0, of: value, against: x, cell: { own, other in other &* columns &+ own }) }))
}

/// The vectors of one side, with 1 / |x| of each; 0 for a zero vector.
private struct Side: Sendable {
  let vectors: Tensor
  let inverses: [Double]
  /// Items, vectors of each, and the length of one.
  let count: Int, positions: Int, width: Int

  init(_ x: Tensor) {
    let width = x.shape[x.rank - 1]
    (vectors, self.width) = (x, width)
    (count, positions) = (x.shape[0], x.rank == 2 ? 1 : x.shape[1])
    inverses = (0..<(width == 0 ? 0 : x.count / width)).map { row in
      let base = x.storage.base + row * width
      let square = dotProduct(base, base, count: width)
      return square == 0 ? 0 : 1 / square.squareRoot()
    }
  }

  /// Where a vector begins.
  subscript(row: Int) -> UnsafePointer<Float> { UnsafePointer(vectors.storage.base + row &* width) }

  /// d (1 - cos) / d p = -(v - u cos) / |p| with u = p / |p| and v = q / |q|, summed over all q.
  ///
  /// - Parameters:
  ///   - upstream: the gradient of the distances.
  ///   - distance: the distances.
  ///   - other: the side of q.
  ///   - cell: the cell of a vector of this side and one of the other.
  /// - Returns: the gradient of this side's vectors.
  func gradient(
    _ upstream: Tensor, of distance: Tensor, against other: Side,
    cell: (_ own: Int, _ other: Int) -> Int
  ) -> Tensor {
    Tensor(shape: vectors.shape) { out in
      var total = [Double](repeating: 0, count: width)
      for r in 0..<count {
        for t in 0..<positions {
          let i = r &* positions &+ t
          let p = self[i]
          for k in 0..<width { total[k] = 0 }
          var along = 0.0
          for c in 0..<other.count {
            let j = c &* positions &+ t
            let place = cell(r, c) &* positions &+ t
            let g = Double(upstream.storage.base[place])
            guard g != 0, other.inverses[j] != 0 else { continue }
            along += g * (1 - Double(distance.storage.base[place]))
            let (scale, q) = (g * other.inverses[j], other[j])
            for k in 0..<width { total[k] += scale * Double(q[k]) }
          }
          for k in 0..<width {
            let inward = total[k] - along * inverses[i] * Double(p[k])
            out[i &* width &+ k] = Float(-inward * inverses[i])
          }
        }
      }
    }
  }
}

/// The scalar product in Double, in four interleaved sums.
@inline(__always)
private func dotProduct(
  _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, count: Int
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
  var total = ((sums[0] + sums[1]) + sums[2]) + sums[3]
  while k < count {
    total += Double(x[k]) * Double(y[k])
    k &+= 1
  }
  return total
}
