// CLIPModelTests+FullSize - RN50, ViT-B/16 and ViT-L/14 with weights that both sides compute.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTCLIP
@testable import LMPTWeights

extension CLIPModelTests {
  /// Slow (minutes) and large (6 GB): run with LMPT_LONG=1, as .ci/long does.
  @Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["LMPT_LONG"] == "1"))
  struct FullSize {
    @Test(arguments: ["RN50", "ViT-B-16", "ViT-L-14"])
    func featuresAreTorchs(_ name: String) throws {
      let wide = name == "ViT-L-14"
      let kind: ImageArchitecture.Kind =
        switch name {
        case "RN50": .resNet(blocks: [3, 4, 6, 3])
        case "ViT-B-16": .visionTransformer(patch: 16, layers: 12)
        default: .visionTransformer(patch: 14, layers: 24)
        }
      let (embedding, width) = name == "RN50" ? (1024, 64) : wide ? (768, 1024) : (512, 768)
      let architecture = Architecture(
        image: ImageArchitecture(
          kind: kind, size: 224, width: width, heads: name == "RN50" ? 32 : width / 64,
          embedding: embedding),
        text: TextArchitecture(
          contextLength: 77, vocabulary: 49408, width: wide ? 768 : 512, heads: wide ? 12 : 8,
          layers: 12, embedding: embedding))
      let tensors = try CanonicalNames.all(architecture).map { tensor in
        try HashedWeights.stored(tensor, HashedWeights.shape(of: tensor, architecture))
      }
      let model = try CLIPModel.load(WeightFile(format: .torchScript, tensors: tensors))
      #expect(model.architecture == architecture)
      #expect(model.architecture.name?.replacing("/", with: "-") == name)

      let squares = HashedWeights.values("pixel_embedding", [2, 3, 14, 14])
      let pixels = Tensor(shape: [2, 3, 224, 224]) { out in
        for i in 0..<2 * 3 * 224 * 224 {
          let (plane, y, x) = (i / 50176, i / 224 % 224, i % 224)
          out[i] = squares[plane * 196 + y / 16 * 14 + x / 16] * 4
        }
      }
      let tokens: [[Int32]] = [
        [49406, 320, 1125, 539, 320, 2533, 269, 49407], [49406, 1237, 3346, 4161, 269, 49407],
      ]
      let file = "large/\(name).safetensors"
      expectFeatures(
        model.encode(pixels: pixels), try SmallModels.expected("image", in: file), tolerance: 1e-4,
        slack: 1000, "\(name) image")
      expectFeatures(
        model.encode(tokens: tokens), try SmallModels.expected("text", in: file), tolerance: 1e-4,
        slack: 1000, "\(name) text")
    }
  }

  /// A weight as a function of its name and position: `hashed_weight` of the fixture's generator.
  ///
  /// h(i) = murmur3's 32-bit finaliser of i * 0x9E3779B1 + crc32(name); u = (h >> 8) / 2^23 - 1;
  /// then a scale and a shift by the name, all powers of two, so that no operation rounds.
  enum HashedWeights {
    /// A tensor whose numbers are computed in memory.
    static func stored(_ name: String, _ shape: [Int]) throws -> StoredTensor {
      let values = values(name, shape)
      let box = OwnedBytes(count: max(values.count * 4, 1))
      values.withUnsafeBytes { box.buffer.copyMemory(from: $0) }
      return try StoredTensor(
        name: name, dtype: .f32, shape: shape,
        storage: TensorStorage(UnsafeRawBufferPointer(box.buffer), owner: box), limits: .default)
    }

    /// The numbers.
    static func values(_ name: String, _ shape: [Int]) -> [Float] {
      let count = shape.reduce(1, *)
      if name == "logit_scale" { return [4.6] }
      let (scale, shift) = form(name, shape)
      let seed = crc32(Array(name.utf8))
      return [Float](unsafeUninitializedCapacity: count) { out, initialized in
        let base = out.baseAddress
        parallel(64) { part in
          var i = part * count / 64
          while i < (part + 1) * count / 64 {
            var h = UInt32(truncatingIfNeeded: i) &* 0x9E37_79B1 &+ seed
            h ^= h >> 16
            h = h &* 0x85EB_CA6B
            h ^= h >> 13
            h = h &* 0xC2B2_AE35
            h ^= h >> 16
            base?[i] = (Float(h >> 8) * 0x1p-23 - 1) * scale + shift
            i &+= 1
          }
        }
        initialized = count
      }
    }

    private static func form(_ name: String, _ shape: [Int]) -> (scale: Float, shift: Float) {
      if name.hasSuffix("running_var") { return (0.5, 1) }
      if name.hasSuffix("running_mean") || name.hasSuffix("bias") { return (0.125, 0) }
      if name.contains("embedding") { return (0.5, 0) }
      if shape.count == 1 { return (0.125, name.hasSuffix("bn3.weight") ? 0.25 : 1) }
      let fan = Double(shape.dropFirst().reduce(1, *))
      let exponent = Int(log2((3 / fan).squareRoot()).rounded(.down)) + (shape.count == 4 ? 1 : 0)
      return (Float(sign: .plus, exponent: exponent, significand: 1), 0)
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
      ~bytes.reduce(UInt32.max) { sum, byte in
        (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in rest >> 1 ^ (rest & 1) * 0xEDB8_8320 }
      }
    }

    /// The shape of a canonical tensor.
    static func shape(of name: String, _ architecture: Architecture) -> [Int] {
      let (image, text) = (architecture.image, architecture.text)
      let embedding = architecture.embedding
      switch name {
      case "logit_scale": return []
      case "positional_embedding": return [text.contextLength, text.width]
      case "text_projection": return [text.width, embedding]
      case "token_embedding.weight": return [text.vocabulary, text.width]
      default: break
      }
      guard name.hasPrefix("visual.") else { return block(name, text.width) }
      switch image.kind {
      case .visionTransformer(let patch, _):
        let grid = image.size / patch
        switch name {
        case "visual.class_embedding": return [image.width]
        case "visual.positional_embedding": return [grid * grid + 1, image.width]
        case "visual.proj": return [image.width, embedding]
        case "visual.conv1.weight": return [image.width, 3, patch, patch]
        default: return block(name, image.width)
        }
      case .resNet:
        return residual(name, image.width, embedding: embedding, grid: image.size / 32)
      }
    }

    private static func block(_ name: String, _ width: Int) -> [Int] {
      if name.hasSuffix("in_proj_weight") { return [3 * width, width] }
      if name.hasSuffix("in_proj_bias") { return [3 * width] }
      if name.hasSuffix("out_proj.weight") { return [width, width] }
      if name.hasSuffix("c_fc.weight") { return [4 * width, width] }
      if name.hasSuffix("c_fc.bias") { return [4 * width] }
      if name.hasSuffix("c_proj.weight") { return [width, 4 * width] }
      return [width]
    }

    private static func residual(
      _ name: String, _ width: Int, embedding: Int, grid: Int
    ) -> [Int] {
      let parts = name.split(separator: ".").map(String.init)
      if parts[1] == "attnpool" {
        if parts[2] == "positional_embedding" { return [grid * grid + 1, 32 * width] }
        let outputs = parts[2] == "c_proj" ? embedding : 32 * width
        return parts[3] == "bias" ? [outputs] : [outputs, 32 * width]
      }
      if !parts[1].hasPrefix("layer") {
        let outputs = parts[1].hasSuffix("3") ? width : width / 2
        guard parts[1].hasPrefix("conv") else { return [outputs] }
        return [outputs, parts[1] == "conv1" ? 3 : width / 2, 3, 3]
      }
      let stage = Int(parts[1].dropFirst(5)) ?? 1
      let planes = width << (stage - 1)
      let inputs = parts[2] != "0" ? 4 * planes : stage == 1 ? width : 2 * planes
      switch parts[3] {
      case "conv1": return [planes, inputs, 1, 1]
      case "conv2": return [planes, planes, 3, 3]
      case "conv3": return [4 * planes, planes, 1, 1]
      case "downsample": return parts[4] == "0" ? [4 * planes, inputs, 1, 1] : [4 * planes]
      case "bn3": return [4 * planes]
      default: return [planes]
      }
    }
  }
}
