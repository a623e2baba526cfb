// CornerCaseTests - worked examples where a formula meets its end: zeros, overflow, cut texts.
// SPDX-License-Identifier: Apache-2.0

import CLIP
import Foundation
import Support
import Tensors
import Testing

@testable import PromptTuning

@Suite struct CornerCaseTests {
  @Test("E2: a zero feature has logit 0 and no gradient, whatever its length a feature has z")
  func zeroFeature() throws {
    let texts = Tensor([3, 4, 0, 2], shape: [2, 2])
    let images = Tensor([0, 0, 5, 0, 0.1, 0], shape: [3, 2]).tracked()
    let z = try logits(images, texts, scale: 10)
    expectClose(z.values, [0, 0, 6, 0, 6, 0], atol: 1e-6, rtol: 0)
    let slope = gradient(of: sum(z), in: images)
    #expect(slope.isFinite && Array(slope.values[0..<2]) == [0, 0])
  }

  @Test("E3-tokens: where the prompt has more instance tokens than the caption has words")
  func shortCaption() throws {
    // [SOT, a, b] against v_1 v_2 v_3: a meets v_1, b meets v_2, nothing meets v_3.
    let caption = Tensor([9, 9, 1, 0, 0, 1], shape: [1, 3, 2])
    let instance = Tensor([1, 0, 1, 0, 7, 7], shape: [1, 3, 2])
    let d = try captionDistance(tokens: caption, lengths: [3], instance: instance)
    #expect(d.values == [0.5])  // distances 0 and 1
    // A caption of two tokens has its end alone to compare.
    #expect(try captionDistance(tokens: caption, lengths: [2], instance: instance).values == [0])
  }

  @Test("E5 does not overflow, on either side of gamma 0")
  func extremeCounts() throws {
    #expect(try classWeight(Tensor([1, 1e30]), gamma: 20).values == [1, 0])
    #expect(try classWeight(Tensor([1e3, 1e30]), gamma: 100).values == [1, 0])
    #expect(try classWeight(Tensor([1, 1e30]), gamma: -20).values == [0, 1])
    #expect(try classWeight(Tensor([1, 3]), gamma: -1).values == [0.25, 0.75])
    // With counts that underflow, the one that does not has weight 0: 1/0 is in the sum.
    let omega = try classWeight(OracleTests.counts, counts: .softmax).values
    #expect(omega[14] == 0)
  }

  @Test("E8: lambda 0 and 1 leave one loss alone, even when the other is not a number")
  func oneLoss() throws {
    #expect(try objective(3, Tensor(.nan), lambda: 1).item == 3)
    #expect(try objective(Tensor(.nan), 4, lambda: 0).item == 4)
    #expect(try objective(Tensor(.nan), 4, lambda: 0.5).item.isNaN)
  }

  @Test("the resampling family by hand: weight of negatives, alpha, bias, factor")
  func resample() throws {
    let z = Tensor([0.5, -0.25], shape: [1, 2])
    let y = Tensor([1, 0], shape: [1, 2])
    func bce(_ t: Double) -> Double { log1p(exp(-t)) }
    func wrong(_ t: Double) -> Double { 1 / (1 + exp(t)) }
    // t = z + b for the positive; -lambda (z + b) for the negative, divided by lambda.
    let (p, q) = (0.5 + 0.1, -3 * (-0.25 - 0.2))
    let bias = Tensor([0.1, -0.2])
    func loss(
      _ weight: Tensor?, _ gamma: Double?, _ reading: Reading, alpha: Double = 0.5
    ) throws -> Double {
      Double(
        try resampleLoss(
          z, labels: y, weight: weight, bias: bias, lambda: 3, gamma: gamma, alpha: alpha,
          factor: 4, reading: reading
        ).item)
    }
    let weight = Tensor([2, 5])
    let found = [
      try loss(nil, nil, .paper), try loss(nil, nil, .released), try loss(weight, nil, .released),
      try loss(nil, 1.5, .paper, alpha: 0.25),
    ]
    let (positive, negative): (Double, Double) = (bce(p), bce(q) / 3)
    let focal: Double = 0.25 * pow(wrong(p), 1.5) * positive + 0.75 * pow(wrong(q), 1.5) * negative
    let expected: [Double] = [
      2 * (positive + negative), 2 * (positive + 3 * negative), 2 * (2 * positive + 5 * negative),
      2 * focal,
    ]
    // Single precision: a few roundings.
    expectClose(found, expected, atol: 0, rtol: 1e-6)
  }

