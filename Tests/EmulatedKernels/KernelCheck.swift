// KernelCheck - the baseline kernels against their definitions, in a program without a runtime.
// SPDX-License-Identifier: Apache-2.0
//
// Built in Embedded Swift for another processor and run on an emulated one by .ci/arm64: kernels
// use pointers, vectors and integers only, so nothing else of the project is needed to run them.

import LMPTKernelsBaseline

// safety: these are C's functions of one double.
@_silgen_name("exp") func libmExp(_ x: Double) -> Double
@_silgen_name("erf") func libmErf(_ x: Double) -> Double

typealias Floats = UnsafeMutablePointer<Float>

/// Numbers from a small generator, in [-scale, scale].
func numbers(_ count: Int, scale: Float = 2) -> Floats {
  let floats = Floats.allocate(capacity: count + 64)
  floats.initialize(repeating: 0, count: count + 64)
  var state: UInt32 = 12345
  for i in 0..<count {
    state = state &* 1_664_525 &+ 1_013_904_223
    floats[i] = (Float(state >> 8) / 8_388_608 - 1) * scale
  }
  return floats
}

/// Counts values further than `tolerance`, relative to 1 + |expected|, from a definition.
func differences(_ found: Floats, _ count: Int, tolerance: Double, _ expected: (Int) -> Double)
  -> Int
{
  var wrong = 0
  for i in 0..<count {
    let e = expected(i)
    if !(abs(Double(found[i]) - e) <= tolerance * (1 + abs(e))) { wrong += 1 }
  }
  return wrong
}

/// C = op(A) op(B) by packing all of both, against sums in double precision.
func product(_ m: Int, _ n: Int, _ k: Int, aTransposed: Bool, bTransposed: Bool) -> Int {
  let (a, b, c) = (numbers(m * k), numbers(n * k), numbers(m * n))
  let columns = (n + tileColumns - 1) / tileColumns
  let rows = (m + tileRows - 1) / tileRows
  let packedA = numbers(m * k)
  let packedB = numbers(columns * tileColumns * k)
  let edge = numbers(tileRows * tileColumns)
  packA(
    m: m, k: k, source: a, ld: aTransposed ? m : k, transposed: aTransposed, lineRows: m,
    lineStep: 0, target: packedA, first: 0, last: rows)
  packB(
    n: n, k: k, source: b, ld: bTransposed ? k : n, transposed: bTransposed, target: packedB,
    first: 0, last: columns)
  multiplyPanels(
    m: m, n: n, k: k, a: packedA, aRow: 0, aStep: 0, b: packedB, bStep: 0, bTail: packedB, c: c,
    ldc: n, add: false, aFirst: 0, aLast: rows, bFirst: 0, bLast: columns, edge: edge, finish: 0,
    bias: packedB, residual: packedB)
  // k roundings of terms up to 4, of which the sum's own magnitude is far less than k.
  return differences(c, m * n, tolerance: 1e-5) { index in
    let (i, j) = (index / n, index % n)
    var sum = 0.0
    for p in 0..<k {
      let x = aTransposed ? a[p * m + i] : a[i * k + p]
      let y = bTransposed ? b[j * k + p] : b[p * n + j]
      sum += Double(x) * Double(y)
    }
    return sum
  }
}

/// Elementwise functions, with tails of every length below two vectors.
func maps() -> Int {
  var wrong = 0
  for n in [1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 31, 33, 1000] {
    let (x, y) = (numbers(n, scale: 12), numbers(n))
    let tolerance = 1e-6
    exp(x, y, n)
    wrong += differences(y, n, tolerance: tolerance) { libmExp(Double(x[$0])) }
    quickGELU(x, y, n)
    wrong += differences(y, n, tolerance: tolerance) { index in
      let v = Double(x[index])
      return v / (1 + libmExp(-1.702 * v))
    }
    gelu(x, y, n)
    wrong += differences(y, n, tolerance: tolerance) { index in
      let v = Double(x[index])
      return v * 0.5 * (1 + libmErf(v * 0.5.squareRoot()))
    }
  }
  return wrong
}

