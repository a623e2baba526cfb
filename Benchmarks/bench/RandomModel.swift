// RandomModel - a CLIP file with the published sizes and random weights: speed needs no training.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Weights

/// ViT-B/16 in OpenAI's names, written once to the temporary folder.
enum RandomModel {
  /// The file's path; 600 MB, float32.
  static func vitB16() throws -> String {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("lmpt-bench-ViT-B-16.safetensors").path
    if !FileManager.default.fileExists(atPath: path) {
      try Safetensors.write(arrays(), to: path)
    }
    return path
  }

  private static func arrays() -> [NamedArray] {
    var made: [NamedArray] = []
    func add(_ name: String, _ shape: [Int], _ scale: Float, around center: Float = 0) {
      let count = shape.reduce(1, *)
      var state = UInt32(truncatingIfNeeded: made.count &* 2_654_435_761 &+ 1)
      let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        for i in 0..<count {
          state = state &* 1_664_525 &+ 1_013_904_223
          buffer[i] = center + scale * (Float(state >> 8) / Float(1 << 23) - 1)
        }
        initialized = count
      }
      made.append(NamedArray(name, floats: values, shape: shape))
    }
    func norm(_ name: String, _ width: Int) {
      add("\(name).weight", [width], 0.1, around: 1)
      add("\(name).bias", [width], 0.1)
    }
    func blocks(_ prefix: String, _ width: Int) {
      for layer in 0..<12 {
        let block = "\(prefix).resblocks.\(layer)"
        norm("\(block).ln_1", width)
        norm("\(block).ln_2", width)
        add("\(block).attn.in_proj_weight", [3 * width, width], 0.05)
        add("\(block).attn.in_proj_bias", [3 * width], 0.01)
        add("\(block).attn.out_proj.weight", [width, width], 0.05)
        add("\(block).attn.out_proj.bias", [width], 0.01)
        add("\(block).mlp.c_fc.weight", [4 * width, width], 0.05)
        add("\(block).mlp.c_fc.bias", [4 * width], 0.01)
        add("\(block).mlp.c_proj.weight", [width, 4 * width], 0.02)
        add("\(block).mlp.c_proj.bias", [width], 0.01)
      }
    }
    add("visual.conv1.weight", [768, 3, 16, 16], 0.03)
    add("visual.class_embedding", [768], 0.03)
    add("visual.positional_embedding", [197, 768], 0.03)
    norm("visual.ln_pre", 768)
    blocks("visual.transformer", 768)
    norm("visual.ln_post", 768)
    add("visual.proj", [768, 512], 0.05)
    add("token_embedding.weight", [49408, 512], 0.02)
    add("positional_embedding", [77, 512], 0.01)
    blocks("transformer", 512)
    norm("ln_final", 512)
    add("text_projection", [512, 512], 0.05)
    add("logit_scale", [], 0, around: 4.6052)
    return made
  }
}
