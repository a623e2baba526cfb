// ConvolutionTests - convolutions and pooling against sums written out.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import Testing

@testable import LMPTTensors

@Suite struct ConvolutionTests {
  @Test func aKernelOfOnesAddsTheNeighbours() {
    // 3 x 3 places counting 1...9: the corner sees 1 + 2 + 4 + 5, the middle sees all.
    let x = Tensor((1...9).map(Float.init), shape: [3, 3, 1])
    let convolution = Convolution3x3(weight: .ones([1, 1, 3, 3]), bias: Tensor([-30]))
    let found = convolution(x)
    #expect(found.shape == [3, 3, 1])
    #expect(found.values == [0, 0, 0, 0, 15, 3, 0, 9, 0])
  }

  /// The last two have more places than are packed at a time, in many lines and in one.
  @Test(arguments: [
    (4, 6, 5, 7), (14, 14, 16, 24), (7, 7, 33, 65), (1, 1, 3, 2), (56, 8, 64, 32),
    (48, 40, 3, 17), (1, 1700, 2, 3),
  ])
  func convolutionIsTheWrittenOutSum(_ height: Int, _ width: Int, _ inputs: Int, _ outputs: Int) {
    let x = noise([height, width, inputs], 1)
    let w = noise([outputs, inputs, 3, 3], 2) * (1 / Float(inputs * 9).squareRoot())
    let b = noise([outputs], 3) * 0.1
    let expected = written(x, w, b)
    let convolution = Convolution3x3(weight: w, bias: b)
    expectClose(convolution(x).values.map(Double.init), expected, atol: 3e-6, rtol: 0)
    guard height % 2 == 0, width % 2 == 0 else { return }
    let pooled = convolution(x, pooling: .average)
    #expect(pooled.shape == [height / 2, width / 2, outputs])
    let full = Tensor(expected.map(Float.init), shape: [height, width, outputs])
    expectClose(pooled.values, averagePool2(full).values, atol: 3e-6, rtol: 0)
  }

  @Test func averagePoolingTakesMeansOfFour() {
    let x = Tensor([1, 10, 3, 30, 5, 50, 7, 70], shape: [2, 2, 2])
    #expect(averagePool2(x).values == [4, 40])
  }

  @Test func unfoldingTakesEverySecondNeighbourhood() {
    let x = Tensor((0..<16).map(Float.init), shape: [1, 4, 4])
    let found = unfoldStride2(x)
    #expect(found.shape == [2, 2, 9])
    #expect(Array(found.values[0..<9]) == [0, 0, 0, 0, 0, 1, 0, 4, 5])
    #expect(Array(found.values[27..<36]) == [5, 6, 7, 9, 10, 11, 13, 14, 15])
  }

  @Test func linearReLUAddsTheResidualBeforeTheReLU() {
    let x = Tensor([1, 2, 3, 4], shape: [2, 2])
    let w = Tensor([1, 1, 1, -1], shape: [2, 2])
    let plain = linearReLU(x, weight: w, bias: Tensor([0, 0.5]))
    #expect(plain.values == [3, 0, 7, 0])
    let residual = linearReLU(
      x, weight: w, bias: Tensor([0, 0.5]), residual: Tensor([-4, 1, 1, 1], shape: [2, 2]))
    #expect(residual.values == [0, 0.5, 8, 0.5])
  }

  /// ReLU of the convolution, in double precision.
  private func written(_ x: Tensor, _ w: Tensor, _ b: Tensor) -> [Double] {
    let (height, width, inputs, outputs) = (x.shape[0], x.shape[1], x.shape[2], w.shape[0])
    let (x, w, b) = (x.values, w.values, b.values)
    var out: [Double] = []
    for row in 0..<height {
      for column in 0..<width {
        for o in 0..<outputs {
          var sum = Double(b[o])
          for dy in 0..<3 where (0..<height).contains(row + dy - 1) {
            for dx in 0..<3 where (0..<width).contains(column + dx - 1) {
              let place = ((row + dy - 1) * width + column + dx - 1) * inputs
              for c in 0..<inputs {
                sum += Double(x[place + c]) * Double(w[((o * inputs + c) * 3 + dy) * 3 + dx])
              }
            }
          }
          out.append(max(0, sum))
        }
      }
    }
    return out
  }
}

extension ThreadCountTests {
  @Test func convolutionsAreTheSameForAnyNumberOfThreads() {
    let convolution = Convolution3x3(weight: noise([64, 64, 3, 3], 4), bias: noise([64], 5))
    let x = noise([56, 56, 64], 6)
    let one = byThreads(1) { convolution(x, pooling: .average).values }
    for threads in [2, 3] {
      #expect(byThreads(threads) { convolution(x, pooling: .average).values } == one)
    }
  }
}

/// Numbers in [-1, 1) from a small congruential generator.
private func noise(_ shape: [Int], _ seed: UInt32) -> Tensor {
  var state = seed &* 2_654_435_761 | 1
  return Tensor(
    (0..<shape.reduce(1, *)).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(state >> 8) / Float(1 << 23) - 1
    }, shape: shape)
}
