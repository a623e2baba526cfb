// MatmulReference - the matrix product as it is defined: what `gemm` must agree with.
// SPDX-License-Identifier: Apache-2.0

/// C (+)= op(A) op(B) by the definition c_ij = sum_p a_ip b_pj, each sum in double precision.
///
/// Same arguments as `gemm`. A thousand times slower; read this one to know what the other does.
func gemmReference(
  _ ta: Transposition, _ tb: Transposition, m: Int, n: Int, k: Int,
  a: UnsafePointer<Float>, lda: Int, b: UnsafePointer<Float>, ldb: Int,
  c: UnsafeMutablePointer<Float>, ldc: Int, accumulate: Accumulation
) {
  for i in 0..<m {
    for j in 0..<n {
      var sum = accumulate == .add ? Double(c[i * ldc + j]) : 0
      for p in 0..<k {
        let x = ta == .none ? a[i * lda + p] : a[p * lda + i]
        let y = tb == .none ? b[p * ldb + j] : b[j * ldb + p]
        sum += Double(x) * Double(y)
      }
      c[i * ldc + j] = Float(sum)
    }
  }
}
