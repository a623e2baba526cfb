// LogitAdjustmentTests - zero-shot CLIP adjusted by how often each class is seen.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTCLIP
import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct LogitAdjustmentTests {
  /// Scores of the twin's images for class counts, and zero-shot CLIP's.
  private func scores(counts: [Int], strength: Double) throws -> (adjusted: Tensor, plain: Tensor) {
    let twin = try MethodTwin()
    var options = TrainingOptions(dataset: "voc-lt", method: .logitAdjustment)
    options.priorStrength = strength
    let names = twin.classes.names
    let method = try options.makeMethod(
      model: twin.training.model,
      classes: TrainingClasses(names: names, counts: counts, images: 100))
    let images = ImageBatch(features: twin.images.features)
    let zeroShot = try twin.training.model.zeroShot(classNames: names.map(spaced))
    return (try method.predictor()(images), try zeroShot(images.features))
  }

  @Test("by hand: five classes with 1, 2, 4, 8 and 1 of sixteen labels")
  func example() throws {
    let (z, plain) = try scores(counts: [1, 2, 4, 8, 1], strength: 0.5)
    let shares = [4, 3, 2, 1, 4].map { 0.5 * Float($0) * Float(2).logarithm }
    for (row, start) in stride(from: 0, to: z.count, by: 5).enumerated() {
      let expected = (0..<5).map { plain[row, $0] + shares[$0] }
      // One rounding of a logit of some ten.
      expectClose(Array(z.values[start..<start + 5]), expected, atol: 2e-6, rtol: 1e-6)
    }
  }

  @Test(
    "six batches give the PyTorch twin's losses", arguments: MethodTwinRun.of(.logitAdjustment))
  func sixSteps(run: MethodTwinRun) throws { try expectSixSteps(run) }

  @Test("classes seen alike, or no strength, rank as zero-shot CLIP")
  func neutral() throws {
    let (none, plain) = try scores(counts: [1, 90, 3, 40, 7], strength: 0)
    #expect(none.values == plain.values)
    let (alike, other) = try scores(counts: [3, 3, 3, 3, 3], strength: 2)
    expectClose(
      softmax(alike).values, softmax(other).values, atol: 2e-6, rtol: 1e-5)  // a rounding of z
  }

  @Test("every image's rank within a class stays; its share of the softmax does not")
  func ranks() throws {
    let (z, plain) = try scores(counts: [1, 90, 3, 40, 7], strength: 1)
    let rows = z.shape[0]
    func rises(_ scores: Tensor, _ c: Int) -> [Bool] {
      (1..<rows).map { scores[$0, c] > scores[$0 - 1, c] }
    }
    for c in 0..<5 { #expect(rises(z, c) == rises(plain, c)) }
    let (p, q) = (softmax(z), softmax(plain))
    #expect((0..<rows).allSatisfy { p[$0, 0] > q[$0, 0] && p[$0, 1] < q[$0, 1] })
  }

  @Test("nothing is trained, the shares are kept, and a class without images is named")
  func edges() throws {
    var (method, twin) = try Method.logitAdjustment.small()
    #expect(method.names.isEmpty && method.keptBuffers.map(\.name) == ["prior"])
    var optimizer = Optimizer(.sgd, learningRate: 1)
    let options = TrainingOptions(dataset: "voc-lt", method: .logitAdjustment)
    let images = try twin.batch(0, options).images
    let before = try method.predictor()(images).values
    _ = try method.step(try twin.batch(0, options), optimizer: &optimizer)
    #expect(try method.predictor()(images).values == before)
    let error = #expect(throws: MethodError.self) {
      try scores(counts: [1, 2, 0, 4, 5], strength: 1)
    }
    #expect(error == .count(class: 2, found: 0))
  }
}

extension Float {
  fileprivate var logarithm: Float { Float(Foundation.log(Double(self))) }
}
