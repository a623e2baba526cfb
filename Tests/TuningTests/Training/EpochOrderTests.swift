// EpochOrderTests - in which order an epoch shows its images.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import LMPTTensors
import Testing
import LMPTWeights

@testable import LMPTTuning

@Suite("the order of an epoch") struct EpochOrderTests {
  @Test("class-aware sampling draws torch's numbers")
  func againstTorch() throws {
    let file = try Safetensors.read(Fixtures.path("training/baselines.safetensors"))
    let members = try #require(try JSON.parse(file.metadata["members"] ?? "").array).map {
      ($0.array ?? []).compactMap(\.int)
    }
    var (order, mirroring) = (Generator(seed: 5), Generator(seed: 6))
    let drawn = EpochOrder(
      .classAware, count: 60, members: members, order: &order, mirroring: &mirroring)
    #expect(drawn.rows == (try #require(file["class-aware"]).integers()))
    // Four classes in turn: each exactly a quarter of the draws.
    #expect(drawn.rows.filter { $0 == 1 }.count >= 15)
  }

  @Test("reversed sampling draws torch's numbers, and a class in proportion to 1 / n")
  func reversedClasses() throws {
    let members = [[0, 3, 4], [1], [2, 3, 5, 6, 7], [4, 7]]
    func draw(_ count: Int) -> [Int] {
      var (order, mirroring) = (Generator(seed: 5), Generator(seed: 6))
      return EpochOrder(
        .reversed, count: count, members: members, order: &order, mirroring: &mirroring
      ).rows
    }
    let file = try Safetensors.read(Fixtures.path("training/field_methods.safetensors"))
    #expect(draw(60) == (try #require(file["reversed"]).integers()))
    // Picture 1 is its class's only one: its share is 1 of 1/3 + 1 + 1/5 + 1/2. Of 4,000 draws the
    // share strays by 0.8 points; four times that is left.
    let share = Double(draw(4000).filter { $0 == 1 }.count) / 4000
    #expect(abs(share - 1 / (1.0 / 3 + 1 + 1.0 / 5 + 1.0 / 2)) < 0.032)
    var (order, mirroring) = (Generator(seed: 5), Generator(seed: 6))
    let none = EpochOrder(
      .reversed, count: 3, members: [[], []], order: &order, mirroring: &mirroring)
    #expect(none.rows.isEmpty)
  }

  @Test("sampling by rarity draws what torch's WeightedRandomSampler draws")
  func rarityAgainstTorch() throws {
    let file = try Safetensors.read(Fixtures.path("training/lm_clip.safetensors"))
    let members = try #require(try JSON.parse(file.metadata["members"] ?? "").array).map {
      ($0.array ?? []).compactMap(\.int)
    }
    var (order, mirroring) = (Generator(seed: 5), Generator(seed: 6))
    func epoch(_ power: Double) -> EpochOrder {
      EpochOrder(
        .rarity, count: 9, members: members, rarity: power, order: &order, mirroring: &mirroring)
    }
    let drawn = epoch(1.35)
    #expect(drawn.rows == (try #require(file["rarity"]).integers()))
    // One flip for each place of the epoch.
    var flips = Generator(seed: 6)
    #expect(drawn.mirrored == (0..<9).map { _ in flips.uniform() < 0.5 })
    for power in [0.5, 2] {
      let rows = (0..<20).flatMap { _ in epoch(power).rows }
      #expect(rows == (try #require(file["rarity-\(power)"]).integers()))
      #expect(!rows.contains(8), "an image without labels")
    }
  }

  @Test("an image's weight is the sum of its labels' N / n, to a power, the largest 1")
  func rarityWeights() {
    // Four images, of classes {0}, {0, 1}, {1}, {}: N / n is 2 for both.
    let members = [[0, 1], [1, 2]]
    #expect(EpochOrder.rarity(4, members: members, power: 1) == [0.5, 1, 0.5, 0])
    #expect(EpochOrder.rarity(4, members: members, power: 2) == [0.25, 1, 0.25, 0])
    #expect(EpochOrder.rarity(4, members: members, power: 0) == [1, 1, 1, 1])
    #expect(EpochOrder.rarity(3, members: [[], []], power: 1.35) == [1, 1, 1])
    #expect(EpochOrder.rarity(2, members: [[0], [0, 1]], power: 1) == [1, 1.0 / 3])
  }

  @Test("uniform sampling shows each image once")
  func uniform() {
    var (order, mirroring) = (Generator(seed: 1), Generator(seed: 2))
    let drawn = EpochOrder(
      .uniform, count: 50, members: [], order: &order, mirroring: &mirroring)
    #expect(drawn.rows.sorted() == Array(0..<50))
    #expect(drawn.mirrored.contains(true) && drawn.mirrored.contains(false))
  }

  @Test("order and mirroring are torch's: a picture is mirrored where its own draw is below a half")
  func againstTorchUniform() {
    var (order, mirroring) = (Generator(seed: 1), Generator(seed: 2))
    let drawn = EpochOrder(
      .uniform, count: 20, members: [], order: &order, mirroring: &mirroring)
    // torch.randperm(20) of seed 1; (torch.rand(20) < 0.5) of seed 2, at those places.
    #expect(drawn.rows == [5, 13, 2, 11, 19, 18, 1, 9, 4, 7, 0, 14, 16, 10, 15, 3, 6, 17, 12, 8])
    #expect(
      drawn.mirrored.map { $0 ? 1 : 0 }
        == [0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0])
  }
}
