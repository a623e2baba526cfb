// PartnerEffect - whether a class is found by itself, or by the company that it keeps.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// AP of a class with and without its most frequent partner in the picture.
///
/// The partner of a class is the one that most often stands beside it in training images. A method
/// that ranks a rare class by its frequent partner loses when the pictures of the partner are left
/// out, of both the positives and the negatives.
public struct PartnerEffect: Sendable, Equatable {
  /// Fewer positives than this leave no AP: it would say where a few images rank.
  static let leastPositives = 5

  /// The class.
  public let index: Int
  /// Its partner.
  public let partner: Int
  /// Share of the class's training images that show the partner.
  public let together: Double
  /// AP over all images; nil with fewer than `leastPositives` positives.
  public let ap: Double?
  /// Images that show the class.
  public let positives: Int
  /// AP over the images that do not show the partner; nil with fewer than `leastPositives` of them.
  public let apWithout: Double?
  /// Images that show the class and not the partner.
  public let positivesWithout: Int

  /// Measures a class; nil when no training image shows it beside another.
  ///
  /// - Parameters:
  ///   - index: the class.
  ///   - training: labels of the training images, row-major [M, C], positive where not 0.
  ///   - scores: of the test images, row-major [N, C].
  ///   - labels: of the test images, row-major [N, C], positive where not 0.
  ///   - classes: C.
  public init?(
    of index: Int, training: [Double], scores: [Double], labels: [Double], classes: Int
  ) {
    requireMatrix(scores, labels, classes: classes)
    require(training.count % classes == 0 && (0..<classes).contains(index), "labels of the classes")
    guard let (partner, shared, own) = Self.partner(of: index, training, classes) else {
      return nil
    }
    let rows = 0..<scores.count / classes
    func shows(_ row: Int, _ c: Int) -> Bool { labels[row * classes + c] > 0 }
    func measure(_ rows: [Int]) -> (ap: Double?, positives: Int) {
      let positives = rows.map { shows($0, index) }
      let count = positives.count { $0 }
      guard count >= Self.leastPositives else { return (nil, count) }
      return (
        averagePrecision(scores: rows.map { scores[$0 * classes + index] }, positives: positives),
        count
      )
    }
    (self.index, self.partner) = (index, partner)
    together = Double(shared) / Double(own)
    (ap, positives) = measure(Array(rows))
    (apWithout, positivesWithout) = measure(rows.filter { !shows($0, partner) })
  }

  /// The class that most often stands beside another, with the images of both and those of the class;
  /// of equally frequent ones the first. Nil when nothing stands beside it.
  private static func partner(
    of index: Int, _ training: [Double], _ classes: Int
  ) -> (partner: Int, shared: Int, own: Int)? {
    var (beside, own) = ([Int](repeating: 0, count: classes), 0)
    for row in stride(from: 0, to: training.count, by: classes) where training[row + index] > 0 {
      own += 1
      for other in 0..<classes where other != index && training[row + other] > 0 {
        beside[other] += 1
      }
    }
    let most = beside.max() ?? 0
    guard most > 0, let partner = beside.firstIndex(of: most) else { return nil }
    return (partner, most, own)
  }
}
