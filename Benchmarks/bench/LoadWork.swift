// LoadWork - opening a model file and building its towers.
// SPDX-License-Identifier: Apache-2.0

import CLIP
import Foundation

enum LoadWork {
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
