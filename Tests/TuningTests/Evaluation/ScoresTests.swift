// ScoresTests - from logits to AP and F1 against torch and scikit-learn: ties, thresholds, groups.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTTuning
import LMPTSupport
import LMPTTensors
import Testing

@Suite("evaluation of logits")
struct ScoresTests {
  private let fixture: FixtureTensors

  init() throws { fixture = try FixtureTensors("selection/evaluation.safetensors") }

  private func evaluate(_ kind: ScoreKind, counts: [Int] = [100, 99, 20, 19]) throws -> Evaluation {
    try Evaluation(
      logits: Tensor(try fixture.floats("\(kind.rawValue).logits"), shape: [90, 4]),
      labels: Tensor(try fixture.floats("labels"), shape: [90, 4]), counts: counts, kind: kind)
  }

  private func all(_ metrics: PredictionMetrics) -> [Double] {
    [
      metrics.classPrecision, metrics.classRecall, metrics.classF1, metrics.overallPrecision,
      metrics.overallRecall, metrics.overallF1,
    ]
  }

  @Test(
    "AP with tied images, and labels above the default threshold of 0.3",
    arguments: ScoreKind.allCases)
  func scikitLearn(kind: ScoreKind) throws {
    let evaluation = try evaluate(kind)
    #expect(evaluation.kind == kind)
    // Sums of ratios in Double on both sides; no score is near another or near the threshold.
    expectClose(
      evaluation.map.perClass, try fixture.doubles("\(kind.rawValue).ap"), atol: 1e-12, rtol: 0)
    expectClose(
      all(evaluation.predictions), try fixture.doubles("\(kind.rawValue).summary"), atol: 1e-12,
      rtol: 0)
  }

  @Test("a class of 100 images is head, of 99 and of 20 medium, of 19 and of none tail")
  func groups() throws {
    let evaluation = try evaluate(.logit)
    let ap = evaluation.map.perClass
    #expect(evaluation.map.groups[.head] == ap[0])
    #expect(evaluation.map.groups[.medium] == (ap[1] + ap[2]) / 2)
    #expect(evaluation.map.groups[.tail] == ap[3])
    #expect(try evaluate(.logit, counts: [1000, 100, 100, 101]).map.groups.keys.count == 1)
    let expected: [(Double, ClassGroup)] = [
      (1e6, .head), (101, .head), (100, .head), (99.5, .medium), (99, .medium), (21, .medium),
      (20, .medium), (19.5, .tail), (19, .tail), (1, .tail), (0, .tail),
    ]
    for (count, group) in expected { #expect(ClassGroup(count: count) == group, "\(count)") }
  }

  @Test("scores: softmax over the classes of an image, each logit's logistic function, the logit")
  func kinds() {
    // ln 3 and 0: 3/4 and 1/4 together, 3/4 and 1/2 alone.
    let logits = Tensor([1.098_612_3, 0, 0, 0], shape: [2, 2])
    // Two roundings of single precision.
    let bound = 2.5e-7
    expectClose(ScoreKind.softmax.scores(logits).values, [0.75, 0.25, 0.5, 0.5], rtol: bound)
    expectClose(ScoreKind.sigmoid.scores(logits).values, [0.75, 0.5, 0.5, 0.5], rtol: bound)
    #expect(ScoreKind.logit.scores(logits).values == logits.values)
  }

  @Test("a threshold is strict, in the scores' single precision, and the caller's when given")
  func thresholds() throws {
    func recall(_ score: Float, threshold: Double? = nil) throws -> Double {
      let (logits, labels) = (Tensor([score], shape: [1, 1]), Tensor([1], shape: [1, 1]))
      let evaluation =
        try threshold.map {
          try Evaluation(logits: logits, labels: labels, counts: [1], kind: .logit, threshold: $0)
        } ?? Evaluation(logits: logits, labels: labels, counts: [1], kind: .logit)
      return evaluation.predictions.overallRecall
    }
    #expect(try recall(0.3) == 0 && recall(Float(0.3).nextUp) == 1)
    #expect(try recall(0.3, threshold: 0.299) == 1)
    #expect(try recall(-2, threshold: -2) == 0 && recall(-1.9, threshold: -2) == 1)
  }

  @Test func logitsLabelsAndCountsMustFit() {
    #expect(throws: ShapeError.self) {
      try Evaluation(
        logits: .zeros([2, 3]), labels: .ones([2, 2]), counts: [5, 5], kind: .logit)
    }
    #expect(throws: ShapeError.self) {
      try Evaluation(logits: .zeros([4]), labels: .ones([4]), counts: [5, 5], kind: .logit)
    }
  }

  @Test("scores that have no rank are refused, and nothing waits for them")
  func notFinite() throws {
    let infinite = errorCode {
      _ = try Evaluation(
        logits: Tensor([1, .infinity, 2, 3], shape: [2, 2]),
        labels: Tensor([1, 0, 0, 1], shape: [2, 2]),
        counts: [1, 1],
        kind: .softmax)
    }
    #expect(infinite == "run.not-finite")
    #expect(averagePrecision(scores: [.nan, .nan, 1], positives: [true, false, true]).isFinite)
  }
}
