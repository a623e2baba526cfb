// PredictorTests - the scores of every method from given tensors, against float64 PyTorch.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTMetrics
import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite("predictors against their PyTorch twins")
struct PredictorTests {
  private static let stored = Result { try PredictorFixture(Fixtures.root.path) }
  private static let cases = (try? stored.get().cases) ?? []

  private let twin: PredictorFixture

  init() throws { twin = try Self.stored.get() }

  /// Within the tolerance of the manifest, with its reason; not fifty times looser than needed.
  private func expectStored(
    _ found: Tensor, _ name: String, _ output: String, slack: Double = 50,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let ratio = try twin.ratio(found.values, name, output)
    #expect(ratio <= 1, "\(name)", sourceLocation: sourceLocation)
    #expect(ratio > 1 / slack, "\(name): \(ratio)", sourceLocation: sourceLocation)
  }

  @Test("every method and both readings of the prompts are among the cases")
  func coverage() {
    #expect(Set(Self.cases.map(\.options.method)) == Set(Method.all))
    #expect(Set(Self.cases.map(\.options.position)) == Set(ClassTokenPosition.allCases))
    #expect(Self.cases.contains { $0.options.reading == .released })
  }

  @Test("no stored image has unit length, and the given tensors are all the method has")
  func inputs() throws {
    for name in ["features", "places"] {
      let rows = try twin.tensor(name)
      let width = rows.shape[rows.rank - 1]
      let lengths = sum(rows * rows, axis: -1).values.map { $0.squareRoot() }
      #expect(lengths.count == rows.count / width && lengths.allSatisfy { abs($0 - 1) > 1e-3 })
      #expect((lengths.min() ?? 1) < 0.5 && (lengths.max() ?? 1) > 2)
    }
    for fixture in Self.cases where fixture.options.method != .finetune {
      for name in try twin.method(fixture).names {
        #expect(twin.file["\(fixture.name)/given/\(name)"] != nil, "\(fixture.name) \(name)")
      }
    }
  }

  @Test("logits of stored features, places and pixels", arguments: cases)
  func logits(fixture: PredictorFixture.Case) throws {
    let predict = try twin.method(fixture).predictor()
    // A linear layer alone rounds less than two towers.
    let slack = fixture.options.method.tunesPrompts ? 50.0 : 200
    try expectStored(predict(try twin.images()), "\(fixture.name)/logits", "logits", slack: slack)
  }

  @Test("a method that is asked twice says the same, and of one image what it says of many")
  func rows() throws {
    let images = try twin.images()
    for fixture in Self.cases {
      let predict = try twin.method(fixture).predictor()
      let all = try predict(images)
      let alone = try (0..<images.features.shape[0]).map { row in
        try predict(
          ImageBatch(
            features: images.features.slice(row..<row + 1),
            places: images.places?.slice(row..<row + 1),
            pixels: images.pixels?.slice(row..<row + 1)))
      }
      let largest = Double(all.values.map { abs($0) }.max() ?? 0)
      // A product of one row may be summed in another order: a few roundings.
      expectClose(
        concatenate(alone).values, all.values, atol: 2e-6 * largest, rtol: 0, fixture.name)
    }
  }

  @Test("a table's logits, in groups and in any order of its rows", arguments: cases)
  func table(fixture: PredictorFixture.Case) throws {
    let images = try twin.images()
    let count = images.features.shape[0]
    var table = ImageTable(features: images.features, count: count)
    switch fixture.options.method.sees {
    case .features: break
    case .places: table.places = { [places = images.places] in places?.gather($0) ?? Tensor(0) }
    case .pixels: table.pixels = { [pixels = images.pixels] in pixels?.gather($0) ?? Tensor(0) }
    }
    let predict = try twin.method(fixture).predictor()
    let (expected, classes) = (try twin.doubles("\(fixture.name)/logits"), twin.classNames.count)
    let largest = expected.map { abs($0) }.max() ?? 0
    // More rows than a group has, in an order that no group keeps.
    let rows = (0..<135).map { $0 * 5 % count }
    expectClose(
      try table.logits(rows, predict).values.map(Double.init),
      rows.flatMap { expected[$0 * classes..<($0 + 1) * classes] }, atol: 4e-6 * largest, rtol: 0)
    expectClose(
      try table.logits(predict).values.map(Double.init), expected, atol: 4e-6 * largest, rtol: 0)
    #expect(try table.logits([], predict).shape == [0, classes])
  }

  @Test("scores of pictures in every kind, and their metrics", arguments: cases)
  func pictures(fixture: PredictorFixture.Case) throws {
    let z = try twin.method(fixture).predictor()(twin.shown(fixture.options))
    // Two towers and heads of a few hundred numbers leave some methods near exact.
    try expectStored(z, "\(fixture.name)/pictures", "pictures", slack: 500)
    let counts = try twin.tensor("counts").values.map { Int($0) }
    for kind in ScoreKind.allCases {
      let name = "\(fixture.name)/\(kind.rawValue)"
      let evaluation = try Evaluation(
        logits: z, labels: try twin.tensor("labels"), counts: counts, kind: kind)
      let output = kind == .logit ? "pictures" : "probabilities"
      #expect(try twin.ratio(evaluation.scores.values, name, output) <= 1, "\(name)")
      // Absent where a logistic function saturates, so that single precision may rank otherwise.
      guard twin.file["\(name)/ap"] != nil else { continue }
      try expectMetrics(evaluation, name)
    }
  }

  /// The metrics of scikit-learn; the ranks are the same, so that only sums are rounded.
  private func expectMetrics(
    _ evaluation: Evaluation, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    expectClose(
      evaluation.map.perClass, try twin.doubles("\(name)/ap"), atol: 1e-12, rtol: 0, name,
      sourceLocation: sourceLocation)
    let groups = [ClassGroup.head, .medium, .tail].map { evaluation.map.groups[$0] ?? .nan }
    let said = evaluation.predictions
    expectClose(
      [evaluation.map.total] + groups + [
        said.classPrecision, said.classRecall, said.classF1, said.overallPrecision,
        said.overallRecall, said.overallF1,
      ], try twin.doubles("\(name)/metrics"), atol: 1e-12, rtol: 0, name,
      sourceLocation: sourceLocation)
  }

  @Test("ties, a score of exactly the threshold, and a class without positives")
  func ties() throws {
    let evaluation = try Evaluation(
      logits: try twin.tensor("ties/scores"), labels: try twin.tensor("ties/labels"),
      counts: try twin.tensor("counts").values.map { Int($0) }, kind: .logit)
    #expect(evaluation.scores.values.contains(0.3))
    try expectMetrics(evaluation, "ties")
  }

  @Test("zero-shot CLIP from one text, eighty, and the released cut")
  func zeroShot() throws {
    let mini = try CLIPModel.load(path: Fixtures.path("mini/clip.safetensors"))
    for set in TemplateSet.allCases {
      try expectStored(try twin.zeroShot(set, mini), "zero-shot/\(set.rawValue)", "logits")
    }
  }

  @Test("the replay of an installed program compares all of it")
  func replay() {
    let result = twin.replay()
    #expect(result.failed == 0, "\(result.failures)")
    #expect(result.cases == 2 * Self.cases.count + 3 && result.worst > 0.02)
  }
}

extension PredictorFixture.Case: CustomTestStringConvertible {
  /// The name of the case.
  public var testDescription: String { name }
}
