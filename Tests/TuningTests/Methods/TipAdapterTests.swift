// TipAdapterTests - zero-shot CLIP beside a cache of the images trained on.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTCLIP
import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct TipAdapterTests {
  @Test(
    "six steps give the PyTorch twin's losses and keys",
    arguments: MethodTwinRun.of(.tipAdapter, .tipAdapterF))
  func sixSteps(run: MethodTwinRun) throws { try expectSixSteps(run) }

  /// Either method on cached images, with zero-shot CLIP.
  private func cache(
    _ features: Tensor, _ labels: Tensor, _ method: Method = .tipAdapter, weight: Double = 2,
    sharpness: Double = 3
  ) throws -> (any Trainable, ZeroShot) {
    let twin = try MethodTwin()
    var options = TrainingOptions(dataset: "voc-lt", method: method)
    (options.cacheWeight, options.cacheSharpness) = (weight, sharpness)
    let made = try options.makeMethod(
      model: twin.training.model, classes: twin.classes,
      images: TrainingImages(features: features, labels: labels))
    return (made, try twin.training.model.zeroShot(classNames: twin.classes.names.map(spaced)))
  }

  @Test("by hand: an image votes in full for its own labels, one at a right angle for less")
  func example() throws {
    var (one, other) = ([Float](repeating: 0, count: 32), [Float](repeating: 0, count: 32))
    (one[3], other[9]) = (0.25, 4)  // of any length
    let labels = Tensor([1, 0, 1, 0, 0, 0, 0, 1, 1, 0], shape: [2, 5])
    let (method, zeroShot) = try cache(Tensor(one + other, shape: [2, 32]), labels)
    let images = Tensor(one.map { 8 * $0 }, shape: [1, 32])
    let far = Float(2 * exp(-3.0))  // alpha exp(-beta (1 - 0))
    let votes: [Float] = [2, 0, 2 + far, far, 0]
    let expected = zip(try zeroShot(images).values, votes).map { $0 + $1 }
    let found = try method.predictor()(ImageBatch(features: images))
    // A rounding of a logit of some ten.
    expectClose(found.values, expected, atol: 2e-6, rtol: 1e-6)
  }

  @Test("without weight it is zero-shot CLIP, and no order of the cache changes it")
  func properties() throws {
    let twin = try MethodTwin()
    let (f, y) = (twin.images.features, twin.images.labels)
    let (none, zeroShot) = try cache(f, y, weight: 0)
    let images = ImageBatch(features: f.slice(0..<7))
    #expect(try none.predictor()(images).values == zeroShot(images.features).values)
    let order = Array((0..<f.shape[0]).reversed())
    let z = try cache(f, y).0.predictor()(images)
    let back = try cache(f.gather(order), y.gather(order)).0.predictor()(images)
    expectClose(back.values, z.values, atol: 2e-5, rtol: 1e-5)  // sums of 48 votes
    #expect(z.values != (try zeroShot(images.features)).values)
  }

  @Test("Tip-Adapter-F starts as Tip-Adapter, and trains keys alone")
  func tuned() throws {
    let twin = try MethodTwin()
    let (f, y) = (twin.images.features, twin.images.labels)
    let images = ImageBatch(features: f.slice(0..<7))
    let (plain, tuned) = (try cache(f, y).0, try cache(f, y, .tipAdapterF).0)
    #expect(try plain.predictor()(images).values == tuned.predictor()(images).values)
    #expect(plain.names.isEmpty && plain.keptBuffers.map(\.name) == ["keys", "values"])
    #expect(tuned.names == ["keys"] && tuned.keptBuffers.map(\.name) == ["values"])
  }

  @Test("made without images it predicts nothing until a run's cache is restored")
  func missing() throws {
    let twin = try MethodTwin()
    let batch = TrainingBatch(
      images: ImageBatch(features: .ones([2, 32])), labels: .zeros([2, 5]))
    for name in [Method.tipAdapter, .tipAdapterF] {
      let options = TrainingOptions(dataset: "voc-lt", method: name)
      var method = try options.makeMethod(model: twin.training.model, classes: twin.classes)
      let errors = [
        #expect(throws: MethodError.self) { try method.predictor() },
        #expect(throws: MethodError.self) { try method.losses(of: batch) },
      ]
      #expect(errors.allSatisfy { $0?.code == "method.images-missing" })
      let kept = ["keys": Tensor.ones([3, 32]), "values": .ones([3, 5])]
      try method.restore { try #require(kept[$0]) }
      #expect(try method.predictor()(batch.images).shape == [2, 5])
    }
  }

  @Test("a cache whose keys and labels are of different numbers of images is refused")
  func mismatched() throws {
    let twin = try MethodTwin()
    let options = TrainingOptions(dataset: "voc-lt", method: .tipAdapter)
    var method = try options.makeMethod(model: twin.training.model, classes: twin.classes)
    let kept = ["keys": Tensor.ones([3, 32]), "values": .ones([2, 5])]
    try method.restore { try #require(kept[$0]) }
    #expect(throws: ShapeError.self) { try method.predictor() }
  }
}
