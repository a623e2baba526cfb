// LoadWork - opening a model file and building its towers.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import Foundation
import LMPTTensors

enum LoadWork {
  /// Opening ViT-B/16 and building the model; then with the first image, because weights are read
  /// and packed when they are first used.
  ///
  /// The half-precision .pt is written by torch, so it needs the reference program.
  static func load(_ torch: Peer?) throws -> [Work] {
    let path = try RandomModel.vitB16()
    let half = path.replacingOccurrences(of: ".safetensors", with: "-half.pt")
    if !FileManager.default.fileExists(atPath: half), let torch {
      _ = try torch.seconds("save-half \(path) \(half)", threads: 1, repeats: 1)
    }
    let files = [("safetensors", path), ("half .pt", half)].filter {
      FileManager.default.fileExists(atPath: $0.1)
    }
    let pixels = EncoderWork.random([1, 3, 224, 224])
    return try files.flatMap { format, path -> [Work] in
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
      return [
        Work(
          name: "load ViT-B/16 \(format)", amount: .bytes(Double(size)),
          run: { _ = try CLIPModel.load(path: path) }, request: "load \(path)"),
        Work(
          name: "load ViT-B/16 \(format), first image", amount: .bytes(Double(size)),
          run: { _ = try CLIPModel.load(path: path).encode(pixels: pixels) },
          request: "load-and-encode \(path)"),
      ]
    }
  }
}