/// Softmax and LayerNorm of rows.
func rows() -> Int {
  var wrong = 0
  for columns in [1, 3, 4, 17, 64, 77] {
    let count = 5 * columns
    let (x, y) = (numbers(count, scale: 6), numbers(count))
    softmaxRows(
      x, ldx: columns, into: y, ldy: columns, rows: 5, columns: columns, scale: 0.5, first: columns)
    wrong += differences(y, count, tolerance: 1e-6) { index in
      let row = index / columns * columns
      var sum = 0.0
      for j in 0..<columns { sum += libmExp(0.5 * Double(x[row + j])) }
      return libmExp(0.5 * Double(x[index])) / sum
    }
    let (weight, bias) = (numbers(columns), numbers(columns, scale: 1))
    let (means, inverses) = (numbers(5), numbers(5))
    layerNormRows(
      x, weight: weight, bias: bias, into: y, means: means, inverses: inverses, rows: 5,
      columns: columns, eps: 1e-5)
    wrong += differences(y, count, tolerance: 1e-5) { index in
      let (row, column) = (index / columns * columns, index % columns)
      var (mean, variance) = (0.0, 0.0)
      for j in 0..<columns { mean += Double(x[row + j]) / Double(columns) }
      for j in 0..<columns {
        let d = Double(x[row + j]) - mean
        variance += d * d / Double(columns)
      }
      let normal = (Double(x[index]) - mean) / (variance + 1e-5).squareRoot()
      return normal * Double(weight[column]) + Double(bias[column])
    }
  }
  return wrong
}

/// Products of every transposition, with edges of every kind.
func products() -> Int {
  var wrong = 0
  for m in [1, 5, 12, 13, 37] {
    for n in [1, 4, 9, 16, 35] {
      for k in [1, 7, 64] {
        for layout in 0..<4 {
          wrong += product(m, n, k, aTransposed: layout & 1 == 1, bTransposed: layout & 2 == 2)
        }
      }
    }
  }
  return wrong
}

@main struct KernelCheck {
  static func main() {
    print("kernels: ", terminator: "")
    print(kernelName)
    let (elementwise, normalised, multiplied) = (maps(), rows(), products())
    if elementwise != 0 { print("elementwise kernels are wrong") }
    if normalised != 0 { print("softmax or LayerNorm is wrong") }
    if multiplied != 0 { print("matrix products are wrong") }
    if elementwise + normalised + multiplied != 0 { fatalError() }
    print("kernels agree with their definitions")
    kernelBits(functions) { name, value in
      print("bits ", terminator: "")
      print(name, terminator: " ")
      print(value)
    }
    print("numbers ", terminator: "")
    print(numberBits())
  }

  private static let rowScale: Float = 0.37

  private static var functions: KernelFunctions {
    KernelFunctions(
      exp: exp, quickGELU: quickGELU, gelu: gelu, quickGELUGradient: quickGELUGradient,
      geluGradient: geluGradient,
      softmax: { x, y, rows, columns, first in
        softmaxRows(
          x, ldx: columns, into: y, ldy: columns, rows: rows, columns: columns, scale: rowScale,
          first: first)
      },
      softmaxGradient: { p, g, rows, columns, first in
        softmaxGradientRows(
          p, ldp: columns, inPlace: g, ldg: columns, rows: rows, columns: columns, scale: rowScale,
          first: first)
      },
      layerNorm: { x, weight, bias, y, means, inverses, rows, columns in
        layerNormRows(
          x, weight: weight, bias: bias, into: y, means: means, inverses: inverses, rows: rows,
          columns: columns, eps: 1e-5)
      },
      layerNormGradient: { x, weight, up, means, inverses, dx, rows, columns in
        layerNormGradientRows(
          x, weight: weight, upstream: up, means: means, inverses: inverses, into: dx, rows: rows,
          columns: columns)
      },
      product: { p in
        let (rows, columns) = (
          (p.m + tileRows - 1) / tileRows, (p.n + tileColumns - 1) / tileColumns
        )
        let (a, b) = (numbers(p.m * p.k), numbers(columns * tileColumns * p.k))
        packA(
          m: p.m, k: p.k, source: p.a, ld: p.aTransposed ? p.m : p.k, transposed: p.aTransposed,
          lineRows: p.m, lineStep: 0, target: a, first: 0, last: rows)
        packB(
          n: p.n, k: p.k, source: p.b, ld: p.bTransposed ? p.k : p.n, transposed: p.bTransposed,
          target: b, first: 0, last: columns)
        multiplyPanels(
          m: p.m, n: p.n, k: p.k, a: a, aRow: 0, aStep: 0, b: b, bStep: 0, bTail: b, c: p.c,
          ldc: p.n, add: p.add, aFirst: 0, aLast: rows, bFirst: 0, bLast: columns,
          edge: numbers(tileRows * tileColumns), finish: p.finish, bias: p.bias,
          residual: p.residual)
      })
  }
}
