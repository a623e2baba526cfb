// GradientTests - every equation's gradient against central differences of a scalar transcription.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Support
import Tensors
import Testing

@testable import PromptTuning

/// Three images, four classes.
private let batch = 3
private let classes = 4
private let counts = [1.0, 30, 4, 700]
private let labels: [Double] = [1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0]
private let n = Tensor(counts.map { Float($0) })
private let y = Tensor(labels.map { Float($0) }, shape: [batch, classes])

private func normal(_ shape: [Int], seed: Int, std: Float = 1) -> Tensor {
  var generator = Generator(seed: seed)
  return Tensor(generator.normal(count: shape.reduce(1, *), std: std), shape: shape)
}

private func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

/// -log of a sigmoid.
private func cost(_ x: Double) -> Double { x > 0 ? log1p(exp(-x)) : log1p(exp(x)) - x }

private func cosine(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double {
  var (dot, aa, bb) = (0.0, 0.0, 0.0)
  for (x, y) in zip(a, b) {
    dot += x * y
    aa += x * x
    bb += y * y
  }
  return dot / (aa * bb).squareRoot()
}

/// Mean over the cells of something of the logit, the label and the class.
private func meanOfCells(_ z: [Double], _ cell: (Double, Bool, Int, Int) -> Double) -> Double {
  var total = 0.0
  for k in 0..<batch {
    for i in 0..<classes { total += cell(z[k * classes + i], labels[k * classes + i] == 1, k, i) }
  }
  return total / Double(batch * classes)
}

private func rebalance(_ k: Int, _ i: Int) -> Double {
  var expected = 0.0
  for j in 0..<classes where labels[k * classes + j] == 1 { expected += 1 / counts[j] }
  return expected == 0 ? 1.1 : 0.1 + logistic(10 * (1 / counts[i] / expected - 0.3))
}

@Suite struct GradientTests {
  private let z = normal([batch, classes], seed: 7, std: 2)

  @Test("E2") func prediction() throws {
    let images = normal([batch, 5], seed: 1)
    let f = images.values.map(Double.init)
    try expectGradient("E2", at: normal([classes, 5], seed: 2)) { texts in
      sum(try logits(images, texts, scale: 7) * y)
    } equals: { g in
      var total = 0.0
      for k in 0..<batch {
        for i in 0..<classes where labels[k * classes + i] == 1 {
          total += 7 * cosine(f[(k * 5)..<(k * 5 + 5)], g[(i * 5)..<(i * 5 + 5)])
        }
      }
      return total
    }
  }

  @Test("E3, all three alignments") func captionDistances() throws {
    let e = normal([batch, 5, 3], seed: 3)
    let words = e.values.map(Double.init)
    func at(_ values: [Double], _ row: Int, _ t: Int, _ length: Int) -> ArraySlice<Double> {
      values[((row * length + t) * 3)..<((row * length + t) * 3 + 3)]
    }
    try expectGradient("E3-tokens-all", at: normal([classes, 5, 3], seed: 4)) { p in
      sum(try captionDistance(tokens: e, prompts: p, split: 2) * y)
    } equals: { p in
      var total = 0.0
      for cell in 0..<batch * classes where labels[cell] == 1 {
        for t in 0..<3 {
          total += (1 - cosine(at(words, cell / 4, t, 5), at(p, cell % 4, t + 2, 5))) / 3
        }
      }
      return total
    }
    let lengths = [2, 5, 3]
    try expectGradient("E3-tokens", at: normal([classes, 3, 3], seed: 5)) { v in
      sum(try captionDistance(tokens: e, lengths: lengths, instance: v) * y)
    } equals: { v in
      var total = 0.0
      for cell in 0..<batch * classes where labels[cell] == 1 {
        let met = min(3, lengths[cell / 4] - 1)
        for j in 0..<met {
          total += (1 - cosine(at(words, cell / 4, j + 1, 5), at(v, cell % 4, j, 3))) / Double(met)
        }
      }
      return total
    }
    let sentences = normal([batch, 3], seed: 6)
    let s = sentences.values.map(Double.init)
    try expectGradient("E3", at: normal([classes, 3], seed: 7)) { p in
      sum(try captionDistance(sentences: sentences, prompts: p) * y)
    } equals: { p in
      var total = 0.0
      for cell in 0..<batch * classes where labels[cell] == 1 {
        total += 1 - cosine(at(s, cell / 4, 0, 1), at(p, cell % 4, 0, 1))
      }
      return total
    }
  }

  @Test("E4, E5 and E6, every reading", arguments: Reading.all)
  func embedding(reading: Reading) throws {
    let d = Tensor((0..<12).map { Float(0.02 + 0.031 * Double($0 * 7 % 12)) }, shape: [3, 4])
    let total = counts.reduce(0) { $0 + 1 / ($1 * $1) }
    try expectGradient("E6", at: d) { d in
      try embeddingLoss(
        d, labels: y, margin: classMargin(n), weight: classWeight(n), reading: reading)
    } equals: { d in
      meanOfCells(d) { d, positive, _, i in
        let mu = 0.2 / Foundation.pow(counts[i], 0.25)
        let omega = 1 / (counts[i] * counts[i]) / total
        return omega
          * (reading == .released
            ? max(0, positive ? mu - d : mu + d) : positive ? d : max(0, mu - d))
      }
    }
  }

  @Test(
    "E7, each reading",
    arguments: [
      (Reading.paper, 0.05, 1.0), (.upstream, 0.01, 2), (.released, 0.01, 2),
    ])
  func balanced(reading: Reading, scale: Double, factor: Double) throws {
    try expectGradient("E7", at: z) { z in
      try distributionBalancedLoss(z, labels: y, counts: n, images: 1000, reading: reading)
    } equals: { z in
      func shifted(_ z: Double, _ positive: Bool, _ i: Int) -> Double {
        let t = z - scale * log(1000 / counts[i] - 1)
        return positive ? t : -5 * t
      }
      func weight(_ positive: Bool, _ k: Int, _ i: Int) -> Double {
        rebalance(k, i) / (positive ? 1 : 5)
      }
      guard reading.focal == .batch else {
        return factor
          * meanOfCells(z) { z, positive, k, i in
            let t = shifted(z, positive, i)
            let missed = 1 - logistic(t)
            return weight(positive, k, i) * missed * missed * cost(t)
          }
      }
      let q = exp(-meanOfCells(z) { z, positive, _, i in cost(shifted(z, positive, i)) })
      return factor * (1 - q) * (1 - q)
        * meanOfCells(z) { z, positive, k, i in
          weight(positive, k, i) * cost(shifted(z, positive, i))
        }
    }
  }

  @Test("E8") func total() throws {
    try expectGradient("E8", at: Tensor([1.5])) { cls in
      try objective(cls.reshaped([]), 0.5, lambda: 0.3)
    } equals: {
      0.3 * $0[0] + 0.7 * 0.5
    }
  }

  @Test("binary cross-entropy, soft margin, focal, LDAM, softmax, resample") func losses() throws {
    try expectGradient("L-bce", at: z) {
      try binaryCrossEntropy($0, labels: y)
    } equals: {
      meanOfCells($0) { z, positive, _, _ in cost(positive ? z : -z) }
    }
    try expectGradient("L-mls", at: z) {
      try multiLabelSoftMargin($0, labels: y)
    } equals: {
      meanOfCells($0) { z, positive, _, _ in cost(positive ? z : -z) }
    }
    try expectGradient("L-focal", at: z) {
      try focalLoss($0, labels: y, gamma: 1.5, alpha: 0.25)
    } equals: {
      meanOfCells($0) { z, positive, _, _ in
        let t = positive ? z : -z
        return (positive ? 0.25 : 0.75) * Foundation.pow(1 - logistic(t), 1.5) * cost(t)
      }
    }
    try expectGradient("L-ldam", at: z) {
      try ldamLoss($0, labels: y, counts: n, margin: 0.5, scale: 3)
    } equals: {
      meanOfCells($0) { z, positive, _, i in
        positive ? cost(3 * (z - 0.5 / Foundation.pow(counts[i], 0.25))) : cost(-3 * z)
      }
    }
    try expectGradient("L-softmax", at: z) {
      try softmaxCrossEntropy($0, labels: y)
    } equals: { z in
      var total = 0.0
      for k in 0..<batch {
        let row = z[(k * classes)..<(k * classes + classes)]
        let partition = log(row.reduce(0) { $0 + exp($1) })
        let positive = (0..<classes).filter { labels[k * classes + $0] == 1 }
        for i in positive {
          total += (partition - z[k * classes + i]) / Double(positive.count)
        }
      }
      return total / Double(batch)
    }
    try expectGradient("L-resample", at: z) { z in
      let bias = try classBias(n, images: 1000) * 0.05
      return try resampleLoss(
        z, labels: y, weight: rebalanceWeight(y, counts: n), bias: bias, lambda: 2, factor: 3)
    } equals: {
      meanOfCells($0) { z, positive, k, i in
        let t = (z - 0.05 * log(1000 / counts[i] - 1)) * (positive ? 1 : -2)
        let missed = 1 - logistic(t)
        return 3 * 0.5 * missed * missed * rebalance(k, i) / (positive ? 1 : 2) * cost(t)
      }
    }
  }

  @Test("asymmetric loss with gradient through the focusing weight") func asymmetric() throws {
    try expectGradient("L-asl", at: z) {
      try asymmetricLoss($0, labels: y, gammaPositive: 1, gradient: .full)
    } equals: {
      meanOfCells($0) { z, positive, _, _ in
        let p = logistic(z)
        if positive { return -(1 - p) * log(p) }
        let m = max(p - 0.05, 0)
        return -m * m * m * m * log(1 - m)
      }
    }
  }
}
