// Frame - a simplex equiangular tight frame: as many directions as classes, as far apart as can be.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// A simplex equiangular tight frame of C vectors.
///
///     m_i = sqrt(C / (C - 1)) (p_i - mean over j of p_j),    p orthonormal
///
/// Every m_i has length 1, every two a cosine of -1 / (C - 1), and they sum to 0.
///
/// - Parameters:
///   - classes: C; a single class has the zero vector.
///   - width: the length of the vectors, at least C.
///   - generator: p are its uniform numbers, made orthonormal in their order (Gram-Schmidt).
/// - Returns: m, shape [C, width].
/// - Throws: `MethodError.frame` when there are more classes than dimensions.
func simplexFrame(classes: Int, width: Int, generator: inout Generator) throws -> Tensor {
  guard classes <= width else { throw MethodError.frame(classes: classes, width: width) }
  var p: [[Double]] = []
  for _ in 0..<classes {
    var row = (0..<width).map { _ in Double(generator.uniform()) }
    // Twice: what the first pass leaves of the others is as small as a rounding of the row.
    for other in p + p {
      let overlap = zip(row, other).reduce(0) { $0 + $1.0 * $1.1 }
      for k in row.indices { row[k] -= overlap * other[k] }
    }
    let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
    p.append(row.map { $0 / length })
  }
  let c = Double(classes)
  let gain = (c / max(c - 1, 1)).squareRoot()
  let middle = (0..<width).map { k in p.reduce(0) { $0 + $1[k] } / c }
  let rows = p.flatMap { row in zip(row, middle).map { Float(gain * ($0 - $1)) } }
  return Tensor(rows, shape: [classes, width])
}
