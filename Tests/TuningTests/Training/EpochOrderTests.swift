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
