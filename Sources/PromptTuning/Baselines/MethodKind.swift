// MethodKind - the methods that can be trained, and what each starts from.
// SPDX-License-Identifier: Apache-2.0

/// The methods of `lmpt train --method`, all on the same features and under the same evaluation.
public enum MethodKind: String, Sendable, CaseIterable {
  /// The paper's: prompts tuned on E8.
  case lmpt
  /// Prompts tuned on a classification loss alone (Zhou et al., IJCV 2022).
  case coop
  /// Prompts that an image's feature shifts (Zhou et al., CVPR 2022).
  case cocoop
  /// A positive and a negative prompt per class, against places (Sun et al., NeurIPS 2022).
  case dualcoop
  /// Prompts tuned on captions as if they were images (Guo et al., CVPR 2023).
  case taiDPT = "tai-dpt"
  /// A linear classifier on frozen features.
  case linearProbe = "linear-probe"
  /// Two linear branches on two samplings of the images (Guo and Wang, CVPR 2021), adapted.
  case ltml
  /// The released `finetune_clip` as it runs by default: its linear layer alone.
  case finetuneHead = "finetune-head"
  /// The released `finetune_clip --from_scratch`: linear layer and image tower.
  case finetune

  /// How tables call it.
  public var title: String {
    switch self {
    case .lmpt: "LMPT"
    case .coop: "CoOp"
    case .cocoop: "CoCoOp"
    case .dualcoop: "DualCoOp"
    case .taiDPT: "TaI-DPT"
    case .linearProbe: "linear probe"
    case .ltml: "LTML on frozen features"
    case .finetuneHead: "fine-tuned head"
    case .finetune: "fine-tuned CLIP"
    }
  }

  /// Whether it tunes prompts, so that E6 and the options of the context mean something.
  public var tunesPrompts: Bool {
    switch self {
    case .lmpt, .coop, .cocoop, .dualcoop, .taiDPT: true
    case .linearProbe, .ltml, .finetuneHead, .finetune: false
    }
  }

  /// How a second batch beside each batch is drawn; nil for methods of one batch.
  public var secondSampling: Sampling? { self == .ltml ? .classAware : nil }

  /// Whether captions take the place of images, with every token's feature.
  public var learnsFromCaptions: Bool { self == .taiDPT }

  /// The file of a run folder with what the method learned.
  public var resultFile: String {
    tunesPrompts ? "prompts.safetensors" : "classifier.safetensors"
  }
}

/// Which training images an epoch shows, and how often.
public enum Sampling: String, Sendable, CaseIterable {
  /// Each once, in random order.
  case uniform
  /// Classes in turn and an image of the class: re-sampling, RS.
  case classAware = "class-aware"
}

extension TrainingOptions {
  /// The settings of a method as its authors published them, with the constants of a data set.
  ///
  /// LMPT's are those of the released command. Those of the other prompt methods are their own
  /// papers'; with which settings the compared papers ran them is not known.
  public init(dataset: String, method: MethodKind = .lmpt) {
    self.init()
    self.method = method
    if dataset == "coco-lt" {
      mu = 0.2
      negativeScale = 2
    }
    guard method != .lmpt else { return }
    embedding = .none
    switch method {
    case .lmpt: break
    case .coop:
      (loss, sharing, learningRate, weightDecay) = (.softmax, .shared, 2e-3, 5e-4)
      (schedule, batch, epochs) = (.warmupCosine, 32, 50)
    case .cocoop:
      (loss, sharing, learningRate, weightDecay) = (.softmax, .shared, 2e-3, 5e-4)
      (schedule, batch, epochs) = (.warmupCosine, 1, 10)
      (contextInit, contextCount) = ("a photo of a", 4)
    case .dualcoop:
      (loss, sharing, learningRate, weightDecay) = (.asl, .classSpecific, 1e-3, 1e-4)
      if dataset == "coco-lt" { learningRate = 2e-3 }
      (gammaNegative, gammaPositive) = (2, 1)
      (schedule, batch, epochs, scores) = (.cosine, 32, 50, .sigmoid)
    case .taiDPT:
      (loss, sharing, learningRate, weightDecay) = (.ranking, .shared, 1e-4, 5e-4)
      (schedule, batch, epochs, scores) = (.cosine, 512, 20, .logit)
    case .linearProbe, .ltml:
      (loss, optimizer, learningRate, scores) = (.bce, .adamw, 1e-3, .logit)
    case .finetuneHead:
      (reading, optimizer, learningRate, weightDecay) = (.released, .adamw, 1e-4, 1e-4)
      (batch, epochs) = (4, 100)
    case .finetune:
      (reading, optimizer, learningRate, weightDecay) = (.released, .adamw, 1e-4, 1e-5)
      (batch, epochs) = (4, 100)
    }
  }
}
