// Losses - the list of all losses; their options are found through it.
// SPDX-License-Identifier: Apache-2.0

extension Loss: Named {
  /// Every loss.
  ///
  /// The first eleven are the values of the released `--loss_function`; the released program has no
  /// code for seven of them, whose settings stand in a fragment that cannot be imported.
  public static let all: [Loss] = [
    .asl, .bce, .dbl, .mls, .focal, .classBalanced, .rebalancedFocal, .negativeTolerantFocal,
    .balancedWithoutFocal, .classBalancedNegativeTolerant, .balancedText,
    .softmax, .ldam, .inverse, .squareRootInverse, .ranking, .balancedAsymmetric,
  ]
}

extension AnyTrainingOption {
  /// The classification loss (`--loss_function`).
  public static var loss: TrainingOption<Loss> {
    TrainingOption(
      "loss_function", Loss.dbl, placeholder: "NAME", aliases: ["loss"], group: .loss,
      tag: "L-name",
      help: "the classification loss: " + Loss.all.map(\.name).joined(separator: ", "))
  }
}
