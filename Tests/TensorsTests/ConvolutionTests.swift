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

  /// Images of a batch, wider and narrower than a tile, and with cuts of terms amid a kernel's row.
  private static let batches = [
    (3, 4, 6, 5, 7), (5, 7, 7, 33, 17), (1, 14, 14, 130, 10), (2, 18, 29, 9, 35),
    (2, 6, 15, 300, 3), (9, 2, 2, 3, 2), (1, 1, 20, 2, 33),
  ]

  @Test(arguments: batches)
  func everyWayHasTheBitsOfTheContract(
    _ count: Int, _ height: Int, _ width: Int, _ inputs: Int, _ outputs: Int
  ) {
    let x = noise([count, height, width, inputs], 1)
    let w = noise([outputs, inputs, 3, 3], 2)
    let b = noise([outputs], 3)
    let expected = inOrder(x, w, b)
    let rows = Convolution3x3(weight: w, bias: b).rows
    for set in KernelSet.equal {
      let packed = rows.map {
        PackedMatrix(
          .transposed, k: 3 * inputs, n: outputs, b: $0.storage.base, ldb: 3 * inputs, kernels: set)
      }
      let images = Images(base: x.storage.base, count: count, height: height, width: width)
      let shape = [count, height, width, outputs]
      let lines = Tensor(shape: shape) {
        LineConvolution(
          images, channels: inputs, rows: packed, bias: b.storage.base, pooling: .none)(into: $0)
      }
      #expect(lines.values == expected, "lines, \(set.name)")
      let products = Tensor(shape: shape) {
        RowConvolution(images: images, channels: inputs, rows: packed, bias: b.storage.base)(
          into: $0)
      }
      #expect(products.values == expected, "products, \(set.name)")
    }
  }

  @Test(arguments: batches)
  func imagesTogetherHaveTheBitsOfEachAlone(
    _ count: Int, _ height: Int, _ width: Int, _ inputs: Int, _ outputs: Int
  ) {
    let x = noise([count, height, width, inputs], 1)
    let convolution = Convolution3x3(
      weight: noise([outputs, inputs, 3, 3], 2), bias: noise([outputs], 3))
    let isEven = height % 2 == 0 && width % 2 == 0
    for pooling in isEven ? [Convolution3x3.Pooling.none, .average] : [.none] {
      let together = convolution(x, pooling: pooling)
      for n in 0..<count {
        let alone = convolution(
          x.slice(n..<n + 1).reshaped([height, width, inputs]), pooling: pooling)
        #expect(together.slice(n..<n + 1).values == alone.values)
        #expect(Array(together.shape.dropFirst()) == alone.shape)
      }
    }
    guard isEven else { return }
    #expect(convolution(x, pooling: .average).values == averagePool2(convolution(x)).values)
  }

  /// More rows than one task packs, with weights for one block of terms and for two.
  @Test(arguments: [(1300, 90, 33), (700, 500, 20)])
  func manyRowsHaveTheBitsOfEachAlone(_ m: Int, _ k: Int, _ n: Int) {
    #expect(Blocking.isLong(m, n, k) && !Blocking.isLong(1, n, k))
    let (x, w, b) = (noise([m, k], 1), noise([n, k], 2), noise([n], 3))
    let residual = noise([m, n], 4)
    let together = linearReLU(x, weight: w, bias: b, residual: residual)
    for i in [0, 1, 13, 14, 700, m - 1] where i < m {
      let alone = linearReLU(
        x.slice(i..<i + 1), weight: w, bias: b, residual: residual.slice(i..<i + 1))
      #expect(together.slice(i..<i + 1).values == alone.values)
    }
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

  /// ReLU of the convolutions of several images in the order of docs/Arithmetic.md: one sum for each
  /// block of terms of each row of the kernel, with one rounding for each term.
  private func inOrder(_ x: Tensor, _ w: Tensor, _ b: Tensor) -> [Float] {
    let (height, width, inputs) = (x.shape[1], x.shape[2], x.shape[3])
    let (outputs, terms) = (w.shape[0], 3 * inputs)
    let blocks = (terms + 383) / 384
    let (x, w, b) = (x.values, w.values, b.values)
    var out: [Float] = []
    for place in 0..<x.count / inputs {
      let (image, row, column) = (
        place / (height * width), place / width % height, place % width
      )
      for o in 0..<outputs {
        var total: Float?
        for y in 0..<3 {
          for d in 0..<blocks {
            var sum: Float = 0
            for p in d * terms / blocks..<(d + 1) * terms / blocks {
              let (dx, c) = (p / inputs, p % inputs)
              let (line, spot) = (row + y - 1, column + dx - 1)
              let isInside = (0..<height).contains(line) && (0..<width).contains(spot)
              let value =
                isInside ? x[((image * height + line) * width + spot) * inputs + c] : 0
              sum = sum.addingProduct(value, w[((o * inputs + c) * 3 + y) * 3 + dx])
            }
            total = total.map { $0 + sum } ?? sum
          }
        }
        out.append(max(0, (total ?? 0) + b[o]))
      }
    }
    return out
  }
}

extension ThreadCountTests {
  @Test func productsOfManyRowsAreTheSameForAnyNumberOfThreads() {
    let (x, w, b) = (noise([1300, 90], 1), noise([33, 90], 2), noise([33], 3))
    let one = byThreads(1) { linearReLU(x, weight: w, bias: b).values }
    for threads in [2, 3] {
      #expect(byThreads(threads) { linearReLU(x, weight: w, bias: b).values } == one)
    }
  }

  /// Lines shared out; weights shared out, too; several images, wide and narrow ones.
  @Test(arguments: [(1, 56, 64, 64), (1, 14, 64, 256), (3, 14, 40, 70), (4, 7, 64, 96)])
  func convolutionsAreTheSameForAnyNumberOfThreads(
    _ count: Int, _ side: Int, _ inputs: Int, _ outputs: Int
  ) {
    let convolution = Convolution3x3(
      weight: noise([outputs, inputs, 3, 3], 4), bias: noise([outputs], 5))
    let x = noise([count, side, side, inputs], 6)
    let pooling = side % 2 == 0 ? Convolution3x3.Pooling.average : .none
    let one = byThreads(1) { convolution(x, pooling: pooling).values }
    for threads in [2, 3] {
      #expect(byThreads(threads) { convolution(x, pooling: pooling).values } == one)
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
