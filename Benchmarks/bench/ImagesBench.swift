// ImagesBench - decoding and resizing photographs of usual sizes.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTImaging

/// The topic "images"; the peer is Pillow through torchvision.
enum ImagesBench {
  private static let ours = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/images/photos").path

  /// One decoding for each photograph, then both recipes' resizes of the PNG ones.
  ///
  /// - Parameter folder: where the photographs lie; nil for the project's own.
  /// - Returns: the pieces of work.
  /// - Throws: what reading the folder or decoding a picture ends with.
  static func all(_ folder: String?) throws -> [Work] {
    let folder = folder ?? ours
    let paths = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      .map { "\(folder)/\($0)" }
    return try paths.map(decoding) + paths.filter { $0.hasSuffix(".png") }.flatMap(resizing)
  }

  private static func decoding(_ path: String) throws -> Work {
    let name = URL(fileURLWithPath: path).lastPathComponent
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    return Work(
      name: "decode \(name)", amount: .items(1),
      run: { _ = try bytes.withUnsafeBytes { try RGBImage(decoding: $0) } },
      request: "decode \(path)")
  }

  private static func resizing(_ path: String) throws -> [Work] {
    let image = try RGBImage(path: path)
    return Preprocessing.allCases.map { recipe in
      Work(
        name: "\(recipe.rawValue) \(image.width)x\(image.height) to 224", amount: .items(1),
        run: { _ = image.resized(to: 224, as: recipe) },
        request: "preprocess \(recipe.rawValue) 224 \(path)")
    }
  }
}
