// PrincipalComponents - the directions in which points vary most, for a map of features.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// The first principal components of points, as scikit-learn's `PCA` defines them.
///
/// The covariance's leading eigenvectors, found by iterating a small subspace until it holds still.
/// Signs are free in the mathematics; here the largest entry of each direction is positive, so that
/// the same points always give the same map.
package struct PrincipalComponents: Sendable {
  /// The mean of the points, shape [E].
  package let mean: Tensor
  /// Orthonormal directions, the most varied first, shape [K, E].
  package let directions: Tensor
  /// The share of the whole variance along each direction.
  package let shares: [Double]

  /// Finds the directions of some points.
  ///
  /// - Parameters:
  ///   - points: shape [N, E].
  ///   - count: K, how many directions; at most E of them are found.
  ///
  /// Edge cases: points that do not vary have shares 0 and arbitrary directions.
  package init(_ points: Tensor, count: Int = 2) {
    let (n, width) = (points.shape[0], points.shape[1])
    let x = points.detached
    mean = n > 0 ? LMPTTensors.mean(x, axis: 0) : .zeros([width])
    let centred = x - mean  // [N, E]
    let product = matmul(centred, centred, .transposed, .none).values.map(Double.init)  // [E, E]
    let scatter = Symmetric(product, width: width)
    let total = (0..<width).reduce(0) { $0 + product[$1 * width + $1] }

    // A few directions more than asked for, since the rest converge as (lambda_p+1 / lambda_k)^n.
    let size = min(width, count + 8)
    var generator = Generator(seed: 0)
    var block = (0..<size).map { _ in
      generator.normal(count: width, mean: 0, std: 1).map(Double.init)
    }
    orthonormalize(&block)
    for _ in 0..<60 {
      block = block.map(scatter.times)
      orthonormalize(&block)
    }
    let images = block.map(scatter.times)
    let small = block.flatMap { a in images.map { b in dot(a, b) } }
    let (values, vectors) = Symmetric(small, width: size).eigen()
    let order = values.indices.sorted { values[$0] > values[$1] }.prefix(min(count, width))
    var rows: [Float] = []
    for index in order {
      var direction = [Double](repeating: 0, count: width)
      for (weight, basis) in zip(vectors[index], block) {
        for i in direction.indices { direction[i] += weight * basis[i] }
      }
      let largest = direction.max { abs($0) < abs($1) } ?? 0
      rows += direction.map { Float(largest < 0 ? -$0 : $0) }
    }
    directions = Tensor(rows, shape: [order.count, width])
    shares = order.map { total > 0 ? max(0, values[$0]) / total : 0 }
  }

  /// Places of points along the directions.
  ///
  /// - Parameters:
  ///   - points: shape [N, E].
  ///   - centre: what becomes the origin, shape [E]; the mean of the points that gave the directions
  ///     by default.
  /// - Returns: shape [N, K].
  package func project(_ points: Tensor, centre: Tensor? = nil) -> Tensor {
    matmul(points.detached - (centre ?? mean), directions, .none, .transposed)
  }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}

/// Gram and Schmidt, twice, which is as good as exact.
private func orthonormalize(_ rows: inout [[Double]]) {
  for index in rows.indices {
    let before = dot(rows[index], rows[index]).squareRoot()
    for _ in 0..<2 {
      for other in 0..<index {
        let along = dot(rows[index], rows[other])
        for i in rows[index].indices { rows[index][i] -= along * rows[other][i] }
      }
    }
    let length = dot(rows[index], rows[index]).squareRoot()
    // What is left of a row in the span of the others is rounding; a zero row is out of the way.
    let scale = length > 1e-12 * before ? 1 / length : 0
    for i in rows[index].indices { rows[index][i] *= scale }
  }
}

/// A symmetric matrix.
private struct Symmetric {
  let width: Int
  var entries: [Double]

  init(_ entries: [Double], width: Int) {
    self.entries = entries
    self.width = width
  }

  func times(_ x: [Double]) -> [Double] {
    (0..<width).map { row in
      var sum = 0.0
      for column in 0..<width { sum += entries[row * width + column] * x[column] }
      return sum
    }
  }

  /// Eigenvalues and eigenvectors by Jacobi's rotations; for small matrices.
  func eigen() -> (values: [Double], vectors: [[Double]]) {
    var a = entries
    let n = width
    var vectors = (0..<n).map { row in (0..<n).map { $0 == row ? 1.0 : 0 } }
    for _ in 0..<50 {
      for p in 0..<n {
        for q in p + 1..<max(n, p + 1) where abs(a[p * n + q]) > 0 {
          // The smaller of the two angles: larger ones may rotate for ever.
          let gap = a[q * n + q] - a[p * n + p]
          let cotangent = gap / (2 * a[p * n + q])  // of twice the angle
          let size = 1 / (cotangent.magnitude + (1 + cotangent * cotangent).squareRoot())
          let tangent = cotangent < 0 ? -size : size
          let c = 1 / (1 + tangent * tangent).squareRoot()
          let s = c * tangent
          for k in 0..<n {
            let (x, y) = (a[k * n + p], a[k * n + q])
            (a[k * n + p], a[k * n + q]) = (c * x - s * y, s * x + c * y)
          }
          for k in 0..<n {
            let (x, y) = (a[p * n + k], a[q * n + k])
            (a[p * n + k], a[q * n + k]) = (c * x - s * y, s * x + c * y)
            let (u, v) = (vectors[p][k], vectors[q][k])
            (vectors[p][k], vectors[q][k]) = (c * u - s * v, s * u + c * v)
          }
        }
      }
    }
    return ((0..<n).map { a[$0 * n + $0] }, vectors)
  }
}
