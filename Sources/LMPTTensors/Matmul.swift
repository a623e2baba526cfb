// Matmul - gemm: the matrix product that everything else is made of.
// SPDX-License-Identifier: Apache-2.0

/// Whether a matrix is stored as it is used or the other way round.
public enum Transposition: Sendable { case none, transposed }

/// Whether a product replaces what is there or is added to it.
package enum Accumulation: Sendable { case store, add }

/// Whether a product may use the pool's threads.
package enum Parallelism: Sendable { case pool, serial }

/// C (+)= op(A) op(B), row-major; op(A) is m x k, op(B) is k x n.
///
/// The same bits for any number of threads: each element of C is one sum in the order of k, in
/// blocks of `Blocking.depth`. Small products are not split among threads; split what is around
/// them.
package func gemm(
  _ ta: Transposition, _ tb: Transposition, m: Int, n: Int, k: Int,
  a: UnsafePointer<Float>, lda: Int, b: UnsafePointer<Float>, ldb: Int,
  c: UnsafeMutablePointer<Float>, ldc: Int, accumulate: Accumulation,
  threads: Parallelism = .pool, kernels: KernelSet = .current
) {
  gemm(
    Operand(base: a, ld: lda, transposed: ta == .transposed),
    Operand(base: b, ld: ldb, transposed: tb == .transposed), m: m, n: n, k: k,
    into: Target(base: c, ld: ldc), accumulate: accumulate, threads: threads, kernels: kernels)
}

/// C (+)= A B, matrices where they lie; A is m x k, B is k x n.
func gemm(
  _ a: Operand, _ b: Operand, m: Int, n: Int, k: Int, into c: Target, accumulate: Accumulation,
  threads: Parallelism, kernels: KernelSet
) {
  let product = Product(
    m: m, n: n, k: k, a: a, c: c, add: accumulate == .add, epilogue: .none, kernels: kernels)
  guard m > 0, n > 0 else { return }
  guard k > 0 else { return product.clear() }
  if Blocking.isSmall(m, n, k) { return product.small(b) }
  product.blocked(.inPlace(b), threads: threads)
}

/// C (+)= A op(B) with op(B) packed before, and what follows it.
package func gemm(
  m: Int, a: UnsafePointer<Float>, lda: Int, packed: PackedMatrix,
  c: UnsafeMutablePointer<Float>, ldc: Int, accumulate: Accumulation, epilogue: Epilogue = .none,
  threads: Parallelism = .pool
) {
  gemm(
    m: m, a: Operand(base: a, ld: lda, transposed: false), packed: packed, c: c, ldc: ldc,
    accumulate: accumulate, epilogue: epilogue, threads: threads)
}

/// The same with the rows of A in lines, or in groups of lines, of which m is a whole number.
func gemm(
  m: Int, a: Operand, packed: PackedMatrix, c: UnsafeMutablePointer<Float>, ldc: Int,
  accumulate: Accumulation, epilogue: Epilogue, threads: Parallelism
) {
  guard m > 0, packed.n > 0 else { return }
  let product = Product(
    m: m, n: packed.n, k: packed.k, a: a, c: Target(base: c, ld: ldc), add: accumulate == .add,
    epilogue: epilogue, kernels: packed.kernels)
  if packed.k == 0 { product.clear() }
  product.blocked(.packed(packed.base, width: packed.width), threads: threads)
}

/// C (+)= A B with all that does not depend on how B lies.
struct Product {
  let m: Int, n: Int, k: Int
  let a: Operand
  let c: Target
  /// Whether the product is added to what is there.
  let add: Bool
  /// What a finished tile goes through.
  let epilogue: Epilogue
  let kernels: KernelSet

  /// The product over no terms.
  func clear() {
    if add { return }
    for i in 0..<m { c.at(i, 0).update(repeating: 0, count: n) }
  }
}

/// A matrix to be written: element (i, j) at i * ld + j.
struct Target {
  let base: UnsafeMutablePointer<Float>
  let ld: Int

  /// The address of element (i, j).
  @inline(__always)
  func at(_ i: Int, _ j: Int) -> UnsafeMutablePointer<Float> { base + (i &* ld &+ j) }

  /// The matrix that begins at element (i, j).
  @inline(__always)
  func from(_ i: Int, _ j: Int) -> Target { Target(base: at(i, j), ld: ld) }

  /// The matrix as a factor.
  var operand: Operand { Operand(base: base, ld: ld, transposed: false) }
}

/// A matrix where it lies: element (i, j) at i * ld + j, or at j * ld + i when stored transposed.
///
/// Its rows may come in lines, as the places of an image do: after every `lineRows` rows the next
/// one begins `lineStep` from where the line did. Lines may come in groups, as the images of a batch
/// do: after every `groupLines` lines the next one begins `groupStep` from where the group did.
struct Operand {
  var base: UnsafePointer<Float>
  var ld: Int
  var transposed: Bool
  var lineRows = Int.max
  var lineStep = 0
  var groupLines = Int.max
  var groupStep = 0

  /// The address of element (i, j).
  @inline(__always)
  func at(_ i: Int, _ j: Int) -> UnsafePointer<Float> {
    if transposed { return base + (j &* ld &+ i) }
    let (line, place) = (i / lineRows, i % lineRows)
    let start = line / groupLines &* groupStep &+ line % groupLines &* lineStep
    return base + (start &+ place &* ld &+ j)
  }

  /// The matrix that begins at element (i, j).
  @inline(__always)
  func from(_ i: Int, _ j: Int) -> Operand {
    var part = self
    part.base = at(i, j)
    return part
  }

  /// Rows for columns; of a matrix whose rows come in no lines.
  var flipped: Operand { Operand(base: base, ld: ld, transposed: !transposed) }
}

/// op(B) packed once for many products: the form in which frozen weights are kept.
package final class PackedMatrix: @unchecked Sendable {
  let k: Int
  let n: Int
  /// Columns with the last panel padded to whole vectors.
  let width: Int
  let kernels: KernelSet
  let base: UnsafeMutablePointer<Float>

  /// Packs op(B), k x n: B is k x n, or n x k when transposed.
  package init(
    _ t: Transposition, k: Int, n: Int, b: UnsafePointer<Float>, ldb: Int,
    kernels: KernelSet = .current
  ) {
    (self.k, self.n, self.kernels) = (k, n, kernels)
    width = kernels.paddedColumns(n)
    base = allocateFloats(max(width * k, 1) + 16)
    kernels.pack(
      Operand(base: b, ld: ldb, transposed: t == .transposed), k: k, n: n, into: base,
      threads: .pool)
  }

  deinit { freeBytes(base) }
}
