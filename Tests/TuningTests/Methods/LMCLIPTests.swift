// LMCLIPTests - prompts against label sentences and a loss of the classes.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTCLIP
import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct LMCLIPTests {
  @Test(
    "six steps give the PyTorch twin's losses and tensors", arguments: MethodTwinRun.of(.lmclip))
  func sixSteps(run: MethodTwinRun) throws { try expectSixSteps(run) }

  @Test("the contrast of two images by hand: right, and with the texts of each other")
  func contrast() throws {
    let (f, t) = (Tensor([2, 0, 0, 3], shape: [2, 2]), Tensor([1, 0, 0.6, 0.8], shape: [2, 2]))
    // Cosines 1, 0.6 / 0, 0.8; times 2.
    let rows = log(1 + exp(2 * (0.6 - 1))) + log(1 + exp(2 * (0 - 0.8)))
    let columns = log(1 + exp(2 * (0 - 1))) + log(1 + exp(2 * (0.6 - 0.8)))
    expectClose(try contrastiveLoss(f, t, scale: 2).item, (rows + columns) / 4, 1e-6)
    let other = try contrastiveLoss(f, t.gather([1, 0]), scale: 2).item
    #expect(try other > contrastiveLoss(f, t, scale: 2).item)
    #expect(try contrastiveLoss(f.slice(0..<1), t.slice(1..<2), scale: 2).item == 0)
    #expect(throws: ShapeError.self) { try contrastiveLoss(f, t.slice(0..<1), scale: 2) }
  }

  /// The method with some options, and its twin.
  private func made(
    _ change: (inout TrainingOptions) -> Void = { _ in }
  ) throws -> (LMCLIP, MethodTwin) {
    let twin = try MethodTwin()
    var options = TrainingOptions(dataset: "voc-lt", method: .lmclip)
    options.contextCount = 4
    change(&options)
    return (try #require(try twin.method(options) as? LMCLIP), twin)
  }

  @Test(
    "a sentence is the prompt of a class that is called like its labels",
    arguments: ClassTokenPosition.allCases)
  func sentences(position: ClassTokenPosition) throws {
    let (method, twin) = try made { $0.position = position }
    let labels = Tensor([1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], shape: [3, 5])
    let texts = try method.sentences.features(of: labels, method.prompts)
    var generator = Generator(seed: 0)
    let learner = try PromptLearner(
      classNames: ["aeroplane, person", "traffic light", ""], start: .words("a photo of a"),
      position: position, tokenEmbedding: twin.training.model.text.tokenEmbedding,
      tokenizer: try Tokenizer.clip(), generator: &generator)
    let expected = Prompts(learner, tower: twin.training.model.text).classFeatures()
    #expect(texts.values == expected.values)
    // An image of one class has the class's own prompt; another length rounds in another order.
    let one = method.prompts.classFeatures().slice(3..<4).values
    expectClose(texts.slice(1..<2).values, one, atol: 1e-6, rtol: 1e-5)
  }

  @Test("of contexts by class a sentence has the mean of its labels', or of all")
  func meanOfContexts() throws {
    var (method, _) = try made { ($0.sharing, $0.contextInit) = (.classSpecific, "") }
    let labels = Tensor([1, 0, 1, 0, 0, 0, 0, 0, 0, 0], shape: [2, 5])
    let before = try method.sentences.features(of: labels, method.prompts)
    // The first class's context moves into the third's, and back in the first: the mean stays.
    let context = method.prompts.context
    method.prompts.context = context.gather([2, 1, 0, 3, 4]).tracked()
    let swapped = try method.sentences.features(of: labels, method.prompts)
    expectClose(swapped.values, before.values, atol: 1e-5, rtol: 1e-4)
    // A class without part in the first image moves only the image without labels.
    method.prompts.context = concatenate([context.slice(0..<4), 9 * context.slice(4..<5)]).tracked()
    let moved = try method.sentences.features(of: labels, method.prompts)
    #expect(moved.slice(0..<1).values == before.slice(0..<1).values)
    #expect(moved.slice(1..<2).values != before.slice(1..<2).values)
  }

  @Test("names that do not fit are left out from the end, the first stays")
  func longSentences() throws {
    let (method, _) = try made()
    let tokenizer = try Tokenizer.clip()
    func text(_ tokens: Int) -> String {
      method.sentences.text([0, 1, 3], tokens: tokens, tokenizer)
    }
    let full = tokenizer.encode("aeroplane, diningtable, traffic light.").count
    #expect(text(full) == "aeroplane, diningtable, traffic light")
    #expect(text(full - 1) == "aeroplane, diningtable")
    #expect(text(1) == "aeroplane")
    // A context that leaves room for one class name: every label at once still makes a sentence.
    let (long, _) = try made { ($0.contextInit, $0.contextCount) = ("", 71) }
    let features = try long.sentences.features(of: Tensor.ones([1, 5]), long.prompts)
    #expect(features.shape == [1, 32] && features.isFinite)
  }

  @Test("a weight of 0 leaves a part out, and both leave nothing to train")
  func weights() throws {
    let (whole, twin) = try made()
    let batch = try twin.batch(0, TrainingOptions(dataset: "voc-lt", method: .lmclip))
    let parts = try whole.losses(of: batch)
    let contrast = try made { $0.classificationWeight = 0 }.0.losses(of: batch)
    let classes = try made { $0.contrast = 0 }.0.losses(of: batch)
    #expect(contrast.cls.item == 0 && classes.cls.item == parts.cls.item)
    #expect(classes.total.item == Float(0.4) * parts.cls.item)
    expectClose(
      [contrast.total.item + classes.total.item], [parts.total.item], atol: 0, rtol: 1e-6)
    #expect(contrast.total.item > 0)
    let error = #expect(throws: MethodError.self) {
      try made { ($0.contrast, $0.classificationWeight) = (0, 0) }
    }
    #expect(error?.code == "method.parameter")
  }

  @Test("labels of other classes are an error of their shape")
  func refused() throws {
    let (alone, twin) = try made { $0.classificationWeight = 0 }
    var batch = try twin.batch(0, TrainingOptions(dataset: "voc-lt", method: .lmclip))
    batch.labels = Tensor.zeros([8, 4])
    #expect(throws: ShapeError.self) { try alone.losses(of: batch) }
    let (whole, _) = try made()
    #expect(throws: ShapeError.self) { try whole.losses(of: batch) }
  }
}
