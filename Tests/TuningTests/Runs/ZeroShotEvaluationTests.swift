// ZeroShotEvaluationTests - test images against written class features, by hand.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTMetrics
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite("zero-shot evaluation")
struct ZeroShotEvaluationTests {
  let few: FewPictures

  init() throws { few = try FewPictures() }

  /// The scale times the cosines of test images and class features, in Double.
  private func logits(_ features: Tensor, _ texts: Tensor) -> [Double] {
    let width = features.shape[1]
    func row(_ tensor: Tensor, _ index: Int) -> [Double] {
      tensor.values[index * width..<(index + 1) * width].map(Double.init)
    }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    return (0..<features.shape[0]).flatMap { image in
      (0..<texts.shape[0]).map { text in
        let (f, g) = (row(features, image), row(texts, text))
        return Double(few.model.logitScale) * dot(f, g) / (dot(f, f) * dot(g, g)).squareRoot()
      }
    }
  }

  @Test("given class features are those that images are compared with; else 'a photo of a NAME.'")
  func texts() throws {
    let features = try few.features()
    let shape = [few.dataset.classNames.count, few.model.architecture.embedding]
    var generator = Generator(seed: 7)
    let own = Tensor(generator.normal(count: shape[0] * shape[1]), shape: shape)
    let written = try few.model.zeroShot(classNames: few.dataset.classNames).classFeatures
    for (given, texts) in [(own, own), (nil, written)] as [(Tensor?, Tensor)] {
      let found = try Evaluation(zeroShot: features, few.model, texts: given, kind: .logit)
      let expected = logits(features.testImages.features, texts)
      // Cosines in single precision, times a scale of at most 100.
      expectClose(
        found.scores.values.map(Double.init), expected, atol: 2e-4, rtol: 0, "logits")
      #expect(found.labels.values == few.dataset.multiHot(few.dataset.test).values)
    }
  }

  @Test("groups have the borders of the description, the threshold is the one given")
  func borders() throws {
    let dataset = few.dataset
    let border = try #require(Set(dataset.counts).sorted().last)
    let spec = DatasetSpec(
      name: "few", train: "a", test: "b", captions: nil, labels: "c",
      groups: GroupLimits(head: border, medium: 0))
    let own = LongTailDataset(
      spec, root: dataset.root, classNames: dataset.classNames, train: dataset.train,
      test: dataset.test, captions: nil)
    let found = try Evaluation(zeroShot: few.features(own), few.model)
    let heads = dataset.counts.indices.filter { dataset.counts[$0] == border }
    let mean = heads.reduce(0) { $0 + found.map.perClass[$1] } / Double(heads.count)
    #expect(abs(try #require(found.map.groups[.head]) - mean) < 1e-12)
    #expect(found.map.groups[.medium] != nil && found.map.groups[.tail] == nil)
    // No softmax is above 1, and all of these are above 0.
    let none = try Evaluation(zeroShot: few.features(), few.model, threshold: 1)
    let all = try Evaluation(zeroShot: few.features(), few.model, threshold: 0)
    #expect(none.predictions.overallRecall == 0 && all.predictions.overallRecall == 1)
  }
}
