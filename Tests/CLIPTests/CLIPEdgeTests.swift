// CLIPEdgeTests - the last id, the heads of large towers, and compositions that must not happen.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Support
import Testing
import Weights

@testable import CLIP

@Suite struct CLIPEdgeTests {
  @Test("the last id of the vocabulary is taken, the next is refused")
  func vocabulary() throws {
    let model = try SmallModels.load("openai.safetensors")  // 64 ids
    try model.check([[0, 63]])
    #expect(throws: ModelError.token(id: 64, vocabulary: 64)) { try model.check([[0], [64]]) }
    #expect(throws: ModelError.token(id: -1, vocabulary: 64)) { try model.check([[-1]]) }
  }

  @Test("OpenCLIP's three largest image towers have sixteen heads", arguments: [1280, 1408, 1664])
  func heads(width: Int) throws {
    // open_clip/model_configs: ViT-H-14 (head_width 80), ViT-g-14 (88), ViT-bigG-14 (104).
    let shapes = [
      "visual.proj": [width, 32], "visual.conv1.weight": [width, 3, 1, 1],
      "visual.positional_embedding": [17, width],
    ]
    let arrays = try WeightFile.read(Fixtures.path("clip/small/openai.safetensors")).tensors
      .map { tensor in
        guard let shape = shapes[tensor.name] else { return NamedArray(tensor) }
        return NamedArray(
          tensor.name, floats: Array(repeating: 0, count: shape.reduce(1, *)), shape: shape)
      }
    let file = try Safetensors.parse(Safetensors.bytes(of: arrays))
    #expect(try Architecture(ModelTensors(file)).image.heads == 16)
  }

  @Test("a mark behind one of its class is not joined, nor is a letter that is none")
  func composition() {
    // Python: unicodedata.normalize("NFC", text).
    for text: [UInt32] in [[0x61, 0x305, 0x301], [0xAC00, 0x11A7], [0xAC01, 0x11A8]] {
      #expect(UnicodeNormalization.composed(text) == text)
    }
    #expect(UnicodeNormalization.composed([0x61, 0x323, 0x302]) == [0x1EAD])
    #expect(UnicodeNormalization.composed([0x61, 0x315, 0x301]) == [0xE1, 0x315])
    #expect(UnicodeNormalization.composed([0xAC00, 0x11A8]) == [0xAC01])
  }
  @Test("OpenCLIP's configuration means the exact form unless it says otherwise")
  func configuration() throws {
    let folder = try TemporaryFolder()
    let weights = "\(folder.path)/model.safetensors"
    try FileManager.default.copyItem(
      atPath: Fixtures.path("clip/small/openai.safetensors"), toPath: weights)
    for (text, activation): (String, Activation) in [
      (#"{"model_cfg": {}}"#, .gelu), (#"{"model_cfg": {"quick_gelu": true}}"#, .quickGELU),
      (#"{"model_cfg": {"quick_gelu": false}}"#, .gelu),
    ] {
      _ = try folder.write("open_clip_config.json", text)
      #expect(try CLIPModel.load(path: weights).activation == activation, "\(text)")
    }
  }

  @Test("the last bytes of a tensor are in the fingerprint")
  func fingerprint() throws {
    let file = try WeightFile.read(Fixtures.path("clip/small/openai.safetensors"))
    let prints = try [Float(1), 1.5].map { scale in
      let arrays = file.tensors.map { tensor in
        tensor.name == "logit_scale"
          ? NamedArray("logit_scale", floats: [scale], shape: tensor.shape) : NamedArray(tensor)
      }
      return try CLIPModel.load(Safetensors.parse(Safetensors.bytes(of: arrays))).fingerprint
    }
    #expect(prints[0] != prints[1])
  }
}
