// TrainingTwin - the tiny CLIP of Fixtures/training, as the tests of E1 and A1 use it.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTuning
import LMPTSelfTest
import LMPTSupport
import LMPTTensors

extension TrainingFixture {
  /// The committed fixture.
  static func stored() throws -> TrainingFixture {
    try TrainingFixture(Fixtures.path("training"))
  }

  /// Prompts of its classes.
  func learner(
    _ start: ContextStart, sharing: ContextSharing = .shared,
    position: ClassTokenPosition = .end, reading: Reading = .paper
  ) throws -> PromptLearner {
    var generator = Generator(seed: 0)
    return try PromptLearner(
      classNames: classNames, start: start, sharing: sharing, position: position,
      reading: reading, tokenEmbedding: model.text.tokenEmbedding, tokenizer: try Tokenizer.clip(),
      generator: &generator)
  }
}