  @Test("class-balanced weights: beta 0 weighs nothing, images without positives 1 - beta")
  func classBalanced() throws {
    let n = Tensor([4, 30])
    let y = Tensor([0, 0, 1, 1], shape: [2, 2])
    for mode in ClassBalancing.allCases {
      let ones = try classBalancedWeight(y, counts: n, beta: 0, mode: mode)
      #expect(ones.shape == (mode == .byClass ? [2] : [2, 1]) && ones.values == [1, 1])
      guard mode != .byClass else { continue }
      let weight = try classBalancedWeight(y, counts: n, beta: 0.75, mode: mode).values[0]
      #expect(abs(weight - 0.25) < 1e-7)
    }
  }

  @Test("released words: one per space, padding where they are more than tokens; none is one")
  func releasedWords() throws {
    let twin = try TrainingFixture.stored()
    func embed(_ ids: [Int32]) -> Tensor { twin.model.text.embed(ids) }
    let wide = try twin.learner(.words("a   photo"), reading: .released)
    // Three spaces make four words of a row that holds a, photo, end, padding.
    #expect(wide.context.values == embed([320, 1125, 49407, 0]).values)
    #expect(try twin.learner(.words("a   photo")).contextCount == 2)
    for (text, paper, released) in [("", 0, 1), ("a diningtable", 4, 2), ("traffic_light", 2, 2)] {
      let start = ContextStart.words(text)
      #expect(try start.count(reading: .paper) == paper)
      #expect(try start.count(reading: .released) == released)
      #expect(try twin.learner(start).contextCount == paper)
      #expect(try twin.learner(start, reading: .released).contextCount == released)
    }
    #expect(try ContextStart.random(count: 5).count(reading: .released) == 5)
  }

  @Test("E1: the tower runs to the longest prompt's end and no further")
  func promptLength() throws {
    let twin = try TrainingFixture.stored()
    // [SOT] X X X dining table . [EOT]; the name has three tokens.
    let learner = try twin.learner(.random(count: 3))
    #expect(learner.length == 9 && learner.endPositions.max() == 8)
    #expect(throws: MethodError.self) { try twin.learner(.random(count: 78)) }
    for split in [-1, 3] {
      #expect(throws: MethodError.noInstanceTokens(split: split, context: 3)) {
        try learner.instanceTokens(split: split)
      }
    }
    let own = try twin.learner(.random(count: 3), sharing: .classSpecific)
    let last = try own.instanceTokens(split: 2)
    #expect(last.values == own.context.slice(2..<3, axis: 1).values)
    let shared = try learner.instanceTokens(split: 1)
    #expect(shared.shape == [5, 2, 64])
    #expect(shared.slice(4..<5).values == learner.context.slice(1..<3).values)
  }

  @Test("captions are cut by code points, as Python cuts; a batch keeps its rows together")
  func captions() throws {
    let twin = try TrainingFixture.stored()
    let (tokenizer, tower) = (try Tokenizer.clip(), twin.model.text)
    // A flag is one character of two code points: 75 of them leave half a flag.
    let flags = String(repeating: "\u{1F1EB}\u{1F1F7}", count: 60)
    let kept = String(String.UnicodeScalarView(flags.unicodeScalars.prefix(75)))
    let cut = try Captions(
      [flags], alignment: .tokens, cut: .characters, tokenizer: tokenizer, tower: tower)
    let expected = try tokenizer.tokenize(kept, contextLength: 77, truncate: .toFit)
    #expect(cut.tokens == [expected])
    let whole = try Captions(
      twin.captions, alignment: .sentence, detail: .everyToken, tokenizer: tokenizer, tower: tower)
    let some = whole.batch([3, 0, 3])
    #expect(some.tokens == [3, 0, 3].map { whole.tokens[$0] })
    let (features, words) = (try #require(whole.features), try #require(whole.words))
    #expect(some.features?.values == features.gather([3, 0, 3]).values)
    #expect(some.words?.values == words.gather([3, 0, 3]).values)
    // Padded with id 0, cut to the length asked for.
    let rows = some.embeddings(tower, length: 4)
    let padding = [Int32](repeating: 0, count: 4)
    let ids = some.tokens.flatMap { tokens -> [Int32] in Array((tokens + padding).prefix(4)) }
    #expect(rows.values == tower.embed(ids).values && rows.shape == [3, 4, 64])
  }

  @Test("a batch with fewer captions than images is an error; kept text features predict")
  func tuner() throws {
    let twin = try TrainingFixture.stored()
    let run = try #require(twin.runs.first { $0.name == "sentence" })
    let (tuner, captions) = try twin.start(run)
    let (features, labels) = try twin.batch(0)
    #expect(throws: ShapeError.self) {
      try tuner.losses(
        of: TrainingBatch(
          images: ImageBatch(features: features), labels: labels,
          captions: captions.batch([0, 1])))
    }
    let kept = tuner.derived
    #expect(kept.map(\.name) == ["text_features"])
    let z = try tuner.predictor()(ImageBatch(features: features))
    #expect(try logits(features, kept[0].value, scale: twin.model.logitScale).values == z.values)
  }
}

