// LabelGraphTests - graphs of classes seen together, and the networks on them.
// SPDX-License-Identifier: Apache-2.0

import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct LabelGraphTests {
  /// Five images: n_01 = 2, n_02 = 1; class 3 is seen alone, class 4 not at all.
  private let labels = Tensor(
    [
      1, 1, 0, 0, 0,
      1, 1, 0, 0, 0,
      1, 0, 1, 0, 0,
      1, 0, 0, 0, 0,
      0, 0, 0, 1, 0,
    ], shape: [5, 5])

  @Test("LT-GCN's graph by hand: 0.8, and 0.2 in the proportion of the images together")
  func spread() {
    let expected: [Float] = [
      0.8, 0.2 * 2 / 3, 0.2 / 3, 0, 0,
      0.2, 0.8, 0, 0, 0,
      0.2, 0, 0.8, 0, 0,
      0, 0, 0, 1, 0,
      0, 0, 0, 0, 1,
    ]
    // One rounding of a number of Double.
    expectClose(LabelGraph.spread(labels).values, expected, atol: 0, rtol: 1e-7)
  }

  @Test("ML-GCN's graph by hand: edges of 0.4 and more, 0.25 into a class, both sides normalised")
  func normalised() {
    // Shares: of class 0's four images two show class 1 (0.5) and one class 2 (0.25, no edge); of
    // the images of classes 1 and 2 all show class 0. So B = I but for B_01 = 0.25 (one edge into
    // 1) and B_10 = B_20 = 0.125 (two edges into 0). Rows sum to 1.25, 1.125, 1.125, 1, 1.
    let d = [1.25, 1.125, 1.125, 1, 1].map { 1 / Double($0).squareRoot() }
    var expected = [Double](repeating: 0, count: 25)
    for i in 0..<5 { expected[6 * i] = d[i] * d[i] }
    expected[5 * 1 + 0] = d[1] * 0.25 * d[0]  // the transpose: B_01
    expected[5 * 0 + 1] = d[0] * 0.125 * d[1]
    expected[5 * 0 + 2] = d[0] * 0.125 * d[2]
    expectClose(
      LabelGraph.normalised(labels).values.map(Double.init), expected, atol: 0, rtol: 1e-7)
  }

  @Test("two of five images are an edge: 0.4 is enough")
  func threshold() {
    // n_0 = 5, n_01 = 2, n_1 = 2. B = [[1, 0.25], [0.25, 1]]; rows sum to 1.25.
    let labels = Tensor([1, 1, 1, 1, 1, 0, 1, 0, 1, 0], shape: [5, 2])
    expectClose(LabelGraph.normalised(labels).values, [0.8, 0.2, 0.2, 0.8], atol: 0, rtol: 1e-7)
  }

  @Test("by hand: two classes, one layer's width of 1")
  func example() throws {
    var generator = Generator(seed: 0)
    var method = LabelGraph(
      texts: Tensor([1, 0, 0, 1], shape: [2, 2]),
      adjacency: Tensor([0.5, 0.5, 0, 1], shape: [2, 2]), widths: [2, 1, 2],
      comparison: .products, classification: { z, _ in sum(z) }, generator: &generator)
    // T W_1 = (2, -4); A of it = (-1, -4); leaky = (-0.2, -0.8); times W_2 = (3, 5) and A again.
    method.parameters = [Tensor([2, -4], shape: [2, 1]), Tensor([3, 5], shape: [1, 2])]
    let rows: [Float] = [-1.5, -2.5, -2.4, -4]  // A (-0.6, -1; -2.4, -4)
    let f: [Float] = [2, 1]
    let z = try method.predictor()(ImageBatch(features: Tensor(f, shape: [1, 2])))
    // A few roundings of numbers up to 9.
    expectClose(
      z.values, [2 * rows[0] + rows[1], 2 * rows[2] + rows[3]], atol: 2e-6, rtol: 0)
  }

  @Test(
    "six steps give the PyTorch twin's losses and tensors",
    arguments: MethodTwinRun.of(.ltGCN, .mlGCN))
  func sixSteps(run: MethodTwinRun) throws { try expectSixSteps(run) }

  @Test(
    "the graph is the twin's, kept, and no tensor that is trained",
    arguments: [
      Method.ltGCN, .mlGCN,
    ])
  func adjacency(method: Method) throws {
    let (graph, _) = try method.small()
    let stored = try FixtureTensors("training/field_methods.safetensors")
    let kept = try #require(graph.keptBuffers.first)
    #expect(graph.keptBuffers.count == 1 && kept.name == "adjacency")
    #expect(!graph.names.contains("adjacency"))
    // One rounding of a number of Double; classes are joined, and not all of them alike.
    let expected = try stored.floats("\(method.name)/adjacency")
    expectClose(kept.value.values, expected, atol: 0, rtol: 2e-7)
    #expect(Set(expected).count > 2)
  }

  @Test("with layers of zero LT-GCN is zero-shot CLIP at a scale of 10")
  func zeroLayers() throws {
    var (graph, twin) = try Method.ltGCN.small()
    graph.parameters = graph.parameters.map { Tensor.zeros($0.shape) }
    let images = try twin.batch(0, TrainingOptions(dataset: "voc-lt", method: .ltGCN)).images
    let texts = try twin.training.model.zeroShot(classNames: twin.classes.names.map(spaced))
    let expected = try logits(images.features, texts.classFeatures, scale: 10)
    // The same features, normalised once or twice.
    expectClose(try graph.predictor()(images).values, expected.values, atol: 5e-6, rtol: 0)
  }

  @Test("features of another width are named")
  func wrongWidth() throws {
    for method in [Method.ltGCN, .mlGCN] {
      let (graph, _) = try method.small()
      let batch = TrainingBatch(
        images: ImageBatch(features: .ones([2, 31])), labels: .zeros([2, 5]))
      #expect(throws: ShapeError.self) { try graph.losses(of: batch) }
    }
  }

  @Test("a method opened without images has no graph, and says so, until it is restored")
  func restored() throws {
    let twin = try MethodTwin()
    let options = TrainingOptions(dataset: "voc-lt", method: .mlGCN)
    let trained = try twin.method(options)
    var opened = try options.makeMethod(model: twin.training.model, classes: twin.classes)
    let images = try twin.batch(1, options).images
    let error = #expect(throws: MethodError.self) { try opened.predictor() }
    #expect(error?.code == "method.images-missing")
    let kept = Dictionary(
      uniqueKeysWithValues: zip(trained.names, trained.parameters) + trained.keptBuffers)
    try opened.restore { try #require(kept[$0]) }
    #expect(try opened.predictor()(images).values == trained.predictor()(images).values)
    #expect(throws: ShapeError.self) {
      try opened.restore { $0 == "adjacency" ? .zeros([4, 5]) : try #require(kept[$0]) }
    }
  }
}
