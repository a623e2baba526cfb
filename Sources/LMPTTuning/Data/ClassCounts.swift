// ClassCounts - n_i, the training images of each class.
// SPDX-License-Identifier: Apache-2.0

/// The number of images that show each class.
package func classCounts(_ images: [ListedImage], classes: Int) -> [Int] {
  var counts = [Int](repeating: 0, count: classes)
  for image in images {
    for label in image.labels { counts[label] += 1 }
  }
  return counts
}
