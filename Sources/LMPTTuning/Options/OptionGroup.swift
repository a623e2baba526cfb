// OptionGroup - which options mean something together; a method says which groups it understands.
// SPDX-License-Identifier: Apache-2.0

/// Options that mean something to the same methods.
package enum OptionGroup: Sendable {
  /// What is trained.
  case method
  /// The learnable context and where it stands.
  case context
  /// E3 to E6, and the weight that E8 gives them.
  case embedding
  /// The classification loss and its constants.
  case loss
  /// How tensors move: the update rule, its rate, and how many steps.
  case optimizer
  /// Samples, seeds, and what is kept and measured.
  case training
  /// What one method alone reads.
  case own
  /// Constants of losses and samplings that came after the first version.
  case added
  /// Constants that runs leave as published; `lmpt equation` sets them, and no table lists them.
  case equation

  /// Whether files of an older version may lack its options, which then have their declared values.
  var isOpen: Bool { self == .own || self == .added }
}

extension Set<OptionGroup> {
  /// What methods that tune prompts understand.
  package static let prompts: Self = classifier.union([.context, .embedding])
  /// What methods without prompts understand.
  package static let classifier: Self = [
    .method, .loss, .optimizer, .training, .own, .added,
  ]
}
