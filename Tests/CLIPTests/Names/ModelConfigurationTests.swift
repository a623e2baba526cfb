// ModelConfigurationTests - what lies beside the weights is obeyed, or the weights are refused.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import LMPTTensors
import Testing
import LMPTWeights

@testable import LMPTCLIP

@Suite("configurations beside weights")
struct ModelConfigurationTests {
  /// A folder with a small model and configurations.
  private func folder(
    _ configurations: [String: String], of source: String = "openai.safetensors",
    keeping: (String) -> Bool = { _ in true }
  ) throws -> (folder: TemporaryFolder, weights: String) {
    let folder = try TemporaryFolder()
    let file = try WeightFile.read(Fixtures.path("clip/small/\(source)"))
    let weights = "\(folder.path)/weights.safetensors"
    try Safetensors.write(
      file.tensors.filter { keeping($0.name) }.map { NamedArray($0) }, to: weights)
    for (name, text) in configurations { _ = try folder.write(name, text) }
    return (folder, weights)
  }

  /// What loading the small model beside a configuration ends with; nil when it loads.
  private func code(_ configurations: [String: String]) throws -> (texts: String?, images: String?)
  {
    let (folder, weights) = try folder(configurations)
    return withExtendedLifetime(folder) {
      let refusal = try? ImageEncoder.load(path: weights).textRefusal
      let texts = errorCode { _ = try CLIPModel.load(path: weights) }
      // Opening the images alone tells of the text tower what the tensors need not be read for.
      if texts == nil { #expect(refusal == nil, "\(configurations)") }
      return (texts, errorCode { _ = try ImageEncoder.load(path: weights) })
    }
  }

  @Test(
    "hidden_act is obeyed for a file with the image tower alone",
    arguments: [
      (#"{"model_type": "clip_vision_model", "hidden_act": "gelu"}"#, "image.gelu"),
      (
        #"{"model_type": "clip_vision_model", "hidden_act": "quick_gelu", "projection_dim": 512}"#,
        "image"
      ),
      (#"{"model_type": "clip_vision_model", "image_size": 64}"#, "image"),
      (#"{"model_type": "clip", "vision_config": {"hidden_act": "gelu"}}"#, "image.gelu"),
      (
        #"{"model_type": "clip", "vision_config": {"hidden_act": "gelu"}, "#
          + #""text_config": {"hidden_act": "quick_gelu"}}"#, "image.gelu"
      ),
      (#"{"hidden_act": "gelu", "patch_size": 16}"#, "image.gelu"),
      (#"{"activation": "gelu"}"#, "image.gelu"),
      (
        #"{"model_type": "clip", "vision_config": {"hidden_act": "quick_gelu"}, "#
          + #""vision_config_dict": {"hidden_act": "gelu"}}"#, "image.gelu"
      ),
    ])
  func visionOnly(configuration: String, expected: String) throws {
    let (folder, weights) = try folder(
      ["config.json": configuration], of: "huggingface/model.safetensors",
      keeping: { $0.hasPrefix("vis") })
    let opened = try withExtendedLifetime(folder) { try ImageEncoder.load(path: weights) }
    #expect(opened.origin == .stated("\(folder.path)/config.json"))
    expectFeatures(
      opened.encoder(try SmallModels.expected("images")), try SmallModels.expected(expected),
      configuration)
  }

  @Test("a configuration is obeyed beside every kind of file")
  func everyKind() throws {
    for name in ["openai.pt", "openai-traced.pt", "openai.safetensors", "authors.pt"] {
      let folder = try TemporaryFolder()
      let weights = "\(folder.path)/\(name)"
      try FileManager.default.copyItem(
        atPath: Fixtures.path("clip/small/\(name)"), toPath: weights)
      #expect(try ImageEncoder.load(path: weights).origin == .assumed)
      _ = try folder.write("open_clip_config.json", #"{"model_cfg": {"vision_cfg": {}}}"#)
      let exact = try ImageEncoder.load(path: weights)
      #expect(exact.activation == .gelu && exact.origin != .assumed)
      expectFeatures(
        exact.encoder(try SmallModels.expected("images")), try SmallModels.expected("image.gelu"))
      _ = try folder.write("open_clip_config.json", #"{"model_cfg": {"quick_gelu": true}}"#)
      #expect(try ImageEncoder.load(path: weights).activation == .quickGELU)
    }
  }

  @Test("two places that contradict each other are refused, unless the caller decides")
  func contradiction() throws {
    let gelu =
      #"{"model_type": "clip", "vision_config": {"hidden_act": "gelu"}, "#
      + #""text_config": {"hidden_act": "gelu"}}"#
    let quick = #"{"model_cfg": {"quick_gelu": true, "vision_cfg": {}, "text_cfg": {}}}"#
    let exact = #"{"model_cfg": {"vision_cfg": {}, "text_cfg": {}}}"#
    let found = try code(["config.json": gelu, "open_clip_config.json": quick])
    #expect(found.texts == "model.contradiction" && found.images == "model.contradiction")
    let agreed = try code(["config.json": gelu, "open_clip_config.json": exact])
    #expect(agreed.texts == nil && agreed.images == nil)
    let (folder, weights) = try folder(["config.json": gelu, "open_clip_config.json": quick])
    let origin = try withExtendedLifetime(folder) {
      try CLIPModel.load(path: weights, activation: .gelu).activationOrigin
    }
    #expect(origin == .chosen)
  }

  @Test(
    "settings of the text tower that stand for another computation",
    arguments: [
      #""pool_type": "last""#, #""pool_type": "first""#, #""pool_type": "eos""#,
      #""pool_type": "tok""#, #""no_causal_mask": true"#, #""embed_cls": true"#,
      #""ls_init_value": 0.1"#, #""final_ln_after_pool": true"#, #""proj_bias": true"#,
      #""proj_type": "none""#, #""act_kwargs": {"approximate": "tanh"}"#,
      #""norm_kwargs": {"eps": 1e-6}"#, #""hf_model_name": "roberta-base""#,
      #""context_length": 32"#, #""vocab_size": 49408"#, #""layers": 12"#, #""heads": 8"#,
      #""width": 512"#, #""qk_norm": true"#, #""some_new_part": 2"#,
    ])
  func texts(setting: String) throws {
    let found = try code(["open_clip_config.json": #"{"model_cfg": {"text_cfg": {\#(setting)}}}"#])
    let expected =
      setting.contains("_length") || setting.contains("vocab_size")
      || setting.contains("layers") || setting.contains("heads") || setting.contains("width")
    #expect(found.texts == (expected ? "model.configuration" : "model.setting"), "\(setting)")
    #expect(found.images == nil, "\(setting)")
  }

  @Test(
    "settings of the image tower that stand for another computation",
    arguments: [
      #""pool_type": "avg""#, #""pool_type": "none""#, #""global_average_pool": true"#,
      #""attentional_pool": true"#, #""attentional_pool": "parallel""#, #""no_ln_pre": true"#,
      #""pos_embed_type": "sin_cos_2d""#, #""final_ln_after_pool": true"#,
      #""ls_init_value": 1e-5"#, #""timm_model_name": "convnext_base""#,
      #""eva_model_name": "eva-clip-b-16""#, #""norm_kwargs": {"eps": 1e-6}"#,
      #""act_kwargs": {"approximate": "tanh"}"#, #""input_patchnorm": true"#,
      #""image_size": 224"#, #""head_width": 80"#, #""layers": [3, 4, 6, 3]"#,
      #""patch_size": 32"#, #""rope": true"#,
    ])
  func images(setting: String) throws {
    let found = try code(["open_clip_config.json": #"{"model_cfg": {"vision_cfg": {\#(setting)}}}"#]
    )
    #expect(found.texts != nil && found.images != nil, "\(setting)")
    #expect(["model.setting", "model.configuration"].contains(found.images), "\(setting)")
  }

  @Test("OpenCLIP's and Hugging Face's own files for the small model are obeyed without a word")
  func fine() throws {
    // With every key of open_clip 3's CLIPVisionCfg and CLIPTextCfg at its default or the model's.
    let own = """
      {"model_cfg": {"embed_dim": 32, "quick_gelu": true, "vision_cfg": {"layers": 3, "width": 64,
      "head_width": 64, "mlp_ratio": 4.0, "patch_size": 16, "image_size": [64, 64],
      "ls_init_value": null, "patch_dropout": 0.5, "attentional_pool": false,
      "attn_pooler_queries": 256, "attn_pooler_heads": 8, "no_ln_pre": false,
      "pos_embed_type": "learnable", "final_ln_after_pool": false, "pool_type": "tok",
      "output_tokens": false, "act_kwargs": {}, "norm_kwargs": {}, "block_type": null,
      "timm_model_name": null, "timm_pool": "avg", "timm_proj": "linear", "timm_proj_bias": false},
      "text_cfg": {"context_length": 77, "vocab_size": 64, "hf_tokenizer_name": null,
      "tokenizer_kwargs": null, "width": 64, "heads": 1, "layers": 3, "mlp_ratio": 4.0,
      "ls_init_value": null, "embed_cls": false, "pad_id": 0, "no_causal_mask": false,
      "final_ln_after_pool": false, "pool_type": "argmax", "proj_bias": false,
      "proj_type": "linear", "output_tokens": false, "act_kwargs": null, "norm_kwargs": {"eps": 1e-5},
      "hf_model_name": null, "hf_model_pretrained": true, "hf_proj_type": "mlp",
      "hf_pooler_type": "mean_pooler"}}, "preprocess_cfg": {"mean": [0.5, 0.5, 0.5]}}
      """
    let hf = try String(
      contentsOfFile: Fixtures.path("clip/small/huggingface/config.json"), encoding: .utf8)
    let found = try code(["open_clip_config.json": own, "config.json": hf])
    #expect(found.texts == nil && found.images == nil)
    // Another program's files say nothing about a CLIP.
    for text in [#"{"model_type": "bert", "hidden_act": "gelu"}"#, "[]", #"{"out": "runs"}"#] {
      let (folder, weights) = try folder(["config.json": text])
      let origin = try withExtendedLifetime(folder) {
        try CLIPModel.load(path: weights).activationOrigin
      }
      #expect(origin == .assumed, "\(text)")
    }
  }

  @Test("beside a configuration that is not JSON no activation is assumed", arguments: ["{", ""])
  func notJSON(text: String) throws {
    for name in ["config.json", "open_clip_config.json"] {
      let found = try code([name: text])
      #expect(found.texts == "model.unreadable-configuration")
      #expect(found.images == "model.unreadable-configuration")
      let (folder, weights) = try folder([name: text])
      let opened = try withExtendedLifetime(folder) {
        try ImageEncoder.load(path: weights, activation: .gelu)
      }
      #expect(opened.origin == .chosen)
    }
  }

  @Test("a file that is not JSON is refused, whatever the others say")
  func oneNotJSON() throws {
    let good = try String(
      contentsOfFile: Fixtures.path("clip/small/huggingface/config.json"), encoding: .utf8)
    #expect(try code(["config.json": good]).texts == nil)
    for name in ["open_clip_config.json", "tokenizer_config.json"] {
      let found = try code(["config.json": good, name: "{"])
      #expect(found.texts == "model.unreadable-configuration", "\(name)")
      #expect(found.images == "model.unreadable-configuration", "\(name)")
    }
    // Pictures need no words.
    let (folder, weights) = try folder(["config.json": good, "tokenizer.json": "{"])
    let model = try withExtendedLifetime(folder) { try CLIPModel.load(path: weights) }
    #expect(errorCode { try model.checkVocabulary() } == "model.unreadable-configuration")
    // Larger than any configuration is: nobody knows what it says.
    let large = good + String(repeating: " ", count: 1 << 20)
    #expect(try code(["config.json": large]).images == "model.unreadable-configuration")
  }

  @Test("a kind that is too long to compare is refused")
  func longKind() throws {
    let marks = "k" + String(repeating: "\u{301}\u{323}", count: 200_000)
    let found = try code([
      "config.json": #"{"model_type": "\#(marks)", "vision_config": {}, "text_config": {}}"#
    ])
    #expect(found.images == "model.setting")
  }

  @Test("a tower without a kind is of its model's", arguments: ["siglip", "chinese_clip"])
  func kindOfTheModel(type: String) throws {
    let found = try code([
      "config.json":
        #"{"model_type": "\#(type)", "vision_config": {"hidden_act": "gelu"}, "#
        + #""text_config": {"hidden_act": "gelu"}}"#
    ])
    #expect(found.texts == "model.setting")
    #expect(found.images == (type == "siglip" ? "model.setting" : nil))
  }

  @Test(
    "Hugging Face's settings",
    arguments: [
      (#""text_config": {"eos_token_id": 7}"#, "model.setting", true),
      (#""text_config": {"eos_token_id": 63}"#, nil, true),
      (#""text_config": {"eos_token_id": 2}"#, nil, true),
      (#""text_config": {"attention_dropout": 0.1, "projection_dim": 512}"#, nil, true),
      (#""text_config": {"layer_norm_eps": 1e-6}"#, "model.configuration", true),
      (#""text_config": {"model_type": "xlm-roberta"}"#, "model.setting", true),
      (#""text_config": {"no_causal_mask": true}"#, "model.setting", true),
      (#""text_config": {"vocab_size": 901629}"#, "model.configuration", true),
      (#""text_config": {"hidden_act": "gelu_new"}"#, "model.activation", true),
      (#""vision_config": {"layer_norm_eps": 1e-6}"#, "model.configuration", false),
      (#""vision_config": {"image_size": 224}"#, "model.configuration", false),
      (#""vision_config": {"patch_size": 32}"#, "model.configuration", false),
      (#""vision_config": {"num_hidden_layers": 12}"#, "model.configuration", false),
      (#""vision_config": {"model_type": "siglip_vision_model"}"#, "model.setting", false),
      (#""projection_dim": 512"#, "model.configuration", false),
    ] as [(String, String?, Bool)])
  func huggingFace(setting: String, expected: String?, imagesGoOn: Bool) throws {
    let found = try code(["config.json": #"{"model_type": "clip", \#(setting)}"#])
    #expect(found.texts == expected, "\(setting)")
    #expect((found.images == nil) == imagesGoOn, "\(setting): \(found.images ?? "none")")
  }

  @Test("what is refused beside a configuration is refused where a conversion takes it")
  func converted() throws {
    let (folder, weights) = try folder([
      "open_clip_config.json": #"{"model_cfg": {"text_cfg": {"pool_type": "last"}}}"#
    ])
    let file = try withExtendedLifetime(folder) { try WeightFile.read(weights) }
    let metadata = file.knownBesideTensors(path: weights)
    #expect(metadata["activation"] == "gelu")
    let moved = try Safetensors.parse(
      try Safetensors.bytes(of: file.tensors.map { NamedArray($0) }, metadata: metadata))
    #expect(errorCode { _ = try CLIPModel.load(moved) } == "model.stated")
    // What a file says of itself is not said again.
    let again = withExtendedLifetime(folder) { moved.knownBesideTensors(path: weights) }
    #expect(again.isEmpty)
  }

  @Test("OpenCLIP's configuration means the exact form unless it says otherwise")
  func openCLIPsActivation() throws {
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
}
