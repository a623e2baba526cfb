// ParetoSamplingTests - the recipe of VOC-LT and COCO-LT against the published counts.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import Foundation
import LMPTSupport
import Testing

@testable import LMPTTuning

@Suite("Pareto sampling")
struct ParetoSamplingTests {
  /// VOC-LT's training counts, falling.
  static let voc = [
    775, 479, 249, 240, 154, 100, 82, 64, 48, 34, 29, 20, 17, 14, 11, 8, 7, 6, 5, 4,
  ]

  @Test("the targets of 20 classes are those of scipy's Pareto density")
  func targets() {
    // floor(pareto(6).pdf(linspace(ppf(0), ppf(.99), 20)) * 799 / 6 + 1), by scipy 1.17.
    let expected = [
      800, 529, 359, 248, 175, 125, 91, 67, 50, 38, 29, 23, 18, 14, 11, 9, 7, 6, 5, 4,
    ]
    #expect(ParetoSampling().targets(classes: 20) == expected)
    // VOC-LT's counts follow them: within a third for the head, within three images for the tail.
    for (target, count) in zip(expected, Self.voc) {
      #expect(abs(target - count) <= max(3, target / 3), "\(target) \(count)")
    }
    #expect(ParetoSampling().targets(classes: 1) == [800])
  }

  @Test("COCO-LT's targets run from 1200 to the 6 images of its rarest class")
  func cocoTargets() {
    var sampling = ParetoSampling()
    sampling.largest = 1200
    let targets = sampling.targets(classes: 80)
    #expect(targets.first == 1200 && targets.last == 6)
    #expect(targets == targets.sorted(by: >))
  }

  @Test("single-label images meet every target exactly, the same way each time")
  func exact() {
    let images = (0..<3000).map { ListedImage(path: "\($0).jpg", labels: [$0 % 3]) }
    var sampling = ParetoSampling()
    sampling.largest = 500
    let chosen = sampling.select(images, classes: 3)
    let counts = classCounts(chosen.map { images[$0] }, classes: 3)
    #expect(counts == sampling.targets(classes: 3))
    #expect(chosen == chosen.sorted())
    #expect(sampling.select(images, classes: 3) == chosen)
    sampling.seed = 1
    #expect(sampling.select(images, classes: 3) != chosen)
  }

  @Test("a class that came in with an earlier one is thinned to its target")
  func thinning() {
    // Class 0 stands in every image, class 1 in every second: class 0 is visited first.
    let images = (0..<1000).map {
      ListedImage(path: "\($0).jpg", labels: $0 % 2 == 0 ? [0, 1] : [0])
    }
    var sampling = ParetoSampling()
    sampling.largest = 300
    let chosen = sampling.select(images, classes: 2).map { images[$0] }
    let targets = sampling.targets(classes: 2)
    #expect(classCounts(chosen, classes: 2)[1] == targets[1])
    #expect(classCounts(chosen, classes: 2)[0] < 300)
  }

  @Test(
    "ranks and images are those of NumPy, SciPy and torch, with images of several classes",
    arguments: [(120, 0), (120, 1), (60, 0)])
  func independent(largest: Int, seed: Int) throws {
    let fixture = try FixtureTensors("selection/sampling.safetensors")
    let (values, shape) = (try fixture.doubles("labels"), try fixture["labels"].shape)
    let images = (0..<shape[0]).map { row in
      ListedImage(
        path: "\(row).jpg",
        labels: (0..<shape[1]).filter { values[row * shape[1] + $0] > 0 })
    }
    #expect(
      ParetoSampling.ranking(images, classes: shape[1]) == (try fixture["ranks"].integers()))
    var sampling = ParetoSampling()
    (sampling.largest, sampling.seed) = (largest, seed)
    let expected = try fixture["rows.\(largest).\(seed)"].integers()
    #expect(sampling.select(images, classes: shape[1]) == expected)
  }

  @Test(
    "classes that occur together alike are ranked by their index; one that never occurs is last")
  func ranking() {
    func rank(_ labels: [[Int]], _ classes: Int) -> [Int] {
      ParetoSampling.ranking(
        labels.map { ListedImage(path: "", labels: $0) }, classes: classes)
    }
    #expect(rank([[2], [1], [0]], 3) == [0, 1, 2])
    // P(0|0) + P(0|1) = 1 + 1, P(1|0) + P(1|1) = 1/2 + 1, and nothing for class 2.
    #expect(rank([[0, 1], [0]], 3) == [0, 1, 2])
    // By hand: mass of 0 is 1 + 1/2, of 1 is 1 + 1/3 + 1, of 2 is 1 + 1/2.
    #expect(rank([[0], [0], [0, 1], [1, 2]], 3) == [1, 0, 2])
  }

  @Test("a class with too few images keeps them all; images without labels are never taken")
  func scarce() {
    let images = (0..<20).map { ListedImage(path: "\($0).jpg", labels: $0 < 15 ? [0] : []) }
    #expect(ParetoSampling().select(images, classes: 1) == Array(0..<15))
  }

  @Test(
    "on the images of the published test lists the recipe gives the published shape",
    .enabled(if: PublishedLists.folder != nil, "set LMPT_LISTS to the folder with voc and coco"),
    arguments: [("voc-lt", "voc", 800), ("coco-lt", "coco", 1200)])
  func shape(name: String, folder: String, largest: Int) throws {
    let root = try #require(PublishedLists.folder) + "/\(folder)"
    let dataset = try LongTailDataset(try DatasetSpec.named(name), root: root)
    let classes = dataset.classNames.count
    var sampling = ParetoSampling()
    sampling.largest = largest
    let chosen = sampling.select(dataset.test, classes: classes).map { dataset.test[$0] }
    let counts = classCounts(chosen, classes: classes).sorted(by: >)
    let published = dataset.counts.sorted(by: >)
    // Curves over rank agree on a logarithmic scale. COCO's 5,000 test images are too few for the
    // head's targets, so its curve is lower there.
    #expect(correlation(counts.map { log(Double($0)) }, published.map { log(Double($0)) }) > 0.99)
    // The rare half meets the published counts rank by rank.
    for (found, expected) in zip(counts, published).suffix(classes / 2) {
      #expect(abs(found - expected) <= max(2, expected / 3), "\(found) \(expected)")
    }
    if name == "voc-lt" {
      let groups = Dictionary(grouping: counts) { ClassGroup(count: Double($0)) }.mapValues(\.count)
      #expect(groups == [.head: 6, .medium: 6, .tail: 8])
      #expect((1142 * 9 / 10...1142 * 12 / 10).contains(chosen.count))
    }
  }

  private func correlation(_ a: [Double], _ b: [Double]) -> Double {
    let (meanA, meanB) = (a.reduce(0, +) / Double(a.count), b.reduce(0, +) / Double(b.count))
    func product(_ x: [Double], _ mx: Double, _ y: [Double], _ my: Double) -> Double {
      zip(x, y).map { (a: Double, b: Double) -> Double in (a - mx) * (b - my) }.reduce(0, +)
    }
    return product(a, meanA, b, meanB)
      / (product(a, meanA, a, meanA) * product(b, meanB, b, meanB)).squareRoot()
  }
}
