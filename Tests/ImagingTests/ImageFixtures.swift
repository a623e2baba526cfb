// ImageFixtures - the manifest of Fixtures/images and pixel-by-pixel comparison.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTImaging
import LMPTSupport
import Testing

/// Stored expected values: where they lie and what shape they have.
struct Stored: Sendable {
  let blob: String
  let offset: Int
  let shape: [Int]

  init(_ json: JSON) throws {
    blob = try #require(json["blob"]?.string)
    offset = try #require(json["offset"]?.int)
    shape = try #require(json["shape"]?.array).map { try #require($0.int) }
  }

  /// The bytes of `count` elements of `size` bytes each.
  func bytes(elementSize size: Int = 1) throws -> ArraySlice<UInt8> {
    let count = shape.reduce(size, *)
    return try ImageFixtures.blob(blob)[offset..<offset + count]
  }
}

/// A file and what must come of it.
struct ImageFixture: Sendable, CustomTestStringConvertible {
  let path: String
  let decoded: Stored?
  /// SHA-256 of the decoded pixels.
  let checksum: String?
  let error: String?
  var testDescription: String { path }
}

/// A derived result: a resize, a recipe, an orientation or a truncated file.
struct DerivedFixture: Sendable, CustomTestStringConvertible {
  let source: String
  let json: JSON
  var testDescription: String { "\(source) \(json["method"]?.string ?? "")" }
}

enum ImageFixtures {
  static let manifest: JSON = (try? JSON.parse(Fixtures.bytes("images/manifest.json"))) ?? .null

  private static let blobs: [String: [UInt8]] = {
    var blobs: [String: [UInt8]] = [:]
    for name in ["images/decoded.rgb", "images/resized.rgb", "images/input.f32"] {
      blobs[name] = try? Fixtures.bytes(name)
    }
    return blobs
  }()

  static func blob(_ name: String) throws -> [UInt8] { try #require(blobs[name]) }

  private static let all: [ImageFixture] = (manifest["entries"]?.array ?? []).map { entry in
    let stored = entry["outputs"]?[0].flatMap { try? Stored($0) }
    return ImageFixture(
      path: entry["path"]?.string ?? "", decoded: stored,
      checksum: entry["outputs"]?[0]?["sha256"]?.string, error: entry["error"]?.string)
  }

  static let valid = all.filter { $0.decoded != nil }
  /// Larger pictures of which only the checksum is stored.
  static let photographs = all.filter { $0.path.hasPrefix("images/photos/") }
  static let invalid = all.filter { $0.error != nil }

  static func valid(in folder: String) -> [ImageFixture] {
    valid.filter { $0.path.hasPrefix("images/\(folder)/") }
  }

  static func derived(_ list: String) -> [DerivedFixture] {
    (manifest[list]?.array ?? []).map {
      DerivedFixture(source: $0["source"]?.string ?? "", json: $0)
    }
  }
}

/// Decodes bytes in memory.
func decode(_ bytes: [UInt8], truncated: Truncation = .refuse) throws -> RGBImage {
  try bytes.withUnsafeBytes { try RGBImage(decoding: $0, truncated: truncated) }
}

/// Every pixel must be equal; a failure says how many differ, and where and how large the worst
/// difference is.
func expectSamePixels(
  _ found: RGBImage, _ stored: Stored, _ label: String,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  guard [found.height, found.width, 3] == stored.shape else {
    Issue.record(
      "\(label): \(found.width) x \(found.height), expected \(stored.shape)",
      sourceLocation: sourceLocation)
    return
  }
  let expected = try stored.bytes()
  if found.pixels[...] == expected { return }
  let differences = zip(found.pixels, expected).map { abs(Int($0) - Int($1)) }
  let worst = differences.enumerated().max { $0.element < $1.element }?.offset ?? 0
  let (pixel, channel) = (worst / 3, worst % 3)
  Issue.record(
    """
    \(label): \(differences.count { $0 > 0 }) of \(differences.count) samples differ, worst at \
    column \(pixel % found.width), row \(pixel / found.width), channel \(channel): found \
    \(found.pixels[worst]), expected \(Array(expected)[worst])
    """, sourceLocation: sourceLocation)
}
