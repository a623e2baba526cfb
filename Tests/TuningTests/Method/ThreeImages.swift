// ThreeImages - three images of four classes, and what scalar transcriptions of losses are made of.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTTensors

/// Three images, four classes.
enum ThreeImages {
  static let batch = 3
  static let classes = 4
  static let counts = [1.0, 30, 4, 700]
  static let labels: [Double] = [1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0]
  static let n = Tensor(counts.map { Float($0) })
  static let y = Tensor(labels.map { Float($0) }, shape: [batch, classes])
  static let z = normal([batch, classes], seed: 7, std: 2)

  static func normal(_ shape: [Int], seed: Int, std: Float = 1) -> Tensor {
    var generator = Generator(seed: seed)
    return Tensor(generator.normal(count: shape.reduce(1, *), std: std), shape: shape)
  }
}

/// 1 / (1 + e^-x)
func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

/// -log of a sigmoid.
func cost(_ x: Double) -> Double { x > 0 ? log1p(exp(-x)) : log1p(exp(x)) - x }

/// The cosine of two vectors.
func cosine(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double {
  var (dot, aa, bb) = (0.0, 0.0, 0.0)
  for (x, y) in zip(a, b) {
    dot += x * y
    aa += x * x
    bb += y * y
  }
  return dot / (aa * bb).squareRoot()
}

/// Mean over the cells of something of the logit, the label and the class.
func meanOfCells(_ z: [Double], _ cell: (Double, Bool, Int, Int) -> Double) -> Double {
  let classes = ThreeImages.classes
  var total = 0.0
  for k in 0..<ThreeImages.batch {
    for i in 0..<classes {
      let index = k * classes + i
      total += cell(z[index], ThreeImages.labels[index] == 1, k, i)
    }
  }
  return total / Double(ThreeImages.batch * classes)
}

/// E7-weight of a cell.
func rebalance(_ k: Int, _ i: Int) -> Double {
  let (classes, counts) = (ThreeImages.classes, ThreeImages.counts)
  var expected = 0.0
  for j in 0..<classes where ThreeImages.labels[k * classes + j] == 1 {
    expected += 1 / counts[j]
  }
  return expected == 0 ? 1.1 : 0.1 + logistic(10 * (1 / counts[i] / expected - 0.3))
}
