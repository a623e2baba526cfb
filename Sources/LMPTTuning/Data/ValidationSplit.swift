// ValidationSplit - training images held out to choose the epoch, so that test images never do.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Which training images are trained on and which choose the epoch.
package struct ValidationSplit: Sendable, Equatable {
  /// Indices of the images to train on, ascending.
  package let train: [Int]
  /// Indices of the held-out images, ascending.
  package let validation: [Int]

  /// Holds out about a fraction of every class, rarest class first.
  ///
  /// Rare classes are served first, because an image of one also counts for the frequent classes it
  /// shows. Each class keeps at least one training image, and gives at least one to the validation
  /// side when it has two or more, unless each of them shows a class that would be left without. A
  /// class without validation images counts as AP 0 there.
  ///
  /// - Parameters:
  ///   - images: the training list.
  ///   - classes: number of classes.
  ///   - fraction: the share to hold out, in [0, 1); 0 holds out nothing.
  ///   - generator: decides which images of a class are taken.
  package init(
    _ images: [ListedImage], classes: Int, fraction: Double, generator: inout Generator
  ) {
    let counts = classCounts(images, classes: classes)
    var remaining = counts
    var heldOut = [Bool](repeating: false, count: images.count)
    var taken = [Int](repeating: 0, count: classes)
    let order = generator.permutation(images.count)
    let rarestFirst = (0..<classes).sorted { (counts[$0], $0) < (counts[$1], $1) }
    for c in rarestFirst where fraction > 0 && counts[c] >= 2 {
      let wanted = max(1, Int((fraction * Double(counts[c])).rounded()))
      for index in order where taken[c] < wanted {
        let labels = images[index].labels
        guard labels.contains(c), !heldOut[index], labels.allSatisfy({ remaining[$0] >= 2 })
        else { continue }
        heldOut[index] = true
        for label in labels {
          taken[label] += 1
          remaining[label] -= 1
        }
      }
    }
    train = images.indices.filter { !heldOut[$0] }
    validation = images.indices.filter { heldOut[$0] }
  }
}
