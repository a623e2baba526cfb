// LMPT - the paper's method, and CoOp, which is the same without E6.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

extension Method {
  /// The paper's: prompts tuned on E8 (Xia et al., 2023).
  ///
  ///     L    = lambda E7(z, y) + (1 - lambda) E6(d, y)
  ///     z_ki = s <f_k, g_i>                         E2, g_i the feature of class i's prompt (E1)
  ///     d_ki = 1 - cos(e_k, g_i)                    E3, e_k the feature of image k's caption
  public static let lmpt = Method(
    "lmpt", title: "LMPT", source: "Xia et al., 2023", options: .prompts,
    search: .usual.and(
      .choice(.lambda, [0.1, 0.5, 0.9]), .choice(.sharing, [.classSpecific, .shared])),
    isContext: true, defaults: { _, _ in }, make: makeTuner)

  /// Prompts tuned on a classification loss alone.
  ///
  ///     L = -1/B sum_k 1/|y_k| sum_i y_ki log softmax(z_k)_i,    z as in LMPT, one context for all
  public static let coop = Method(
    "coop", title: "CoOp", source: "Zhou et al., IJCV 2022", options: .prompts,
    search: .usual.and(.choice(.sharing, [.shared, .classSpecific])), isContext: true,
    defaults: { options, _ in
      (options.loss, options.sharing, options.embedding) = (.softmax, .shared, .none)
      (options.learningRate, options.weightDecay) = (2e-3, 5e-4)
      (options.schedule, options.batch, options.epochs) = (.warmupCosine, 32, 50)
    }, make: makeTuner)

  private static func makeTuner(_ parts: inout MethodParts) throws -> PromptTuner {
    PromptTuner(
      try parts.prompts(), scale: parts.model.logitScale, objective: try parts.objective())
  }
}

extension PromptTuner {
  /// LMPT at its start.
  ///
  /// - Parameters:
  ///   - model: the frozen CLIP model.
  ///   - classes: the classes of the images trained on.
  ///   - options: everything that decides the numbers.
  ///   - classification: a loss in the place of the one that the options name.
  /// - Throws: what the equations throw for these counts and options.
  public init(
    model: CLIPModel, classes: TrainingClasses, options: TrainingOptions,
    classification: LossFunction? = nil
  ) throws {
    var parts = MethodParts(
      model: model, classes: classes, options: options, classification: classification)
    self.init(try parts.prompts(), scale: model.logitScale, objective: try parts.objective())
  }
}
