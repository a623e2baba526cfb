// RandomModel - CLIP files with the published sizes and random weights: speed needs no training.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTWeights

/// Models in OpenAI's names, written once to the temporary folder, float32.
enum RandomModel {
  /// ViT-B/16: 600 MB.
  static func vitB16() throws -> String {
    try file("ViT-B-16") { made in
      made.add("visual.conv1.weight", [768, 3, 16, 16], 0.03)
      made.add("visual.class_embedding", [768], 0.03)
      made.add("visual.positional_embedding", [197, 768], 0.03)
      made.norm("visual.ln_pre", 768)
      made.blocks("visual.transformer", 768)
      made.norm("visual.ln_post", 768)
      made.add("visual.proj", [768, 512], 0.05)
      made.textTower(embedding: 512)
    }
  }

  /// ViT-L/14@336px in half precision, as OpenAI publishes it: 856 MB.
  static func vitL14Half() throws -> String {
    try file("ViT-L-14-336px-half") { made in
      made.format = .f16
      made.add("visual.conv1.weight", [1024, 3, 14, 14], 0.03)
      made.add("visual.class_embedding", [1024], 0.03)
      made.add("visual.positional_embedding", [577, 1024], 0.03)
      made.norm("visual.ln_pre", 1024)
      made.blocks("visual.transformer", 1024, layers: 24)
      made.norm("visual.ln_post", 1024)
      made.add("visual.proj", [1024, 768], 0.05)
      made.textTower(embedding: 768, width: 768)
    }
  }

  /// RN50: 410 MB.
  static func rn50() throws -> String {
    try file("RN50") { made in
      func convolution(_ name: String, _ norm: String, _ outputs: Int, _ inputs: Int, _ side: Int) {
        // Keeps the variance of its input.
        let scale = (3 / Float(inputs * side * side)).squareRoot()
        made.add("\(name).weight", [outputs, inputs, side, side], scale)
        made.norm(norm, outputs)
        made.add("\(norm).running_mean", [outputs], 0.1)
        made.add("\(norm).running_var", [outputs], 0.1, around: 1)
      }
      convolution("visual.conv1", "visual.bn1", 32, 3, 3)
      convolution("visual.conv2", "visual.bn2", 32, 32, 3)
      convolution("visual.conv3", "visual.bn3", 64, 32, 3)
      var inputs = 64
      for (stage, count) in [3, 4, 6, 3].enumerated() {
        let planes = 64 << stage
        for index in 0..<count {
          let block = "visual.layer\(stage + 1).\(index)"
          convolution("\(block).conv1", "\(block).bn1", planes, inputs, 1)
          convolution("\(block).conv2", "\(block).bn2", planes, planes, 3)
          convolution("\(block).conv3", "\(block).bn3", 4 * planes, planes, 1)
          if index == 0 {
            convolution(
              "\(block).downsample.0", "\(block).downsample.1", 4 * planes, inputs, 1)
          }
          inputs = 4 * planes
        }
      }
      made.add("visual.attnpool.positional_embedding", [50, 2048], 0.02)
      for (name, outputs) in [("q", 2048), ("k", 2048), ("v", 2048), ("c", 1024)] {
        made.add("visual.attnpool.\(name)_proj.weight", [outputs, 2048], 0.04)
        made.add("visual.attnpool.\(name)_proj.bias", [outputs], 0.01)
      }
      made.textTower(embedding: 1024)
    }
  }

  private static func file(_ name: String, _ make: (inout RandomTensors) -> Void) throws -> String {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("lmpt-bench-\(name).safetensors").path
    if !FileManager.default.fileExists(atPath: path) {
      var made = RandomTensors()
      make(&made)
      try Safetensors.write(made.arrays, to: path)
    }
    return path
  }
}

/// Tensors with numbers from a small generator, seeded by their order.
private struct RandomTensors {
  var arrays: [NamedArray] = []
  /// The number format of the tensors.
  var format = DType.f32

  mutating func add(_ name: String, _ shape: [Int], _ scale: Float, around center: Float = 0) {
    let count = shape.reduce(1, *)
    var state = UInt32(truncatingIfNeeded: arrays.count &* 2_654_435_761 &+ 1)
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      for i in 0..<count {
        state = state &* 1_664_525 &+ 1_013_904_223
        buffer[i] = center + scale * (Float(state >> 8) / Float(1 << 23) - 1)
      }
      initialized = count
    }
    arrays.append(NamedArray(name, floats: values, shape: shape, as: format))
  }

  mutating func norm(_ name: String, _ width: Int) {
    add("\(name).weight", [width], 0.1, around: 1)
    add("\(name).bias", [width], 0.1)
  }

  mutating func blocks(_ prefix: String, _ width: Int, layers: Int = 12) {
    for layer in 0..<layers {
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

  /// The text tower that all models have, but for the widths.
  mutating func textTower(embedding: Int, width: Int = 512) {
    add("token_embedding.weight", [49408, width], 0.02)
    add("positional_embedding", [77, width], 0.01)
    blocks("transformer", width)
    norm("ln_final", width)
    add("text_projection", [width, embedding], 0.05)
    add("logit_scale", [], 0, around: 4.6052)
  }
}
