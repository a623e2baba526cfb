// ShownScores - how `lmpt predict` shows a score: as it was asked for, over the threshold, or as a logit.
// SPDX-License-Identifier: Apache-2.0

import LMPTReports
import LMPTTuning

/// How the scores of a picture are shown.
///
/// A softmax gives shares that sum to 1. Several labels may be right, so shares are shown only where
/// somebody asks for them.
enum ShownScores {
  /// The scores themselves, of the kind that was asked for.
  case asked(ScoreKind)
  /// A score as a multiple of the threshold: above 1 the class is a label.
  case multiple(threshold: Double)
  /// The logit, which ranks.
  case logit

  /// - Parameters:
  ///   - asked: what `--scores` names.
  ///   - kind: what the threshold compares.
  ///   - threshold: the score above which a class is a label; nil where scores only rank.
  init(asked: ScoreKind?, kind: ScoreKind, threshold: Double?) {
    if let asked {
      self = .asked(asked)
    } else if let threshold, threshold > 0, kind != .logit {
      self = .multiple(threshold: threshold)
    } else {
      self = .logit
    }
  }

  /// The number of a class.
  func number(score: Double, logit: Double) -> String {
    switch self {
    case .asked: fixed(score, 4)
    case .multiple(let threshold): fixed(score / threshold, 2)
    case .logit: fixed(logit, 2)
    }
  }

  /// The length of its bar, in [0, 1]; nil for a logit, which has no length that means anything.
  func bar(score: Double) -> Double? {
    switch self {
    case .asked(.logit), .logit: nil
    case .asked: score
    // Half a bar at the threshold.
    case .multiple(let threshold): score / (score + threshold)
    }
  }

  /// What the numbers are; nil where they were asked for by name.
  func legend(threshold: Double?) -> String? {
    switch self {
    case .asked: nil
    case .multiple(let threshold):
      "Each number is the score divided by the threshold, \(NumberText.significant(threshold, 3)): "
        + "above 1 the class is a label."
    case .logit:
      "The numbers are logits. "
        + (threshold.map { "A label has a score above \(NumberText.significant($0, 3))." }
          ?? "They rank the classes of a picture and are no probabilities.")
    }
  }

  /// What a page calls them.
  var name: String {
    switch self {
    case .asked(let kind): kind.rawValue
    case .multiple: "score over threshold"
    case .logit: "logit"
    }
  }
}
