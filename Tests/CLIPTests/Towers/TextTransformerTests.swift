// TextTransformerTests - the text tower and its gradient against OpenAI's module.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import Testing

@testable import LMPTCLIP
@testable import LMPTTensors

@Suite struct TextTransformerTests {
  @Test func theEndIsTheFirstOfTheLargestIds() {
    #expect(TextTransformer.endPosition([49406, 320, 49407, 0, 0]) == 2)
    #expect(TextTransformer.endPosition([5, 9, 9, 1]) == 1)
    #expect(TextTransformer.endPosition([]) == 0)
  }

  @Test func featuresAreOpenAIs() throws {
    let model = try SmallModels.load("openai.safetensors")
    let found = model.encode(tokens: try SmallModels.tokens())
    expectFeatures(found, try SmallModels.expected("text"))
  }

  @Test func aFeatureIsTheSameAloneAndAmongOthers() throws {
    let model = try SmallModels.load("openai.safetensors")
    let tokens = try SmallModels.tokens()
    let together = model.encode(tokens: tokens)
    for (n, ids) in tokens.enumerated() {
      let alone = model.encode(tokens: [ids])
      expectClose(alone.values, together.slice(n..<n + 1).values, atol: 1e-6, rtol: 1e-5)
    }
  }

  @Test func exactGELUChangesTheFeaturesToTorchs() throws {
    let model = try SmallModels.load("openai.safetensors", activation: .gelu)
    let found = model.encode(tokens: try SmallModels.tokens())
    expectFeatures(found, try SmallModels.expected("text.gelu"))
  }

  @Test func paddingBehindTheEndChangesNothing() throws {
    let model = try SmallModels.load("openai.safetensors")
    let tokens = Array(try SmallModels.tokens().prefix(4))
    let padded = tokens.map { $0 + [Int32](repeating: 0, count: 77 - $0.count) }
    #expect(model.encode(tokens: tokens).values == model.encode(tokens: padded).values)
    #expect(model.encode(tokens: []).shape == [0, 32])
  }

  @Test func gradientOfTheEmbeddingsIsTorchs() throws {
    let text = try SmallModels.load("openai.safetensors").text
    let tokens = try SmallModels.tokens()
    let rows = tokens.map { ids in
      text.embed(ids + [Int32](repeating: 0, count: 77 - ids.count)).reshaped([1, 77, 64])
    }
    let embeddings = concatenate(rows).tracked()  // [5, 77, 64]
    let features = text(embeddings, endPositions: tokens.map(TextTransformer.endPosition))
    let upstream = try SmallModels.expected("upstream")
    let found = gradients(of: features, in: [embeddings], upstream: upstream)[0]
    expectFeatures(found, try SmallModels.expected("grad.embeddings"))
  }

  @Test func aTowerOfFewerPositionsHasTheSameGradient() throws {
    let text = try SmallModels.load("openai.safetensors").text
    let ids: [Int32] = [62, 5, 9, 17, 63]
    let short = text.embed(ids).reshaped([1, 5, 64]).tracked()
    let padding = text.embed([Int32](repeating: 0, count: 72)).reshaped([1, 72, 64])
    let long = concatenate([short.detached, padding], axis: 1).tracked()
    let a = gradient(of: sum(text(short, endPositions: [4])), in: short)
    let b = gradient(of: sum(text(long, endPositions: [4])), in: long)
    #expect(a.values == b.slice(0..<5, axis: 1).values)
    #expect(b.slice(5..<77, axis: 1).values.allSatisfy { $0 == 0 })
  }

  @Test(arguments: [1, 4, 7]) func aSharedPrefixComputedOnceEqualsTheLongWay(_ length: Int) throws {
    let text = try SmallModels.load("openai.safetensors").text
    var generator = Generator(seed: 3)
    let (classes, own, width) = (5, 6, 64)
    let ends = [2, 5, 3, 1, 4].map { length + $0 }
    let common = Tensor(
      generator.normal(count: length * width, mean: 0, std: 0.02), shape: [1, length, width]
    ).tracked()
    let rest = Tensor(
      generator.normal(count: classes * own * width, mean: 0, std: 0.02),
      shape: [classes, own, width]
    ).tracked()
    let upstream = Tensor(
      generator.normal(count: classes * 32, mean: 0, std: 1), shape: [classes, 32])
    func run(_ shared: Int) -> [Tensor] {
      let prompts = concatenate(
        [common.expanded(to: [classes, length, width]), rest], axis: 1)
      let features = text(prompts, endPositions: ends, sharedPrefix: shared)
      return [features] + gradients(of: features, in: [common, rest], upstream: upstream)
    }
    let (short, long) = (run(length), run(0))
    // The same sums in another order where products have other shapes: a few units in the last
    // place of features of order 1, and of gradients relative to their largest element.
    for (found, expected) in zip(short, long) {
      let largest = expected.values.map { abs($0) }.max() ?? 0
      expectClose(found.values, expected.values, atol: 2e-6 * Double(largest), rtol: 1e-5)
    }
  }

  /// In a process of its own, because the pool and the count are the whole program's.
  @Test("forward and backward: no float memory from the system after the first step")
  func memory() async {
    await #expect(processExitsWith: .success) {
      Threads.count = 1
      let model = try CLIPModel.load(path: Fixtures.path("mini/clip.safetensors"))
      let width = model.text.architecture.width
      func step() {
        let prompts = Tensor.ones([6, 12, width]).tracked()
        let features = model.text(prompts, endPositions: [7, 9, 11, 8, 10, 11], sharedPrefix: 1)
        _ = gradient(of: sum(features), in: prompts)
      }
      step()
      let before = blocksFromSystem.load(ordering: .relaxed)
      for _ in 0..<3 { step() }
      #expect(blocksFromSystem.load(ordering: .relaxed) == before)
    }
  }
}
