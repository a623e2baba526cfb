// KernelBits - one number for all bits that the kernels compute from fixed inputs.
// SPDX-License-Identifier: Apache-2.0
//
// TensorsTests compute it for every kernel set of the processor, .ci/arm64 for those of an emulated
// one. Fixtures/arithmetic/kernels.txt has what all of them must give. Those are our own bits: they
// show that processors agree, not that the numbers are right. The twins of PyTorch show that.

typealias BitsIn = UnsafePointer<Float>
typealias BitsOut = UnsafeMutablePointer<Float>

/// The functions of a kernel set, on plain memory.
struct KernelFunctions {
  typealias Map = (BitsIn, BitsOut, Int) -> Void
  typealias Gradient = (BitsIn, BitsIn, BitsOut, Int) -> Void
  /// Input, output, rows, columns, elements of the first row.
  typealias Softmax = (BitsIn, BitsOut, Int, Int, Int) -> Void

  var exp: Map
  var quickGELU: Map
  var gelu: Map
  var quickGELUGradient: Gradient
  var geluGradient: Gradient
  var softmax: Softmax
  var softmaxGradient: Softmax
  /// Input, weight, bias, output, means, inverses, rows, columns.
  var layerNorm: (BitsIn, BitsIn, BitsIn, BitsOut, BitsOut, BitsOut, Int, Int) -> Void
  /// Input, weight, upstream, means, inverses, gradient, rows, columns.
  var layerNormGradient: (BitsIn, BitsIn, BitsIn, BitsIn, BitsIn, BitsOut, Int, Int) -> Void
  var product: (BitsProduct) -> Void
}

/// C (+)= op(A) op(B), all of both packed, and what follows it.
struct BitsProduct {
  var m: Int, n: Int, k: Int
  var a: BitsIn, aTransposed: Bool
  var b: BitsIn, bTransposed: Bool
  var c: BitsOut
  var add: Bool
  var finish: Int
  var bias: BitsIn, residual: BitsIn
}

/// FNV-1a over the bits of numbers; every NaN counts as one.
struct BitsHash {
  var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ x: BitsIn, _ count: Int) {
    for i in 0..<count {
      var bits = x[i].isNaN ? 0x7fc0_0000 : x[i].bitPattern
      for _ in 0..<4 {
        value = (value ^ UInt64(bits & 0xff)) &* 0x100_0000_01b3
        bits >>= 8
      }
    }
  }
}

/// Numbers of every size with zeros of both signs; `special` adds infinities, NaN and denormal ones.
func bitsNumbers(_ count: Int, scale: Float, seed: UInt32, special: Bool = false) -> BitsOut {
  let floats = BitsOut.allocate(capacity: count + 64)
  floats.initialize(repeating: 0, count: count + 64)
  var state = seed
  func next() -> UInt32 {
    state = state &* 1_664_525 &+ 1_013_904_223
    return state >> 8
  }
  for i in 0..<count {
    var x = (Float(next()) / 8_388_608 - 1) * scale
    let kind = next() / 7 % 50
    if kind < 5 { x *= 1.0 / Float(1 << (4 * kind + 4)) }
    if kind == 5 { x = 0 }
    if kind == 6 { x = -0.0 }
    if special {
      if kind == 7 { x = .infinity }
      if kind == 8 { x = -.infinity }
      if kind == 9 { x = .nan }
      if kind == 10 { x = Float.leastNonzeroMagnitude * 5000 }
      if kind == 11 { x = -3e38 }
    }
    floats[i] = x
  }
  return floats
}

/// The number of each group of kernels, in a fixed order.
func kernelBits(_ f: KernelFunctions, _ tell: (StaticString, UInt64) -> Void) {
  tell("maps", mapBits(f))
  tell("softmax", softmaxBits(f))
  tell("layernorm", layerNormBits(f))
  tell("products", productBits(f))
}

private func mapBits(_ f: KernelFunctions) -> UInt64 {
  var hash = BitsHash()
  for (count, scale) in [(1, 1), (7, 12), (16, 12), (33, 5), (4000, 100), (4001, 3)] {
    let x = bitsNumbers(count, scale: Float(scale), seed: 1, special: true)
    let g = bitsNumbers(count, scale: 2, seed: 2)
    let y = bitsNumbers(count, scale: 1, seed: 3)
    for map in [f.exp, f.quickGELU, f.gelu] {
      map(x, y, count)
      hash.add(y, count)
    }
    for gradient in [f.quickGELUGradient, f.geluGradient] {
      gradient(x, g, y, count)
      hash.add(y, count)
    }
  }
  return hash.value
}

private func softmaxBits(_ f: KernelFunctions) -> UInt64 {
  var hash = BitsHash()
  let rows = 5
  for columns in 1...80 {
    for first in [1, columns] {
      for special in [false, true] {
        let count = rows * columns
        let x = bitsNumbers(count, scale: 40, seed: UInt32(columns), special: special)
        let g = bitsNumbers(count, scale: 3, seed: 5, special: special)
        let y = bitsNumbers(count, scale: 1, seed: 6)
        f.softmax(x, y, rows, columns, first)
        hash.add(y, count)
        f.softmaxGradient(y, g, rows, columns, first)
        hash.add(g, count)
      }
    }
  }
  return hash.value
}

private func layerNormBits(_ f: KernelFunctions) -> UInt64 {
  var hash = BitsHash()
  let rows = 3
  for columns in 1...80 {
    for special in [false, true] {
      let count = rows * columns
      let x = bitsNumbers(count, scale: 9, seed: UInt32(columns), special: special)
      let g = bitsNumbers(count, scale: 3, seed: 8)
      let (weight, bias) = (
        bitsNumbers(columns, scale: 2, seed: 9), bitsNumbers(columns, scale: 1, seed: 10)
      )
      let y = bitsNumbers(count, scale: 1, seed: 11)
      let (means, inverses) = (
        bitsNumbers(rows, scale: 1, seed: 12), bitsNumbers(rows, scale: 1, seed: 13)
      )
      f.layerNorm(x, weight, bias, y, means, inverses, rows, columns)
      hash.add(y, count)
      hash.add(means, rows)
      hash.add(inverses, rows)
      f.layerNormGradient(x, weight, g, means, inverses, y, rows, columns)
      hash.add(y, count)
    }
  }
  return hash.value
}

private func productBits(_ f: KernelFunctions) -> UInt64 {
  var hash = BitsHash()
  var number = 0
  for m in [1, 2, 5, 7, 12, 15, 29] {
    for n in [1, 4, 7, 8, 16, 23, 33, 70] {
      for k in [1, 4, 7, 50] {
        number += 1
        let seed = UInt32(number)
        let c = bitsNumbers(m * n, scale: 2, seed: seed)
        f.product(
          BitsProduct(
            m: m, n: n, k: k, a: bitsNumbers(m * k, scale: 3, seed: seed &+ 1),
            aTransposed: number & 1 == 1,
            b: bitsNumbers(n * k, scale: 3, seed: seed &+ 2, special: number % 8 == 0),
            bTransposed: number & 2 == 2, c: c, add: number & 4 == 4, finish: number % 7,
            bias: bitsNumbers(n, scale: 1, seed: seed &+ 3),
            residual: bitsNumbers(m * n, scale: 1, seed: seed &+ 4)))
        hash.add(c, m * n)
      }
    }
  }
  return hash.value
}
