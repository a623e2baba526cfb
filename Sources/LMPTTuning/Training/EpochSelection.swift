// EpochSelection - which epoch's tensors a run keeps.
// SPDX-License-Identifier: Apache-2.0

/// Which epoch's prompts a run keeps.
public enum EpochSelection: String, Sendable, CaseIterable {
  /// Best mAP on held-out training images.
  case validation
  /// Best mAP on the test images: the released rule, which overstates.
  case test
  /// The last epoch.
  case last

  /// How outputs label a number that was chosen by this rule.
  package var label: String {
    switch self {
    case .validation: return "epoch chosen on a validation split of the training images"
    case .test: return "epoch chosen on the TEST images (released rule, overstates)"
    case .last: return "last epoch"
    }
  }
}

extension EpochSelection {
  /// The epoch that would be kept if the run ended now; nil where it is always the last.
  func best(of history: [EpochRecord]) -> EpochRecord? {
    func first(_ value: (EpochRecord) -> Double?) -> EpochRecord? {
      history.reduce(nil) { best, record in
        guard let found = value(record) else { return best }
        return found > best.flatMap(value) ?? -.infinity ? record : best
      }
    }
    return switch self {
    case .validation: first(\.validation)
    case .test: first(\.test)
    case .last: nil
    }
  }
}

extension AnyTrainingOption {
  /// Which epoch is kept.
  public static var selection: TrainingOption<EpochSelection> {
    TrainingOption(
      "select", EpochSelection.validation, group: .training, help: "which epoch is kept")
  }
  /// Share of the training images held out.
  public static var validationFraction: TrainingOption<Double> {
    TrainingOption(
      "validation", "SHARE", 0.2, in: 0...0.9, group: .training, help: "training images held out")
  }
}

extension TrainingOptions {
  /// By which rule the epoch is really chosen: without held-out images the last one is kept.
  package var effectiveSelection: EpochSelection {
    self.selection == .validation && self.validationFraction == 0 ? .last : self.selection
  }
}
