// PixelReplay - pictures decoded and resized, against Pillow.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTImaging

/// Pictures against Pillow by SHA-256, and invalid ones by their error.
func replayPixels(_ fixtures: String) throws -> FixtureResult {
  var comparison = Comparison()
  let manifest = try JSON.read("\(fixtures)/images/manifest.json")
  func digest(_ image: RGBImage) -> String { image.pixels.withUnsafeBytes(SHA256.hexDigest) }
  for entry in manifest["entries"]?.array ?? []
  where entry["error"]?.string != nil || entry["outputs"]?[0] != nil {
    let path = entry["path"]?.string ?? ""
    comparison.exact(path) {
      do {
        return digest(try RGBImage(path: "\(fixtures)/\(path)"))
          == entry["outputs"]?[0]?["sha256"]?.string
      } catch let error as any DiagnosticError where entry["error"]?.string != nil {
        return error.code == entry["error"]?.string
      }
    }
  }
  for entry in manifest["resizes"]?.array ?? [] {
    let path = entry["source"]?.string ?? ""
    let size = entry["shape"]?.array?.compactMap(\.int) ?? []
    let method = entry["method"]?.string.flatMap(Interpolation.init(rawValue:))
    comparison.exact("\(path) \(entry["method"]?.string ?? "") \(size)") {
      guard size.count == 3, size.allSatisfy({ (1...4096).contains($0) }), let method else {
        return false
      }
      let image = try RGBImage(path: "\(fixtures)/\(path)")
      return digest(image.resized(width: size[1], height: size[0], method))
        == entry["sha256"]?.string
    }
  }
  return comparison.result("pixels", "decode and resize")
}
