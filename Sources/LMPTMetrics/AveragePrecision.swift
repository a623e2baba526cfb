// AveragePrecision - AP and mAP as scikit-learn computes them.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Average precision of one class: sum over thresholds of (R_n - R_{n-1}) P_n, no interpolation.
///
/// Equal scores form one threshold, as in scikit-learn's `average_precision_score`. A class without
/// positives has AP 0 (scikit-learn 1.9). All arithmetic is in Double.
///
/// - Parameters:
///   - scores: one per image; must be finite (`Evaluation` checks).
///   - positives: whether each image shows the class.
/// - Returns: the average precision, in [0, 1].
public func averagePrecision(scores: [Double], positives: [Bool]) -> Double {
  require(scores.count == positives.count, "one label per score")
  let order = scores.indices.sorted { scores[$0] > scores[$1] }
  let total = positives.reduce(0) { $0 + ($1 ? 1 : 0) }
  guard total > 0 else { return 0 }
  var (truePositives, seen, previousRecall, area) = (0, 0, 0.0, 0.0)
  var index = 0
  while index < order.count {
    let threshold = scores[order[index]]
    // At least one step each time, because a NaN, which callers refuse, equals nothing.
    repeat {
      truePositives += positives[order[index]] ? 1 : 0
      seen += 1
      index += 1
    } while index < order.count && scores[order[index]] == threshold
    let recall = Double(truePositives) / Double(total)
    area += (recall - previousRecall) * Double(truePositives) / Double(seen)
    previousRecall = recall
  }
  return area
}

/// Precision and recall at every threshold, for a curve; the highest score first.
public func precisionRecallCurve(
  scores: [Double], positives: [Bool]
) -> [(recall: Double, precision: Double)] {
  require(scores.count == positives.count, "one label per score")
  let order = scores.indices.sorted { scores[$0] > scores[$1] }
  let total = positives.reduce(0) { $0 + ($1 ? 1 : 0) }
  guard total > 0 else { return [] }
  var truePositives = 0
  var points: [(recall: Double, precision: Double)] = []
  for (seen, index) in order.enumerated() {
    truePositives += positives[index] ? 1 : 0
    let isLast = seen + 1 == order.count || scores[order[seen + 1]] != scores[index]
    if isLast {
      points.append(
        (Double(truePositives) / Double(total), Double(truePositives) / Double(seen + 1)))
    }
  }
  return points
}

/// Mean average precision: of all classes and of each group.
public struct MeanAveragePrecision: Sendable, Equatable {
  /// AP of each class.
  public let perClass: [Double]
  /// Mean over all classes.
  public let total: Double
  /// Means over head, medium and tail classes; nil for a group without classes.
  public let groups: [ClassGroup: Double]
  /// Classes that no image shows: their AP of 0 is in every mean, and says nothing of the method.
  public let absent: [Int]

  /// Averages APs over all classes and over the groups by training counts.
  ///
  /// - Parameters:
  ///   - perClass: AP of each class.
  ///   - counts: training images per class.
  ///   - limits: where the groups begin.
  ///   - absent: classes that no image shows.
  public init(
    perClass: [Double], counts: [Double]?, limits: GroupLimits = .published, absent: [Int] = []
  ) {
    require(counts?.count ?? perClass.count == perClass.count, "one count per class")
    self.perClass = perClass
    self.absent = absent
    total = perClass.reduce(0, +) / Double(perClass.count)
    var groups: [ClassGroup: Double] = [:]
    if let counts {
      for group in ClassGroup.allCases {
        let members = zip(perClass, counts).filter {
          ClassGroup(count: $0.1, limits: limits) == group
        }
        guard !members.isEmpty else { continue }
        groups[group] = members.reduce(0) { $0 + $1.0 } / Double(members.count)
      }
    }
    self.groups = groups
  }

  /// Mean over the classes that an image shows; nil when there is none.
  public var ofPresent: Double? {
    let absent = Set(absent)
    let present = perClass.indices.filter { !absent.contains($0) }
    guard !present.isEmpty else { return nil }
    return present.reduce(0) { $0 + perClass[$1] } / Double(present.count)
  }

  /// The total minus the group means weighted by their numbers of classes: 0 but for rounding.
  ///
  /// For VOC-LT total = (6 head + 6 medium + 8 tail) / 20, a check of any row of a result table.
  ///
  /// - Parameters:
  ///   - counts: training images per class.
  ///   - limits: where the groups begin.
  /// - Returns: the difference; nil when a group with classes has no mean.
  package func checksum(counts: [Double], limits: GroupLimits = .published) -> Double? {
    var sum = 0.0
    let members = Dictionary(grouping: counts, by: { ClassGroup(count: $0, limits: limits) })
    for group in ClassGroup.allCases {  // in one order, for one sum
      guard let members = members[group] else { continue }
      guard let mean = groups[group] else { return nil }
      sum += mean * Double(members.count)
    }
    return total - sum / Double(counts.count)
  }

  /// mAP of scores against labels.
  ///
  /// - Parameters:
  ///   - scores: row-major [N, C].
  ///   - labels: row-major [N, C], positive where not 0.
  ///   - classes: C.
  ///   - counts: training images per class, for the groups.
  ///   - limits: where the groups begin.
  public init(
    scores: [Double], labels: [Double], classes: Int, counts: [Double]? = nil,
    limits: GroupLimits = .published
  ) {
    requireMatrix(scores, labels, classes: classes)
    let images = scores.count / classes
    var absent: [Int] = []
    let perClass = (0..<classes).map { c in
      let positives = (0..<images).map { labels[$0 * classes + c] > 0 }
      if !positives.contains(true) { absent.append(c) }
      return averagePrecision(
        scores: (0..<images).map { scores[$0 * classes + c] }, positives: positives)
    }
    self.init(perClass: perClass, counts: counts, limits: limits, absent: absent)
  }
}

/// Ends the program unless both are row-major [N, C].
func requireMatrix(_ scores: [Double], _ labels: [Double], classes: Int) {
  require(
    classes > 0 && scores.count % classes == 0 && labels.count == scores.count,
    "\(scores.count) scores and \(labels.count) labels of \(classes) classes")
}
