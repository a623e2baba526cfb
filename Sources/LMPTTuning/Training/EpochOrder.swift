// EpochOrder - which images an epoch shows, in which order, and which of them mirrored.
// SPDX-License-Identifier: Apache-2.0

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
  ///   - order: draws the images.
  ///   - mirroring: draws the flips, one per image with probability 0.5; under class-aware sampling,
  ///     where an image may come twice, one per place of the epoch.
  init(
    _ sampling: Sampling, count: Int, members: [[Int]], order: inout Generator,
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
    }
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
