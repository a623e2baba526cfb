// RunDiagnostics - what explains a finished run's figures: class counts, moved prompts, partner classes.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTMetrics
import LMPTTensors

/// Three looks behind the mAP of a finished run.
public struct RunDiagnostics: Sendable, Equatable {
  /// AP on the test images over log10 of the training count; nil where all counts are alike.
  public let trend: CountTrend?
  /// How far the class features moved from zero-shot CLIP's; nil for a method that keeps none.
  public let shift: PromptShift?
  /// Each tail class with and without its most frequent partner, the rarest first; a class that
  /// always stands alone in training images is not among them.
  public let partners: [PartnerEffect]

  /// Measures a finished run on the test images.
  ///
  /// - Parameters:
  ///   - evaluation: the test images under the kept tensors.
  ///   - tuned: the kept class features, shape [C, E], if the method keeps some.
  ///   - dataset: the data set of the run.
  ///   - model: the frozen CLIP model.
  init(_ evaluation: Evaluation, tuned: Tensor?, dataset: LongTailDataset, model: CLIPModel) {
    let absent = Set(evaluation.map.absent)
    trend = CountTrend(
      ap: evaluation.map.perClass.enumerated().map { absent.contains($0) ? nil : $1 },
      counts: dataset.counts)
    // There is no shift where a class name is too long for the written prompt, or where a method of
    // one's own keeps another tensor under this name.
    shift = tuned.flatMap { tuned in
      guard let start = try? model.zeroShot(classNames: dataset.classNames) else { return nil }
      return try? PromptShift(
        tuned: tuned, zeroShot: start.classFeatures, groups: dataset.groups)
    }
    let training = dataset.multiHot(dataset.train).values.map(Double.init)
    let scores = evaluation.scores.values.map(Double.init)
    let labels = evaluation.labels.values.map(Double.init)
    partners = dataset.classNames.indices
      .filter { dataset.groups[$0] == .tail }
      .sorted { (dataset.counts[$0], $0) < (dataset.counts[$1], $1) }
      .compactMap {
        PartnerEffect(
          of: $0, training: training, scores: scores, labels: labels,
          classes: dataset.classNames.count)
      }
  }
}

extension RunDiagnostics {
  /// The same for log.txt, one look a line.
  func lines(_ classNames: [String]) -> [String] {
    var lines: [String] = []
    if let trend {
      let share = trend.explained.map { ", explains \(fixed($0 * 100, 1)) % of the variance" } ?? ""
      lines.append(
        "AP over log10 of the training count: slope \(fixed(trend.slope * 100, 1)) points\(share)")
    }
    if let shift {
      let parts = ClassGroup.allCases.compactMap { group in
        shift.groups[group].map { "\(group.rawValue) \(fixed($0, 3))" }
      }
      lines.append("class features moved from zero-shot: \(parts.joined(separator: ", "))")
    }
    for effect in partners {
      guard let ap = effect.ap, let without = effect.apWithout else { continue }
      lines.append(
        "AP of \(classNames[effect.index]) \(fixed(ap * 100, 1)), without "
          + "\(classNames[effect.partner]) in the picture \(fixed(without * 100, 1))")
    }
    return lines
  }

  /// The member `diagnostics` of metrics.json.
  func json(_ classNames: [String]) -> JSON {
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    let line = trend.map { trend -> JSON in
      [
        "slope": .number(trend.slope), "intercept": .number(trend.intercept),
        "explained": number(trend.explained), "classes": .integer(trend.classes),
      ]
    }
    let moved = shift.map { shift -> JSON in
      .object(
        ClassGroup.allCases.map { ($0.rawValue, number(shift.groups[$0])) }
          + [("classes", .array(shift.perClass.map { .number($0) }))])
    }
    let company = partners.map { effect -> JSON in
      [
        "class": .string(classNames[effect.index]),
        "partner": .string(classNames[effect.partner]),
        "together": .number(effect.together), "ap": number(effect.ap),
        "positives": .integer(effect.positives), "ap_without": number(effect.apWithout),
        "positives_without": .integer(effect.positivesWithout),
      ]
    }
    return [
      "count_trend": line ?? .null, "prompt_shift": moved ?? .null, "partners": .array(company),
    ]
  }
}
