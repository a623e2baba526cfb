// TestSplit - a share of the images set aside for the test, so that every class has its share.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Images set aside for the test, class by class.
///
/// The rarest class is dealt out first: of its images, in a random order, the share that the test
/// still lacks goes there and the rest to the training, at least one. What no class deals out, images
/// without a label, is split at random. At last single images move, until a class of two or more has
/// one on each side where that is possible.
///
/// Source: iterative stratification, Sechidis et al., ECML PKDD 2011, with whole shares at once.
package struct TestSplit: Sendable, Equatable {
  /// Indices of the training images, ascending.
  package let train: [Int]
  /// Indices of the test images, ascending.
  package let test: [Int]

  /// Splits images.
  ///
  /// - Parameters:
  ///   - images: with their labels.
  ///   - classes: C.
  ///   - share: of the images that the test gets, in 0...1.
  ///   - seed: of the order in which they are dealt out.
  package init(_ images: [ListedImage], classes: Int, share: Double, seed: Int) {
    var generator = Generator(seed: seed)
    let order = generator.permutation(images.count)
    var members = [[Int]](repeating: [], count: classes)
    for index in order {
      for label in images[index].labels { members[label].append(index) }
    }
    var isTest = [Bool?](repeating: nil, count: images.count)
    for c in members.indices.sorted(by: { (members[$0].count, $0) < (members[$1].count, $1) }) {
      let count = members[c].count
      let wanted = min(rounded(share, count), count - 1)
      var missing = wanted - members[c].count { isTest[$0] == true }
      for index in members[c] where isTest[index] == nil {
        isTest[index] = missing > 0
        missing -= 1
      }
    }
    let rest = order.filter { isTest[$0] == nil }
    for (place, index) in rest.enumerated() { isTest[index] = place < rounded(share, rest.count) }
    var sides = isTest.map { $0 == true }
    Self.repair(&sides, images, members)
    let final = sides
    train = images.indices.filter { !final[$0] }
    test = images.indices.filter { final[$0] }
  }

  /// Moves single images, so that every class of two or more has images on both sides. None is moved
  /// that is another class's last one on its side.
  private static func repair(_ isTest: inout [Bool], _ images: [ListedImage], _ members: [[Int]]) {
    // Counted once and kept, because a class of all images may be asked about for each of them.
    var tests = members.map { $0.count { isTest[$0] } }
    for c in members.indices where members[c].count > 1 {
      guard tests[c] == 0 || tests[c] == members[c].count else { continue }
      let side = tests[c] == 0  // what the class lacks
      let movable = members[c].first { index in
        images[index].labels.allSatisfy { other in
          (side ? members[other].count - tests[other] : tests[other]) > 1
        }
      }
      guard let movable else { continue }
      isTest[movable] = side
      for label in images[movable].labels { tests[label] += side ? 1 : -1 }
    }
  }
}

/// A share of a number, to the nearest.
private func rounded(_ share: Double, _ count: Int) -> Int {
  Int((share * Double(count)).rounded())
}
