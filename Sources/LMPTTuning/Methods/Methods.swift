// Methods - the list of all methods; their options are found through it.
// SPDX-License-Identifier: Apache-2.0

extension Method {
  /// Every method.
  public static let all: [Method] = [
    .lmpt, .coop, .cocoop, .dualcoop, .taiDPT, .linearProbe, .ltml, .finetuneHead, .finetune,
    .taskRes, .clipAdapter, .logitAdjustment, .tipAdapter, .tipAdapterF,
    .lmclip, .ltGCN, .mlGCN, .cprfl, .mlcNC, .bbn, .oltr,
  ]
}

extension AnyTrainingOption {
  /// What is trained (`--method`).
  public static var method: TrainingOption<Method> {
    TrainingOption(
      "method", Method.lmpt, group: .method,
      help: "what is trained; the defaults below are lmpt's, others start from their papers'")
  }
}
