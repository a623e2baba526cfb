// RunDiagnosticsTests - the three looks behind a result, on four classes by hand.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTMetrics
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite("diagnostics of a run")
struct RunDiagnosticsTests {
  private let names = ["cat", "dog", "bus", "car"]
  private let model: CLIPModel
  private let diagnostics: RunDiagnostics

  /// Training images: 100 of cat alone; dog, seen three times, stands beside cat twice; bus, seen
  /// twice, beside car once; car is seen five times. In the test images bus stands beside cat and
  /// dog, and no image shows car.
  init() throws {
    let alone = { (label: Int, count: Int) in
      (0..<count).map { ("\(label)-\($0).jpg", [label]) }
    }
    let train =
      alone(0, 100) + [("a.jpg", [0, 1]), ("b.jpg", [0, 1]), ("c.jpg", [1])]
      + [("d.jpg", [2, 3]), ("e.jpg", [2])] + alone(3, 4)
    // Dog is found by cat: five images of both at the top, five of neither, five of dog alone.
    let test =
      (0..<5).map { ("t\($0).jpg", [0, 1, 2]) } + (5..<10).map { ("t\($0).jpg", [Int]()) }
      + (10..<15).map { ("t\($0).jpg", [1]) }
    let dataset = SmallDataset.of(train, test, names: names)
    let rows: [[Float]] = (0..<15).map { row in
      [row < 5 ? 0.9 : 0.1, row < 5 ? 0.9 : row < 10 ? 0.5 : 0.1, row < 5 ? 0.9 : 0.1, 0.3]
    }
    let evaluation = try Evaluation(
      logits: Tensor(rows.flatMap(\.self), shape: [15, 4]),
      labels: dataset.multiHot(dataset.test), counts: dataset.counts, kind: .logit)
    model = try CLIPModel.load(path: Fixtures.path("mini/clip.safetensors"))
    // Dog's feature has turned round, the others have not moved.
    let start = try model.zeroShot(classNames: names).classFeatures
    let turned = start * Tensor([1, -1, 1, 1], shape: [4, 1])
    diagnostics = RunDiagnostics(evaluation, tuned: turned, dataset: dataset, model: model)
  }

  @Test("the trend of AP over counts is NumPy's line through the classes that have test images")
  func trend() throws {
    let trend = try #require(diagnostics.trend)
    // polyfit of 1, 5/6, 1 over log10 of 102, 3, 2.
    expectClose(
      [trend.slope, trend.intercept, try #require(trend.explained)],
      [0.042_684_817_167_284, 0.904_793_786_129_46, 0.173_563_423_115_851], atol: 1e-12, rtol: 0,
      "trend")
    #expect(trend.classes == 3)
  }

  @Test("a prompt that turned round moved by 2; groups are those of the training counts")
  func shift() throws {
    let shift = try #require(diagnostics.shift)
    expectClose(shift.perClass, [0, 2, 0, 0], atol: 1e-6, rtol: 0, "shift")
    let means = [try #require(shift.groups[.head]), try #require(shift.groups[.tail])]
    expectClose(means, [0, 2.0 / 3], atol: 1e-6, rtol: 0, "means of groups")
    #expect(shift.groups[.medium] == nil)
  }

  @Test("partners are those of the training images, of tail classes alone, the rarest first")
  func partners() {
    let partners = diagnostics.partners
    #expect(partners.map(\.index) == [2, 1, 3])
    #expect(partners.map(\.partner) == [3, 0, 2])
    let together: [Double] = [1.0 / 2, 2.0 / 3, 1.0 / 5]
    #expect(partners.map(\.together) == together)
    #expect(partners.map(\.positives) == [5, 10, 0])
    #expect(partners.map(\.positivesWithout) == [5, 5, 0])
    // Dog: recall 0.5 at precision 1, then the rest at 10 of 15; without cat 5 of 10.
    #expect(partners.map(\.ap) == [1, 0.5 + 0.5 * (10.0 / 15), nil])
    #expect(partners.map(\.apWithout) == [1, 0.5, nil])
  }

  @Test("metrics.json names every figure as what it is")
  func json() throws {
    let json = diagnostics.json(names)
    #expect(json["count_trend"]?["slope"]?.double == diagnostics.trend?.slope)
    #expect(json["count_trend"]?["intercept"]?.double == diagnostics.trend?.intercept)
    #expect(json["count_trend"]?["explained"]?.double == diagnostics.trend?.explained)
    #expect(json["count_trend"]?["classes"]?.int == 3)
    #expect(json["prompt_shift"]?["tail"]?.double == diagnostics.shift?.groups[.tail])
    #expect(json["prompt_shift"]?["medium"]?.isNull == true)
    let moved = json["prompt_shift"]?["classes"]?.array?.compactMap(\.double)
    #expect(moved == diagnostics.shift?.perClass)
    let dog = try #require(json["partners"]?[1])
    #expect(dog["class"]?.string == "dog" && dog["partner"]?.string == "cat")
    #expect(dog["together"]?.double == 2.0 / 3 && dog["positives"]?.int == 10)
    #expect(dog["ap"]?.double == 0.5 + 0.5 * (10.0 / 15) && dog["ap_without"]?.double == 0.5)
    #expect(dog["positives_without"]?.int == 5)
    #expect(json["partners"]?[2]?["ap"]?.isNull == true)
  }

  @Test("nothing is said about prompts where a method keeps none")
  func withoutPrompts() throws {
    let dataset = SmallDataset.of([("a", [0]), ("b", [1])], [("c", [0])], names: ["cat", "dog"])
    let evaluation = try Evaluation(
      logits: Tensor([1, 0], shape: [1, 2]), labels: dataset.multiHot(dataset.test),
      counts: dataset.counts, kind: .logit)
    let found = RunDiagnostics(evaluation, tuned: nil, dataset: dataset, model: model)
    #expect(found.shift == nil && found.trend == nil && found.partners.isEmpty)
    #expect(found.json(["cat", "dog"])["count_trend"]?.isNull == true)
  }
}
