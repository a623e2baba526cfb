// FixtureReplayTests - the comparison that all stored cases go through.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSelfTest
import LMPTSupport
import Testing
import LMPTWeights

@Suite struct FixtureReplayTests {
  @Test("a changed value is noticed")
  func noticesAChange() {
    let tolerance = FixtureTolerance(rtol: 1e-5, atol: 0, atolOfMax: 1e-6)
    #expect(tolerance.worstRatio([1, 2], [1, 2]) == 0)
    #expect(tolerance.worstRatio([1.001, 2], [1, 2]) > 50)
    #expect(tolerance.worstRatio([.nan, 2], [1, 2]) == .infinity)
    #expect(tolerance.worstRatio([1], [1, 2]) == .infinity)
  }

  /// Fixtures of one equation in a folder, E8 of two numbers: 3 with its half, and a stored result.
  private func folder(loss: Float, tolerance: String, change: Bool = false) throws
    -> TemporaryFolder
  {
    let folder = try TemporaryFolder()
    try Safetensors.write(
      [
        NamedArray("case/in/logits", floats: [0], shape: [1, 1]),
        NamedArray("case/in/labels", floats: [1], shape: [1, 1]),
        NamedArray("case/out/loss", floats: [loss], shape: [1]),
      ], metadata: ["case": ""], to: "\(folder.path)/bce.safetensors")
    let digest = try FileBytes(path: "\(folder.path)/bce.safetensors").withBytes(SHA256.hexDigest)
    _ = try folder.write(
      "manifest.json",
      #"""
      {"entries":[{"path":"bce.safetensors","equation":"binary-cross-entropy","sha256":"\#(digest)",
       "outputs":[{"name":"\#(tolerance)","rtol":1e-6}]}]}
      """#)
    if change {
      // Another byte in the last number: the file stays readable.
      let path = "\(folder.path)/bce.safetensors"
      var bytes = try FileBytes(path: path).withBytes { Array($0) }
      bytes[bytes.count - 4] ^= 1
      try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
    return folder
  }

  /// The number of cases that fail.
  private func failures(_ folder: TemporaryFolder) throws -> Int {
    try equationFixtures(folder.path).map { $0.replay().failed }.reduce(0, +)
  }

  @Test("a case fails when it is over its tolerance, has none, or its file is another")
  func verdicts() throws {
    let right = Float(0.693_147_2)  // ln 2: the loss of a logit of 0
    #expect(try failures(folder(loss: right, tolerance: "loss")) == 0)
    // Three tolerances away.
    #expect(try failures(folder(loss: right * (1 + 3e-6), tolerance: "loss")) == 1)
    #expect(try failures(folder(loss: right, tolerance: "grad.logits")) == 1)
    let damaged = try folder(loss: right, tolerance: "loss", change: true)
    #expect(errorCode { _ = try equationFixtures(damaged.path) } == "fixture.checksum")
  }
}