@Suite("the plateau by hand")
struct PlateauTests {
  private func rates(
    _ metrics: [Double], mode: ScheduleMode = .max, rate: Double = 1, patience: Int = 0
  ) -> [Double] {
    var schedule = Schedule(
      .plateau, initialRate: rate, epochs: 9, mode: mode, patience: patience)
    var now = rate
    return metrics.map { metric in
      now = schedule.step(metric: metric, rate: now)
      return now
    }
  }

  @Test("an improvement below one in ten thousand is none")
  func threshold() {
    #expect(rates([1, 1.00005]) == [1, 0.1] && rates([1, 1.0002]) == [1, 1])
    #expect(rates([1, 0.99995], mode: .min) == [1, 0.1])
    #expect(rates([1, 0.9998], mode: .min) == [1, 1])
    #expect(rates([1, 1], mode: .min) == [1, 0.1])
  }

  @Test("patience counts epochs in a row and starts again after a drop")
  func patience() {
    #expect(rates([1, 0.5, 0.5, 1.1, 0.5, 0.5], patience: 2) == [1, 1, 1, 1, 1, 1])
    let dropped = rates([1, 0, 0, 0, 0, 0, 0], patience: 2)
    expectClose(dropped, [1, 1, 1, 0.1, 0.1, 0.1, 0.01], atol: 0, rtol: 1e-15)
  }

  @Test("never below 1e-7, and no change below 1e-8")
  func floor() {
    #expect(rates([1, 0, 0], rate: 5e-7) == [5e-7, 1e-7, 1e-7])
    #expect(rates([1, 0], rate: 1.05e-7) == [1.05e-7, 1.05e-7])
    #expect(rates([1, 0], rate: 1.2e-7) == [1.2e-7, 1e-7])
  }

  @Test("a cosine ends at 0, a constant never changes, no epochs divide nothing")
  func others() {
    var cosine = Schedule(.cosine, initialRate: 2, epochs: 2)
    let found = [cosine.step(metric: 0, rate: 2), cosine.step(metric: 0, rate: 1)]
    expectClose(found, [1, 0], atol: 1e-15, rtol: 0)
    var constant = Schedule(.constant, initialRate: 2, epochs: 2)
    #expect(constant.step(metric: 0, rate: 0.3) == 0.3)
    var empty = Schedule(.cosine, initialRate: 2, epochs: 0)
    #expect(empty.step(metric: 0, rate: 2).isFinite)
  }
}
