// FileWork - decoding and preprocessing images, loading a model.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import CLIP
import Foundation
import Imaging
import Tensors
import Weights

enum FileWork {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Decoding all pictures of the small benchmark's test set, and preprocessing them.
  static func images() throws -> [Work] {
    let folder = root.appendingPathComponent("Fixtures/mini/images/test").path
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().prefix(64)
    let files = try names.map {
      [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")))
    }
    let pictures = try files.map { try $0.withUnsafeBytes { try decodeImage($0) } }
    let bytes = Double(pictures.reduce(0) { $0 + $1.pixels.count })
    return [
      Work(
        name: "images decode JPEG", amount: .bytes(bytes),
        run: {
          parallel(files.count) { i in
            _ = files[i].withUnsafeBytes { try? decodeImage($0) }
          }
        }, request: "decode \(folder) \(files.count)"),
      Work(
        name: "images resize and normalise", amount: .items(Double(files.count)),
        run: {
          parallel(files.count) { i in
            let square = Preprocessing.lmpt.resized(pictures[i], size: 224)
            _ = Preprocessing.lmpt.input(square, flipped: false)
          }
        }, request: "preprocess \(folder) \(files.count)"),
    ]
  }

  /// Opening ViT-B/16 as safetensors and building the model.
  static func load() throws -> [Work] {
    let path = try RandomModel.vitB16()
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    return [
      Work(
        name: "load ViT-B/16 safetensors", amount: .bytes(Double(size)),
        run: { _ = try? CLIPModel.load(path: path) }, request: "load \(path)")
    ]
  }
}
