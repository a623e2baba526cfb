// RandomModel - CLIP files with the published sizes and random weights: speed needs no training.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTWeights

/// Models in OpenAI's names, written once to the temporary folder, float32.
enum RandomModel {
  /// A published model whose speed is measured.
  struct Published: Sendable {
    let name: String
    /// Pixels of a picture's side.
    let side: Int
    /// Writes the file if it is not there, and returns its path.
    let make: @Sendable () throws -> String
    /// Where it lies.
    let path: String

    fileprivate init(
      _ name: String, _ file: String, side: Int = 224,
      make: @escaping @Sendable (String, Int) throws -> String
    ) {
      (self.name, self.side, path) = (name, side, RandomModel.path(file))
      self.make = { try make(file, side) }
    }
  }

  /// Two families, three sizes each.
  static let published: [Published] = [
    Published("ViT-B/32", "ViT-B-32") {
      try transformer($0, width: 768, layers: 12, patch: 32, side: $1)
    },
    base16,
    Published("ViT-L/14", "ViT-L-14") {
      try transformer(
        $0, width: 1024, layers: 24, patch: 14, side: $1, embedding: 768, textWidth: 768)
    },
    Published("RN50", "RN50") {
      try residual($0, [3, 4, 6, 3], width: 64, side: $1, embedding: 1024)
    },
    Published("RN101", "RN101") {
      try residual($0, [3, 4, 23, 3], width: 64, side: $1, embedding: 512)
    },
    Published("RN50x4", "RN50x4", side: 288) {
      try residual(
        $0, [4, 6, 10, 6], width: 80, side: $1, embedding: 640, textWidth: 640)
    },
  ]

  private static let base16 = Published("ViT-B/16", "ViT-B-16") {
    try transformer($0, width: 768, layers: 12, patch: 16, side: $1)
  }

  /// ViT-B/16: 600 MB.
  static func vitB16() throws -> String { try base16.make() }

  /// ViT-L/14@336px in half precision, as OpenAI publishes it: 856 MB.
  static func vitL14Half() throws -> String {
    try transformer(
      "ViT-L-14-336px-half", width: 1024, layers: 24, patch: 14, side: 336, embedding: 768,
      textWidth: 768, format: .f16)
  }

  /// A model with a vision transformer.
  private static func transformer(
    _ name: String, width: Int, layers: Int, patch: Int, side: Int, embedding: Int = 512,
    textWidth: Int = 512, format: DType = .f32
  ) throws -> String {
    try file(name) { made in
      made.format = format
      let grid = side / patch
      made.add("visual.conv1.weight", [width, 3, patch, patch], 0.03)
      made.add("visual.class_embedding", [width], 0.03)
      made.add("visual.positional_embedding", [grid * grid + 1, width], 0.03)
      made.norm("visual.ln_pre", width)
      made.blocks("visual.transformer", width, layers: layers)
      made.norm("visual.ln_post", width)
      made.add("visual.proj", [width, embedding], 0.05)
      made.textTower(embedding: embedding, width: textWidth)
    }
  }

  /// A model with a residual network of so many blocks a stage.
  private static func residual(
    _ name: String, _ blocks: [Int], width: Int, side: Int, embedding: Int, textWidth: Int = 512
  ) throws -> String {
    try file(name) { made in
      func convolution(_ name: String, _ norm: String, _ outputs: Int, _ inputs: Int, _ side: Int) {
        // Keeps the variance of its input.
        let scale = (3 / Float(inputs * side * side)).squareRoot()
        made.add("\(name).weight", [outputs, inputs, side, side], scale)
        made.norm(norm, outputs)
        made.add("\(norm).running_mean", [outputs], 0.1)
        made.add("\(norm).running_var", [outputs], 0.1, around: 1)
      }
      convolution("visual.conv1", "visual.bn1", width / 2, 3, 3)
      convolution("visual.conv2", "visual.bn2", width / 2, width / 2, 3)
      convolution("visual.conv3", "visual.bn3", width, width / 2, 3)
      var inputs = width
      for (stage, count) in blocks.enumerated() {
        let planes = width << stage
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
      let (grid, pooled) = (side / 32, 32 * width)
      made.add("visual.attnpool.positional_embedding", [grid * grid + 1, pooled], 0.02)
      for (name, outputs) in [("q", pooled), ("k", pooled), ("v", pooled), ("c", embedding)] {
        made.add("visual.attnpool.\(name)_proj.weight", [outputs, pooled], 0.04)
        made.add("visual.attnpool.\(name)_proj.bias", [outputs], 0.01)
      }
      made.textTower(embedding: embedding, width: textWidth)
    }
  }

  fileprivate static func path(_ name: String) -> String {
    FileManager.default.temporaryDirectory
      .appendingPathComponent("lmpt-bench-\(name).safetensors").path
  }

  private static func file(_ name: String, _ make: (inout RandomTensors) -> Void) throws -> String {
    let path = path(name)
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
