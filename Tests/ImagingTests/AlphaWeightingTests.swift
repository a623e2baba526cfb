// AlphaWeightingTests - OpenAI's transform of pictures with alpha against Pillow.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTImaging
import LMPTSupport
import Testing

@Suite("Resizing pictures with alpha")
struct AlphaWeightingTests {
  static let cases: [JSON] =
    (try? JSON.parse(Fixtures.bytes("images/alpha.json")))?["entries"]?.array ?? []

  @Test("OpenAI's transform of every RGBA and gray-alpha fixture")
  func matchesPillow() throws {
    #expect(Self.cases.count >= 30)
    for entry in Self.cases {
      let path = try #require(entry["path"]?.string)
      let size = try #require(entry["size"]?.int)
      let found = try Fixtures.bytes(path).withUnsafeBytes {
        try alphaWeightedResize($0, size: size)
      }
      #expect(
        found.pixels.withUnsafeBytes { SHA256.hexDigest($0) } == entry["sha256"]?.string,
        "\(path) at \(size)")
    }
  }

  @Test("a picture without alpha is resized as ever, one with alpha is not")
  func onlyAlphaMatters() throws {
    for (name, same) in [("pillow-china-rgb.png", true), ("type6-8bit-plain.png", false)] {
      let bytes = try Fixtures.bytes("images/png/\(name)")
      let weighted = try bytes.withUnsafeBytes { try alphaWeightedResize($0, size: 24) }
      #expect((weighted == (try decode(bytes)).resized(to: 24, as: .clip)) == same)
    }
  }
}
