// ParetoSampling - a long-tailed subset of a multi-label set, by the recipe of VOC-LT and COCO-LT.
// SPDX-License-Identifier: Apache-2.0

import LMPTNumbers
import LMPTTensors

/// The sampling recipe behind VOC-LT and COCO-LT.
///
/// The target of the class at rank r of C is
///
///     n_r = floor((largest - smallest) x_r^-(shape + 1) + smallest),
///
/// x_r evenly spaced from the 0 % to the 99 % point of a Pareto distribution: its density, scaled
/// so that the first class gets `largest`. Classes are ranked by falling co-occurrence mass
/// sum_i P(class | i), the class itself included. In that order each class gets images at random,
/// or loses some of those it already has, until it meets its target; later classes move the counts
/// of earlier ones, so the final counts only follow the targets in shape.
///
/// Source: Wu et al., ECCV 2020, as their released tool does it. The random numbers are torch's,
/// not Python's, so the same images cannot come out as in the published lists.
package struct ParetoSampling: Sendable, Equatable {
  /// Target of the most frequent class: 800 for VOC-LT, 1200 for COCO-LT.
  package var largest = 800
  /// What the density is lifted by; the rarest class gets a few more.
  package var smallest = 1
  /// The Pareto exponent b.
  package var shape = 6.0
  /// Seeds which images are taken.
  package var seed = 0

  /// The constants of VOC-LT.
  package init() {}

  /// The targets of all ranks, falling.
  ///
  /// - Parameter classes: C.
  /// - Returns: C numbers from `largest` down.
  package func targets(classes: Int) -> [Int] {
    let last = pow(0.01, -1 / shape)
    return (0..<classes).map { rank in
      let x = 1 + (last - 1) * Double(rank) / Double(max(classes - 1, 1))
      let density = pow(x, -(shape + 1))
      return Int((Double(largest - smallest) * density + Double(smallest)).rounded(.down))
    }
  }

  /// Classes by falling co-occurrence mass; of equal masses the lower index first.
  static func ranking(_ images: [ListedImage], classes: Int) -> [Int] {
    var together = [Double](repeating: 0, count: classes * classes)
    for image in images {
      for i in image.labels {
        for j in image.labels { together[i * classes + j] += 1 }
      }
    }
    let mass = (0..<classes).map { j in
      (0..<classes).reduce(0.0) { sum, i in
        let count = together[i * classes + i]
        return count > 0 ? sum + together[i * classes + j] / count : sum
      }
    }
    return (0..<classes).sorted { (-mass[$0], $0) < (-mass[$1], $1) }
  }

  /// Chooses the images of a long-tailed training set.
  ///
  /// - Parameters:
  ///   - images: everything there is; images without a label are never taken.
  ///   - classes: C.
  /// - Returns: indices into `images`, ascending. A class with too few images keeps what it has.
  package func select(_ images: [ListedImage], classes: Int) -> [Int] {
    var members = [[Int]](repeating: [], count: classes)
    for (index, image) in images.enumerated() {
      for label in image.labels { members[label].append(index) }
    }
    var generator = Generator(seed: seed)
    var isTaken = [Bool](repeating: false, count: images.count)
    var counts = [Int](repeating: 0, count: classes)
    let ranking = Self.ranking(images, classes: classes)
    for (c, target) in zip(ranking, targets(classes: classes)) {
      let adds = counts[c] < target
      let candidates = members[c].filter { isTaken[$0] != adds }
      let order = generator.permutation(candidates.count)
      for place in order.prefix(abs(target - counts[c])) {
        let index = candidates[place]
        isTaken[index] = adds
        for label in images[index].labels { counts[label] += adds ? 1 : -1 }
      }
    }
    return images.indices.filter { isTaken[$0] }
  }
}
