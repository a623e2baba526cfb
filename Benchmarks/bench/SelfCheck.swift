// SelfCheck - which processor and kernels are in use, and whether they compute correctly.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// `bench processor`: short enough for an emulated processor.
enum SelfCheck {
  /// Prints what is in use.
  ///
  /// - Returns: whether a product by the kernels agrees with the definition in double precision.
  static func run() -> Bool {
    print("processor: \(Processor.name)")
    print("features: \(Processor.features.joined(separator: " "))")
    print("kernels: \(KernelSet.current.name)")
    let (m, n, k) = (61, 75, 400)
    let (a, b, c) = (Operand(m * k), Operand(n * k), Operand(m * n))
    gemm(
      .none, .transposed, m: m, n: n, k: k, a: a.base, lda: k, b: b.base, ldb: k, c: c.base,
      ldc: n, accumulate: .store)
    var worst = 0.0
    for i in 0..<m {
      for j in 0..<n {
        var sum = 0.0
        for p in 0..<k { sum += Double(a.base[i * k + p]) * Double(b.base[j * k + p]) }
        worst = max(worst, abs(sum - Double(c.base[i * n + j])))
      }
    }
    print("largest error of a product of 400 terms: \(worst)")
    // Both operands begin alike, so the sums on the diagonal grow to 133: 400 roundings of half a
    // unit of that, 7.6e-6, add up like a random walk, with a factor 2 for the worst of 4,575.
    return worst < 2 * 20 * 7.6e-6
  }
}
