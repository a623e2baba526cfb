// ForeignPartTests - models related to CLIP are refused by the name of what they have beyond it.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import Testing
import LMPTWeights

@testable import LMPTCLIP

@Suite("parts that CLIP does not have")
struct ForeignPartTests {
  /// Tensors as the projects name them (open_clip 3, transformers, LongCLIP, MobileCLIP), and a word
  /// of the refusal; whether images may go on.
  static let files: [(names: [String], word: String, imagesAreFine: Bool)] = [
    (["visual.proj", "text.cls_emb", "text_decoder.resblocks.0.ln_1.weight"], "CoCa", false),
    (["visual.proj", "visual.attn_pool.query", "text.token_embedding.weight"], "CoCa", false),
    (["visual.proj", "text.cls_emb"], "CoCa", true),
    (
      [
        "visual.trunk.pos_embed", "visual.trunk.blocks.0.attn.qkv.weight",
        "visual.trunk.attn_pool.latent", "logit_bias",
      ], "SigLIP", false
    ),
    (["vision_model.head.probe", "text_model.head.weight", "logit_bias"], "SigLIP", false),
    (
      ["visual.trunk.blocks.0.attn.q_proj.weight", "visual.trunk.blocks.0.mlp.fc1_g.weight"],
      "EVA02", false
    ),
    (["visual.blocks.0.mlp.w1.weight", "visual.rope.freqs_cos"], "EVA02", false),
    (["visual.trunk.blocks.0.attn.q_bias", "visual.trunk.blocks.0.attn.qkv.weight"], "EVA", false),
    (
      ["visual.trunk.stem.0.weight", "visual.trunk.stages.0.blocks.0.conv_dw.weight"], "ConvNeXt",
      false
    ),
    (["stem.0.weight", "stages.0.blocks.0.conv_dw.weight"], "ConvNeXt", false),
    (["visual.trunk.patch_embed.proj.weight"], "timm", false),
    (["blocks.0.attn.qkv.weight", "patch_embed.proj.weight"], "timm", false),
    (["image_encoder.model.patch_embed.0.weight", "text_encoder.ln.weight"], "MobileCLIP", false),
    (
      ["visual.proj", "text.transformer.embeddings.word_embeddings.weight", "text.proj.weight"],
      "RoBERTa", true
    ),
    (["visual_projection.weight", "text_model.roberta.embeddings.x"], "RoBERTa", true),
    (["visual.proj", "bert.embeddings.word_embeddings.weight"], "BERT", true),
    (["visual.proj", "text.transformer.encoder.block.0.layer.0.x"], "T5", true),
    (["visual.proj", "positional_embedding", "positional_embedding_res"], "LongCLIP", true),
    (["text_model.embeddings.position_embedding_res.weight"], "LongCLIP", true),
    (["visual.proj", "logit_bias"], "SigLIP", true),
    (["text_encoder.lora_A.weight"], "LoRA", false),
  ]

  @Test("each is told by its tensors", arguments: files)
  func told(file: (names: [String], word: String, imagesAreFine: Bool)) throws {
    let part = try #require(ForeignPart.first(in: file.names, for: .both))
    #expect(part.error.message.contains(file.word), "\(part.error)")
    #expect(part.error.message.contains(part.tensor))
    #expect((ForeignPart.first(in: file.names, for: .images) == nil) == file.imagesAreFine)
    #expect(part.error.hint.contains("images can be encoded") == file.imagesAreFine)
  }

  @Test(
    "CLIP's own files have none",
    arguments: [
      "openai.pt", "openai-traced.pt", "openai.safetensors", "openclip.pt", "openclip-scripted.pt",
      "resnet.pt", "authors.pt", "huggingface/model.safetensors",
    ])
  func own(name: String) throws {
    let file = try WeightFile.read(Fixtures.path("clip/small/\(name)"))
    let names = file.tensors.map { WeightLayout.unwrapped($0.name) }
    #expect(ForeignPart.first(in: names, for: .both) == nil)
  }

  /// The small model with more tensors, or other ones in their place.
  private func model(_ more: [NamedArray]) throws -> WeightFile {
    let file = try WeightFile.read(Fixtures.path("clip/small/openai.safetensors"))
    let names = Set(more.map(\.name))
    let arrays = file.tensors.filter { !names.contains($0.name) }.map { NamedArray($0) } + more
    return try Safetensors.parse(try Safetensors.bytes(of: arrays))
  }

  @Test("a whole CLIP with a foreign part is refused for it, not computed without it")
  func refused() throws {
    for name in ["positional_embedding_res", "logit_bias", "text.cls_emb", "text_decoder.x"] {
      let file = try model([NamedArray(name, floats: [1])])
      #expect(errorCode { _ = try CLIPModel.load(file) } == "model.foreign-part", "\(name)")
    }
    for name in ["text_projection.bias", "positional_embedding_2", "visual.head.weight"] {
      let file = try model([NamedArray(name, floats: [1])])
      #expect(errorCode { _ = try CLIPModel.load(file) } == "model.unexpected-tensor", "\(name)")
    }
  }

  @Test("integers are no weights")
  func quantised() throws {
    let file = try model([
      NamedArray("visual.proj", integers: [Int](repeating: 1, count: 64 * 32), shape: [64, 32])
    ])
    #expect(errorCode { _ = try CLIPModel.load(file) } == "model.number-format")
  }

  @Test("a shard without its index says so")
  func shards() throws {
    let file = try WeightFile.read(Fixtures.path("clip/small/openai.safetensors"))
    let half = file.tensors.filter { !$0.name.hasPrefix("visual.") }.map { NamedArray($0) }
    let folder = try TemporaryFolder()
    let named = "\(folder.path)/model-00001-of-00002.safetensors"
    try Safetensors.write(half, to: named)
    for name in ["model-00001-of-00002.safetensors", "part.safetensors", "half.safetensors"] {
      let path = "\(folder.path)/\(name)"
      if path != named { try Safetensors.write(half, to: path) }
      if name == "part.safetensors" {
        _ = try folder.write(
          "model.safetensors.index.json", #"{"weight_map": {"ln_final.bias": "part.safetensors"}}"#)
      }
      let expected = name == "half.safetensors" ? "model.missing-tensor" : "model.shard"
      #expect(errorCode { _ = try CLIPModel.load(path: path) } == expected, "\(name)")
    }
  }
}
