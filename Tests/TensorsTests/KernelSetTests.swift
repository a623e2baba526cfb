// KernelSetTests - elementwise kernels, softmax, LayerNorm and attention against double precision.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@testable import LMPTTensors

@Suite struct KernelSetTests {
  /// Every kernel set of this processor.
  static let sets = KernelSet.available.map(\.name)

  /// The largest error of an elementwise kernel in units in the last place of the true value.
  private func worstUlp(
    _ x: [Float], _ kernel: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void,
    _ exact: (Double) -> Double
  ) -> Double {
    var y = [Float](repeating: 0, count: x.count)
    kernel(x, &y, x.count)
    var worst = 0.0
    for (x, y) in zip(x, y) {
      let truth = exact(Double(x))
      let ulp = max(Double(Float(truth).ulp), Double(Float.leastNormalMagnitude.ulp))
      worst = max(worst, abs(Double(y) - truth) / ulp)
    }
    return worst
  }

  private func gaussianErrorLinear(_ x: Double) -> Double {
    0.5 * x * erfc(-x * 0.5.squareRoot())
  }

  private func grid(_ low: Float, _ high: Float, _ count: Int) -> [Float] {
    (0..<count).map { low + (high - low) * Float($0) / Float(count - 1) }
  }

  @Test(arguments: sets) func theExponentialIsWithinAnUlp(_ name: String) throws {
    let kernels = try KernelSet.named(name)
    // Without a fused instruction the reduction to r loses another half ulp.
    let bound = name == "baseline-fast" ? 1.6 : 1.1
    #expect(worstUlp(grid(-87.3, 88.7, 60_001), kernels.exp) { Foundation.exp($0) } < bound)
  }

  @Test(arguments: sets) func theExponentialKeepsItsLimits(_ name: String) throws {
    let kernels = try KernelSet.named(name)
    let x: [Float] = [0, -.infinity, .infinity, .nan, -200, 200, -87.4, 88.8, -0.0]
    var y = [Float](repeating: 7, count: x.count)
    kernels.exp(x, &y, x.count)
    #expect(y[0] == 1 && y[1] == 0 && y[2] == .infinity && y[3].isNaN && y[4] == 0)
    #expect(y[5] == .infinity && y[7] == .infinity && y[8] == 1)
    #expect(abs(y[6] - 1.103e-38) < 1e-41)  // denormal, not 0
  }

  @Test(arguments: sets) func activationsAreWithinAFewUlps(_ name: String) throws {
    let kernels = try KernelSet.named(name)
    let x = grid(-20, 20, 40_001)
    // The product 1.702 x, up to 34, is rounded to 2^-19 / 2: the exponential is off by that, 16 to
    // 32 units of 2^-24.
    let factor = Double(Float(1.702))
    #expect(worstUlp(x, kernels.quickGELU) { $0 / (1 + Foundation.exp(-factor * $0)) } < 34)
    // A fitted tail: measured 3 with a fused instruction; without one x^2 loses its rounding error.
    let gelu = worstUlp(grid(-8, 8, 40_001), kernels.gelu, gaussianErrorLinear)
    #expect(gelu < (name == "baseline-fast" ? 40 : 6))
  }

