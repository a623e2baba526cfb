// Prompts - tuned prompts with the frozen tower that reads them.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors

/// The prompts of all classes (E1) and the frozen text tower g.
public struct Prompts: Sendable {
  /// The prompts; their context is tuned.
  public var learner: PromptLearner
  /// The text tower.
  public let tower: TextTransformer

  /// Prompts and their tower.
  public init(_ learner: PromptLearner, tower: TextTransformer) {
    (self.learner, self.tower) = (learner, tower)
  }

  /// The context v.
  public var context: Tensor {
    get { learner.context }
    set { learner.context = newValue }
  }

  /// g(t), features of the prompts, shape [C, E]; what they have in common is computed once.
  public func features(_ prompts: Tensor) -> Tensor {
    tower(prompts, endPositions: learner.endPositions, sharedPrefix: learner.sharedPrefix)
  }

  /// Features of the prompts as they are, shape [C, E], without a tape.
  public func classFeatures() -> Tensor {
    var frozen = self
    frozen.context = context.detached
    return features(frozen.learner.prompts())
  }
}
