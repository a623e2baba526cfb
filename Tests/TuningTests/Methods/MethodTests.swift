// MethodTests - what every method asks of a batch, and its options.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct MethodTests {
  @Test("there is a stored run of every method but the paper's own, which has its suite of A1")
  func coverage() {
    #expect(Set(MethodTwinRun.all.map(\.method)) == Set(Method.all).subtracting([.lmpt]))
  }

  @Test("tensors of another model are refused by their name")
  func otherShapes() throws {
    for method in Method.all {
      var (trained, _) = try method.small()
      let shapes = Dictionary(
        uniqueKeysWithValues: zip(trained.names, trained.parameters.map(\.shape)))
      guard let first = trained.names.first else { continue }
      let error = #expect(throws: ShapeError.self, "\(method.name)") {
        try trained.restore { .zeros((shapes[$0] ?? [1]).map { $0 + 1 }) }
      }
      #expect(error?.name == first)
      // The lengths were not those of the start, so what was there has stayed.
      #expect(trained.parameters.map(\.shape) == trained.names.map { shapes[$0] })
    }
  }

  @Test("an option of one method's own means nothing to another")
  func ownOptions() {
    let owners: [String: [Method]] = [
      "residual_scale": [.taskRes], "adapter_ratio": [.clipAdapter], "consistency": [.ltml],
      "prior_strength": [.logitAdjustment], "contrast": [.lmclip], "cls_weight": [.lmclip],
      "cache_weight": [.tipAdapter, .tipAdapterF], "cache_sharpness": [.tipAdapter, .tipAdapterF],
    ]
    let own = Method.all.flatMap(\.options).filter { $0.group == .own && $0.name != "templates" }
    #expect(Set(own.map(\.name)) == Set(owners.keys))
    for option in own {
      for method in Method.all {
        let isOwner = owners[option.name]?.contains(method) == true
        #expect(method.understands(option) == isOwner, "\(option.name), \(method.name)")
      }
    }
  }

  @Test("a batch without what the method looks at is an error, not a trap")
  func missingInputs() throws {
    for (name, code) in [
      (Method.dualcoop, "method.input-missing"), (.finetune, "method.input-missing"),
      (.cprfl, "method.input-missing"), (.mlcNC, "method.input-missing"),
      (.ltml, "method.second-batch-missing"),
      (.bbn, "method.second-batch-missing"), (.taiDPT, "method.captions-not-prepared"),
    ] {
      let (trained, _) = try name.small()
      let batch = TrainingBatch(
        images: ImageBatch(features: .ones([2, 32])), labels: .zeros([2, 5]))
      let error = #expect(throws: MethodError.self) { try trained.losses(of: batch) }
      #expect(error?.code == code)
    }
  }

  /// A method at its start, with E6 where it tunes prompts, and its first batch.
  private func first(_ method: Method) throws -> (any Trainable, TrainingBatch) {
    let twin = try MethodTwin()
    var options = TrainingOptions(dataset: "voc-lt", method: method)
    options.contextCount = 4
    if method.tunesPrompts { options.embedding = .softmargin }
    return (try twin.method(options), try twin.batch(0, options))
  }

  /// Some images of a batch, the second sampler's too.
  private func rows(_ order: [Int], of batch: TrainingBatch) -> TrainingBatch {
    func some(_ images: ImageBatch) -> ImageBatch {
      var images = images
      images.features = images.features.gather(order)
      images.places = images.places?.gather(order)
      images.pixels = images.pixels?.gather(order)
      return images
    }
    var other = batch
    other.images = some(batch.images)
    other.labels = batch.labels.gather(order)
    other.captions = batch.captions?.batch(order)
    other.second = batch.second.map { (some($0.images), $0.labels.gather(order)) }
    return other
  }

  @Test("images in another order have the same losses", arguments: Method.all)
  func permutation(method: Method) throws {
    let (trained, batch) = try first(method)
    let order = Array((0..<batch.labels.shape[0]).reversed())
    let straight = try trained.losses(of: batch)
    let turned = try trained.losses(of: rows(order, of: batch))
    // The same sums in another order.
    expectClose(
      [turned.cls, turned.cse, turned.total].map { Double($0.item) },
      [straight.cls, straight.cse, straight.total].map { Double($0.item) }, atol: 1e-6, rtol: 1e-5)
  }

  @Test(
    "one image, and labels that are all there or none, have finite losses", arguments: Method.all)
  func extremes(method: Method) throws {
    let (trained, batch) = try first(method)
    var cases = [rows([0], of: batch)]
    for label in [Float(0), 1] {
      func filled(_ labels: Tensor) -> Tensor {
        Tensor([Float](repeating: label, count: labels.count), shape: labels.shape)
      }
      // Of the first sampler's images, of the second's, and of both.
      var first = batch
      first.labels = filled(batch.labels)
      cases.append(first)
      guard let second = batch.second else { continue }
      for var other in [batch, first] {
        other.second = (second.images, filled(second.labels))
        cases.append(other)
      }
    }
    for batch in cases {
      let losses = try trained.losses(of: batch)
      #expect(losses.total.values.allSatisfy { $0.isFinite })
    }
  }
}
