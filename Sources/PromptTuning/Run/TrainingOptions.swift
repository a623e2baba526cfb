// TrainingOptions - everything that decides the numbers of a run, as one value that is saved.
// SPDX-License-Identifier: Apache-2.0

import Tensors

/// Which parts of E6 are in the loss: the paper's ablation arms.
public enum EmbeddingTerm: String, Sendable, CaseIterable {
  /// No E6: prompt tuning with the classification loss alone.
  case none
  /// E6 with one fixed margin and no weights, torch's HingeEmbeddingLoss.
  case hinge
  /// + E4: margins by class count, no weights.
  case margin
  /// E5 without E4: a fixed margin, weights by class count.
  case weighted
  /// + E4 + E5: full LMPT (the released `softmargin`).
  case softmargin
}

/// Which epoch's prompts a run keeps.
public enum EpochSelection: String, Sendable, CaseIterable {
  /// Best mAP on held-out training images.
  case validation
  /// Best mAP on the test images: the released rule, which overstates.
  case test
  /// The last epoch.
  case last

  /// How outputs label a number that was chosen by this rule.
  public var label: String {
    switch self {
    case .validation: return "epoch chosen on a validation split of the training images"
    case .test: return "epoch chosen on the TEST images (released rule, overstates)"
    case .last: return "last epoch"
    }
  }
}

/// The options of a training run; defaults are those of the authors' published LMPT command.
///
/// The defaults of other methods: ``init(dataset:method:)``; names and ranges: ``table``.
public struct TrainingOptions: Sendable, Equatable {
  /// What is trained (`--method`).
  public var method = MethodKind.lmpt
  /// M, learnable context tokens per prompt (`--n_ctx`).
  public var contextCount = 16
  /// m, where the instance tokens begin (`--m_ctx`).
  public var split = 2
  /// Words that initialise the context; empty means random (`--ctx_init`).
  public var contextInit = ""
  /// Where the class name stands (`--class_token_position`).
  public var position = ClassTokenPosition.end
  /// Whether every class has a context of its own (`--csc`).
  public var sharing = ContextSharing.classSpecific
  /// The classification loss (`--loss_function`).
  public var loss = LossKind.dbl
  /// Which reading of the equations (`--variant`).
  public var reading = Reading.paper
  /// Which parts of E6 are in the loss (`--cseloss`).
  public var embedding = EmbeddingTerm.softmargin
  /// What E3 compares.
  public var alignment = CaptionAlignment.sentence
  /// How long captions are cut (`--captions`).
  public var captionCut = CaptionCut.tokens
  /// Whether the weights of E5 sum to 1 or average 1.
  public var weightNormalization = WeightNormalization.sum
  /// E5: the exponent of the inverse count.
  public var weightGamma = 2.0
  /// E4's constant, and the fixed margin of `hinge`.
  public var margin = 0.2
  /// Weight of the classification loss in E8 (`--lam`).
  public var lambda = 0.5
  /// E7: floor of the rebalancing weight.
  public var alpha = 0.1
  /// E7: steepness of the rebalancing weight.
  public var beta = 10.0
  /// E7: centre of the rebalancing weight (`--gamma`).
  public var mu = 0.3
  /// E7: scale of the negatives (`--neg_scale`).
  public var negativeScale = 5.0
  /// E7: scale of the class bias.
  public var kappa = 0.05
  /// Exponent of the focal term, in E7 and the other losses that have one.
  public var focal = 2.0
  /// ASL: focusing exponent of the negatives (`--gamma_neg`).
  public var gammaNegative = 4.0
  /// ASL: focusing exponent of the positives (`--gamma_pos`).
  public var gammaPositive = 0.0
  /// The update rule (`--optimizer`).
  public var optimizer = OptimizerKind.sgd
  /// Which images an epoch shows, and how often.
  public var sampling = Sampling.uniform
  /// LTML: weight of the branches' disagreement.
  public var consistency = 0.1
  /// Step size (`--lr`).
  public var learningRate = 5e-4
  /// SGD's momentum.
  public var momentum = 0.9
  /// Weight decay.
  public var weightDecay = 1e-4
  /// The learning-rate schedule.
  public var schedule = ScheduleKind.plateau
  /// Images per step (`--batch_size`).
  public var batch = 64
  /// Passes over the training images (`--epochs`).
  public var epochs = 50
  /// Seeds the context, the order and the mirroring (`--seed`).
  public var seed = 0
  /// Which epoch is kept.
  public var selection = EpochSelection.validation
  /// Share of the training images held out.
  public var validationFraction = 0.2
  /// What images are ranked by.
  public var scores = ScoreKind.softmax

  /// The defaults.
  public init() {}

  /// Whether training reads the images' captions, for E6 or in the place of images.
  public var readsCaptions: Bool { embedding != .none || method.learnsFromCaptions }

  /// By which rule the epoch is really chosen: without held-out images the last one is kept.
  public var effectiveSelection: EpochSelection {
    selection == .validation && validationFraction == 0 ? .last : selection
  }
}
