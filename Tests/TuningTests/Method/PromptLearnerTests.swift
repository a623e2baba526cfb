// PromptLearnerTests - E1 against CoOp's concatenation in PyTorch.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct PromptLearnerTests {
  let twin: TrainingFixture

  init() throws { twin = try TrainingFixture.stored() }

  @Test(
    "prompts and their features are the twin's, at every position, in both readings",
    arguments: ClassTokenPosition.allCases, [Reading.paper, .released])
  func layouts(position: ClassTokenPosition, reading: Reading) throws {
    let learner = try twin.learner(.random(count: 3), position: position, reading: reading)
    let full = learner.prompts(.full)
    // The random context is torch's to 2 ulp of 0.02; everything else is copied.
    expectClose(
      full.values.map(Double.init),
      try twin.doubles("layout-\(position.rawValue)-\(reading.name)"), atol: 2e-8, rtol: 0)
    let feature = twin.model.text(learner.prompts(), endPositions: learner.endPositions)
    expectClose(
      feature.values.map(Double.init),
      try twin.doubles("feature-\(position.rawValue)-\(reading.name)"), atol: 3e-6, rtol: 2e-6)
  }

  @Test("the shortened prompts are the beginning of the full ones, and give the same gradient")
  func shortened() throws {
    let learner = try twin.learner(.random(count: 3), sharing: .classSpecific)
    let (short, full) = (learner.prompts(), learner.prompts(.full))
    #expect(short.shape == [5, learner.length, 64])
    #expect(full.shape == [5, 77, 64])
    #expect(full.slice(0..<learner.length, axis: 1).values == short.values)
    let slopes = [short, full].map {
      gradient(
        of: sum(twin.model.text($0, endPositions: learner.endPositions)), in: learner.context)
    }
    #expect(slopes[0].values == slopes[1].values)
  }

  @Test(
    "what all prompts share is computed once, with the features and the gradient of the long way",
    arguments: ClassTokenPosition.allCases, ContextSharing.allCases)
  func sharedPrefix(position: ClassTokenPosition, sharing: ContextSharing) throws {
    let learner = try twin.learner(.random(count: 4), sharing: sharing, position: position)
    // The start token, and of a shared context what stands before the class names.
    let expected: [ClassTokenPosition: Int] = [.end: 5, .middle: 3, .front: 1]
    #expect(learner.sharedPrefix == (sharing == .shared ? expected[position] : 1))
    let results = [0, learner.sharedPrefix].map { shared in
      let features = twin.model.text(
        learner.prompts(), endPositions: learner.endPositions, sharedPrefix: shared)
      return (features, gradient(of: sum(features * features), in: learner.context))
    }
    // Other shapes of the same products: their sums are rounded in another order.
    expectClose(results[1].0.values, results[0].0.values, atol: 2e-6, rtol: 1e-5)
    let largest = Double(results[0].1.values.map { abs($0) }.max() ?? 0)
    #expect(largest > 0)
    expectClose(results[1].1.values, results[0].1.values, atol: 4e-6 * largest, rtol: 1e-5)
  }

  @Test("moving only the first token of a name differs from moving all of it")
  func readingsDiffer() throws {
    let paper = try twin.learner(.random(count: 2), position: .front)
    let released = try twin.learner(.random(count: 2), position: .front, reading: .released)
    let (a, b) = (paper.prompts(), released.prompts())
    let equal = (0..<5).map { a.slice($0..<$0 + 1).values == b.slice($0..<$0 + 1).values }
    #expect(equal == [false, false, true, false, true])  // names of 2, 3, 1, 2, 1 tokens
  }

  @Test("each class reads its own context, and a shared one is every class's")
  func ownContext() throws {
    let own = try twin.learner(.random(count: 3), sharing: .classSpecific)
    let prompts = own.prompts()
    for index in 0..<5 {
      let found = prompts.slice(index..<index + 1).slice(1..<4, axis: 1).values
      #expect(found == own.context.slice(index..<index + 1).values, "class \(index)")
    }
    let shared = try twin.learner(.random(count: 3))
    for index in 0..<5 {
      let found = shared.prompts().slice(index..<index + 1).slice(1..<4, axis: 1).values
      #expect(found == shared.context.values, "class \(index)")
    }
  }

  @Test("words start the context: a token each, copied per class if asked, shared as released")
  func words() throws {
    let shared = try twin.learner(.words("a photo of a"))
    #expect(shared.context.shape == [4, 64])
    #expect(shared.context.values == twin.model.text.embed([320, 1125, 539, 320]).values)
    let own = try twin.learner(.words("a photo of a"), sharing: .classSpecific)
    #expect(own.context.shape == [5, 4, 64])
    #expect(own.prompts().values == shared.prompts().values)
    let released = try twin.learner(
      .words("a photo of a"), sharing: .classSpecific, reading: .released)
    #expect(released.context.shape == [4, 64])
    // "diningtable" has three tokens: one word to the released code.
    #expect(try twin.learner(.words("a diningtable")).contextCount == 4)
    #expect(try twin.learner(.words("a diningtable"), reading: .released).contextCount == 2)
  }

  @Test("permuting the classes permutes the prompts")
  func permutation() throws {
    var generator = Generator(seed: 1)
    func prompts(_ names: [String]) throws -> Tensor {
      try PromptLearner(
        classNames: names, start: .words("a photo of a"), position: .middle,
        tokenEmbedding: twin.model.text.tokenEmbedding, tokenizer: try Tokenizer.clip(),
        generator: &generator
      ).prompts()
    }
    let forward = try prompts(twin.classNames)
    let backward = try prompts(twin.classNames.reversed())
    #expect(backward.gather([4, 3, 2, 1, 0]).values == forward.values)
  }

  @Test("the tower runs to the longest prompt's end and no further")
  func promptLength() throws {
    // [SOT] X X X dining table . [EOT]; the name has three tokens.
    let learner = try twin.learner(.random(count: 3))
    #expect(learner.length == 9 && learner.endPositions.max() == 8)
    #expect(throws: MethodError.self) { try twin.learner(.random(count: 78)) }
    for split in [-1, 3] {
      #expect(throws: MethodError.noInstanceTokens(offset: split, context: 3)) {
        try learner.instanceTokens(offset: split)
      }
    }
    let own = try twin.learner(.random(count: 3), sharing: .classSpecific)
    let last = try own.instanceTokens(offset: 2)
    #expect(last.values == own.context.slice(2..<3, axis: 1).values)
    let shared = try learner.instanceTokens(offset: 1)
    #expect(shared.shape == [5, 2, 64])
    #expect(shared.slice(4..<5).values == learner.context.slice(1..<3).values)
  }

  @Test("a prompt that does not fit, and a split without instance tokens, are errors")
  func hostile() throws {
    #expect(throws: TokenizerError.self) { try twin.learner(.random(count: 75)) }
    #expect(throws: MethodError.self) { try twin.learner(.random(count: -1)) }
    let learner = try twin.learner(.random(count: 4))
    #expect(throws: MethodError.noInstanceTokens(offset: 4, context: 4)) {
      try learner.instanceTokens(offset: 4)
    }
    #expect(try twin.learner(.random(count: 0)).prompts().shape[0] == 5)
  }
}
