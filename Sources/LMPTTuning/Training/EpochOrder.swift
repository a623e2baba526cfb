// EpochOrder - which images an epoch shows, in which order, and which of them mirrored.
// SPDX-License-Identifier: Apache-2.0

import LMPTNumbers
import LMPTTensors

/// The images of one epoch.
struct EpochOrder {
  /// Rows of the training set.
  let rows: [Int]
  /// Whether each of them is shown mirrored.
  let mirrored: [Bool]

  /// Draws an epoch of as many images as there are.
  ///
  /// - Parameters:
  ///   - sampling: how images are drawn.
  ///   - count: number of training images.
  ///   - members: the rows that show each class.
  ///   - rarity: s, the exponent of sampling by rarity.
  ///   - order: draws the images.
  ///   - mirroring: draws the flips, one per image with probability 0.5; under another sampling
  ///     than uniform, where an image may come twice, one per place of the epoch.
  init(
    _ sampling: Sampling, count: Int, members: [[Int]],
    rarity: Double = AnyTrainingOption.rarity.initial, order: inout Generator,
    mirroring: inout Generator
  ) {
    let flips = (0..<count).map { _ in mirroring.uniform() < 0.5 }
    switch sampling {
    case .uniform:
      rows = order.permutation(count)
      mirrored = rows.map { flips[$0] }
    case .classAware:
      rows = EpochOrder.classAware(count, members: members, generator: &order)
      mirrored = flips
    case .reversed:
      rows = EpochOrder.reversed(count, members: members, generator: &order)
      mirrored = flips
    case .rarity:
      let weights = EpochOrder.rarity(count, members: members, power: rarity)
      rows = order.multinomial(weights, count: count)
      mirrored = flips
    }
  }

  /// A class in proportion to 1 / n, and of each class the next image of a random order of its
  /// images.
  private static func reversed(
    _ count: Int, members: [[Int]], generator: inout Generator
  ) -> [Int] {
    let classes = members.indices.filter { !members[$0].isEmpty }
    guard let last = classes.last else { return [] }
    var images = members.map(Cycle.init)
    var sum = 0.0
    let bounds = classes.map { index in
      sum += 1 / Double(members[index].count)
      return sum
    }
    return (0..<count).map { _ in
      let drawn = Double(generator.uniform()) * sum
      let chosen = bounds.firstIndex { $0 > drawn }.map { classes[$0] } ?? last
      return images[chosen].next(&generator)
    }
  }

  /// (Sum over an image's labels of N / n)^power, the largest 1; an image without labels has 0 and is
  /// never drawn, unless none has a label or the power is 0, when all are drawn alike.
  static func rarity(_ count: Int, members: [[Int]], power: Double) -> [Double] {
    var sums = [Double](repeating: 0, count: count)
    for rows in members {
      for row in rows { sums[row] += Double(count) / Double(rows.count) }
    }
    let weights = sums.map { pow($0, power) }
    let largest = weights.max() ?? 1
    return largest == 0 ? weights.map { _ in 1 } : weights.map { $0 / largest }
  }

  /// One class after the other in a random order, and of each class the next image of a random
  /// order of its images; orders that are used up are drawn again.
  ///
  /// The sampler of Wu et al. (ECCV 2020) draws three images of a class in a row and about 3.4 N
  /// of them per epoch of VOC-LT; here it is one, and N, so that an epoch costs the same for every
  /// sampling.
  private static func classAware(
    _ count: Int, members: [[Int]], generator: inout Generator
  ) -> [Int] {
    var classes = Cycle(members.indices.filter { !members[$0].isEmpty })
    var images = members.map(Cycle.init)
    guard !classes.isEmpty else { return [] }
    return (0..<count).map { _ in
      let chosen = classes.next(&generator)
      return images[chosen].next(&generator)
    }
  }
}

/// A list that is gone through in random order, again and again.
private struct Cycle {
  private let items: [Int]
  private var order: [Int] = []
  private var position = 0

  init(_ items: [Int]) { self.items = items }

  var isEmpty: Bool { items.isEmpty }

  mutating func next(_ generator: inout Generator) -> Int {
    if position == order.count {
      order = generator.permutation(items.count)
      position = 0
    }
    position += 1
    return items[order[position - 1]]
  }
}