  @Test(arguments: sets) func everyLengthIsWrittenToItsEndAndNoFurther(_ name: String) throws {
    let kernels = try KernelSet.named(name)
    for count in 0...35 {
      let x = arbitrary(max(count, 1), seed: 10)
      var y = [Float](repeating: 9, count: count + 2)
      kernels.exp(x, &y, count)
      for i in 0..<count { #expect(abs(Double(y[i]) - Foundation.exp(Double(x[i]))) < 1e-6) }
      #expect(y[count] == 9 && y[count + 1] == 9)
    }
  }

  @Test(arguments: sets) func gradientsAreTheSlopesOfTheirFunctions(_ name: String) throws {
    let kernels = try KernelSet.named(name)
    let x = grid(-5, 5, 1001)
    let g = arbitrary(x.count, seed: 11)
    var (quick, exact) = (x, x)
    kernels.quickGELUGradient(x, g, &quick, x.count)
    kernels.geluGradient(x, g, &exact, x.count)
    func slope(_ f: (Double) -> Double, _ x: Double) -> Double {
      (f(x + 1e-5) - f(x - 1e-5)) / 2e-5
    }
    // Central differences in double precision are good to 1e-10; the kernels to single precision.
    expectClose(
      quick.map(Double.init),
      zip(x, g).map { Double($1) * slope({ $0 / (1 + Foundation.exp(-1.702 * $0)) }, Double($0)) },
      atol: 4e-7, rtol: 1e-6, name)
    expectClose(
      exact.map(Double.init),
      zip(x, g).map { Double($1) * slope(gaussianErrorLinear, Double($0)) }, atol: 4e-7, rtol: 1e-6,
      name)
  }

  /// The softmax of rows, which the kernel writes over nines.
  private func softmax(
    _ x: [Float], by kernels: KernelSet, rows: Int, scale: Float, first: Int
  ) -> [Float] {
    let columns = x.count / rows
    let (input, output) = (Tensor(x), Tensor([Float](repeating: 9, count: x.count)))
    kernels.softmaxRows(
      SoftmaxWork(
        input: Operand(base: input.storage.base, ld: columns, transposed: false),
        output: Target(base: output.storage.base, ld: columns), rows: rows, columns: columns,
        scale: scale, first: first))
    return output.values
  }

  @Test(arguments: sets) func softmaxAgreesWithItsDefinition(_ name: String) throws {
    let kernels = try KernelSet.named(name)
    for columns in [1, 2, 7, 8, 9, 16, 24, 77, 197] {
      for causal in [false, true] {
        let x = arbitrary(5 * columns, seed: 12).map { 20 * $0 }
        let y = softmax(
          x, by: kernels, rows: 5, scale: 0.5, first: causal ? 1 : columns)
        var expected: [Double] = []
        for i in 0..<5 {
          let n = causal ? min(columns, i + 1) : columns
          let e = (0..<columns).map {
            $0 < n ? Foundation.exp(0.5 * Double(x[i * columns + $0])) : 0
          }
          expected += e.map { $0 / e.reduce(0, +) }
        }
        // Scores up to 10 keep 5 ulps of their difference in the exponential.
        expectClose(y.map(Double.init), expected, atol: 1e-38, rtol: 2e-6, "\(name) \(columns)")
      }
    }
  }

  @Test(arguments: sets) func softmaxKeepsItsLimits(_ name: String) throws {
    let kernels = try KernelSet.named(name)
    // The same row in whole vectors, and with most of it in the last, partial one.
    for columns in [32, 7] {
      var x = [Float](repeating: -.infinity, count: columns)
      x.replaceSubrange(0..<6, with: [0, -1, -87, -88.5, -104, -1e30])
      let y = softmax(x, by: kernels, rows: 1, scale: 1, first: columns)
      let sum = 1 + Foundation.exp(-1.0)
      // Below the smallest normal number 0 stands for what is there.
      expectClose(
        y[0..<6].map(Double.init),
        [0, -1, -87, -88.5, -104, -1e30].map { Foundation.exp($0) / sum },
        atol: Double(Float.leastNormalMagnitude), rtol: 2e-6, "\(name) \(columns)")
      #expect(y[4...].allSatisfy { $0 == 0 }, "\(name) \(columns)")
      x[columns - 1] = .nan
      let spoilt = softmax(x, by: kernels, rows: 1, scale: 1, first: columns)
      #expect(spoilt.allSatisfy { $0.isNaN }, "\(name) \(columns)")
    }
  }

  @Test(arguments: sets) func layerNormAndItsGradientAgree(_ name: String) throws {
    let kernels = try KernelSet.named(name)
    for width in [1, 5, 16, 100, 768] {
      let rows = 3
      let x = arbitrary(rows * width, seed: 13).map { $0 + 3 }
      let g = arbitrary(rows * width, seed: 14)
      let (weight, bias) = (arbitrary(width, seed: 15), arbitrary(width, seed: 16))
      let (input, scales, shifts, upstream) = (Tensor(x), Tensor(weight), Tensor(bias), Tensor(g))
      let (output, slope) = (Tensor.zeros([x.count]), Tensor.zeros([x.count]))
      let (means, inverses) = (Tensor.zeros([rows]), Tensor.zeros([rows]))
      kernels.layerNormRows(
        LayerNormWork(
          x: input.storage.base, weight: scales.storage.base, bias: shifts.storage.base,
          y: output.storage.base, means: means.storage.base, inverses: inverses.storage.base,
          rows: rows, columns: width, eps: 1e-5))
      kernels.layerNormGradientRows(
        LayerNormGradientWork(
          x: input.storage.base, weight: scales.storage.base, upstream: upstream.storage.base,
          means: means.storage.base, inverses: inverses.storage.base,
          gradient: slope.storage.base, rows: rows, columns: width))
      let (y, dx) = (output.values, slope.values)
      var (value, gradient): ([Double], [Double]) = ([], [])
      for r in 0..<rows {
        let row = (0..<width).map { Double(x[r * width + $0]) }
        let mean = row.reduce(0, +) / Double(width)
        let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
        let scale = 1 / (variance + 1e-5).squareRoot()
        let normal = row.map { ($0 - mean) * scale }
        value += (0..<width).map { normal[$0] * Double(weight[$0]) + Double(bias[$0]) }
        let h = (0..<width).map { Double(g[r * width + $0]) * Double(weight[$0]) }
        let average = h.reduce(0, +) / Double(width)
        let along = zip(h, normal).reduce(0) { $0 + $1.0 * $1.1 } / Double(width)
        gradient += (0..<width).map { (h[$0] - average - normal[$0] * along) * scale }
      }
      // A mean of 3 with deviations of 0.6: the subtraction loses three bits.
      expectClose(y.map(Double.init), value, atol: 3e-6, rtol: 1e-5, "\(name) \(width)")
      expectClose(
        dx.map(Double.init), gradient, atol: 3e-6, rtol: 1e-5, "\(name) gradient \(width)")
      // A single value is its own mean: nothing is rounded, nothing depends on it.
      if width == 1 {
        #expect(y == [Float](repeating: bias[0], count: rows), "\(name)")
        #expect(dx == [0, 0, 0], "\(name)")
      }
    }
  }

  @Test func theMicroKernelUsesTheProcessorsMultiplyAdd() {
    // The fallback to the C library's fmaf, one call per lane, reaches 0.8 GFLOP/s; the oldest
    // processor with these instructions reaches 20. The best of many half-milliseconds, so that
    // whatever else runs does not matter.
    for kernels in KernelSet.available {
      let speed = kernels.measurePeak(tries: 60)
      // The baseline computes each multiply-add in some twenty instructions.
      let speeds: [String: Double] = ["baseline": 0.2, "baseline-fast": 2]
      let least = speeds[kernels.name] ?? 10
      #expect(speed > least, "\(kernels.name): \(speed) GFLOP/s")
    }
  }

  @Test func kernelNamesAreChecked() throws {
    #expect(throws: KernelError.self) { try KernelSet.named("sse9") }
    #expect(try KernelSet.named("").name == KernelSet.available[0].name)
    #if arch(x86_64)
      #expect(throws: KernelError.self) { try KernelSet.named("neon") }
    #endif
  }
}
