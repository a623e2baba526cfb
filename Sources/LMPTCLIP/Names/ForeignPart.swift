// ForeignPart - parts of other models, told by the names of their tensors.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTWeights

/// A part that CLIP does not have and that this program does not compute.
///
/// Without a list of these a file of a related model would be refused for a shape or a missing
/// tensor, or, where its other tensors happen to be a whole CLIP, be computed wrongly.
struct ForeignPart: Sendable, Equatable {
  /// Which features the part changes.
  enum Concern: Sendable {
    case images
    case texts
    case both
  }

  /// What it is, as a phrase behind "the file has".
  let what: String
  /// The tensor that shows it.
  let tensor: String
  let concern: Concern

  /// The error that refuses the file for it.
  var error: ModelError {
    .foreign(part: what, tensor: tensor, imagesAreFine: concern == .texts)
  }

  /// The first foreign part that features of images or of texts would need.
  ///
  /// - Parameters:
  ///   - names: a file's tensors, wrappers taken off.
  ///   - wanted: `.images` and `.texts` leave out what concerns the other alone.
  /// - Returns: the part, or nil.
  static func first(in names: [String], for wanted: Concern) -> ForeignPart? {
    // Most names are those of ordinary blocks, which the towers check themselves.
    let names = names.filter { name in !usual.contains { name.hasPrefix($0) } }
    for mark in marks where wanted == .both || mark.concern == .both || mark.concern == wanted {
      if let name = names.first(where: mark.fits) {
        return ForeignPart(what: mark.what, tensor: name, concern: mark.concern)
      }
    }
    return nil
  }

  private static let usual = [
    "visual.transformer.resblocks.", "transformer.resblocks.", "text.transformer.resblocks.",
    "vision_model.encoder.layers.", "text_model.encoder.layers.",
  ]

  /// A way to tell a part: a beginning of a name, a piece of it, or both.
  private struct Mark: Sendable {
    let what: String
    let concern: Concern
    var beginning = ""
    var pieces: [String] = [""]

    func fits(_ name: String) -> Bool {
      name.hasPrefix(beginning)
        && pieces.contains { $0.isEmpty || name.utf8.contains(part: $0.utf8) }
    }
  }

  /// From the most telling to the most general.
  private static let marks: [Mark] = [
    Mark(what: "CoCa's text decoder", concern: .both, beginning: "text_decoder."),
    Mark(what: "CoCa's token of the text", concern: .texts, beginning: "text.cls_emb"),
    Mark(what: "CoCa's token of the text", concern: .texts, beginning: "cls_emb"),
    Mark(
      what: "SigLIP's attention pooling", concern: .both, beginning: "visual.trunk.attn_pool."),
    Mark(what: "SigLIP's attention pooling", concern: .both, beginning: "vision_model.head."),
    Mark(what: "SigLIP's projection of texts", concern: .both, beginning: "text_model.head."),
    Mark(what: "SigLIP's bias of the logits", concern: .texts, beginning: "logit_bias"),
    Mark(
      what: "an image tower of EVA02 (EVA-CLIP)", concern: .images, beginning: "visual.",
      pieces: [
        ".mlp.fc1_g", ".mlp.w1.", ".mlp.w12.", "visual.rope.", ".attn.rope", ".attn.q_bias",
        ".attn.q_proj", ".attn.inner_attn_ln",
      ]),
    Mark(
      what: "an image tower of ConvNeXt", concern: .images, beginning: "visual.",
      pieces: [".conv_dw.", ".stages.0.downsample", ".stages.0.blocks.0.gamma"]),
    Mark(
      what: "an image tower of timm, such as ConvNeXt, EVA02 or SigLIP's", concern: .images,
      beginning: "visual.trunk."),
    Mark(
      what: "an image tower of timm's or EVA-CLIP's transformer", concern: .images,
      beginning: "visual.blocks."),
    Mark(
      what: "attention pooling over the image (CoCa)", concern: .images,
      beginning: "visual.attn_pool."),
    Mark(what: "the image tower of MobileCLIP", concern: .both, beginning: "image_encoder.model."),
    Mark(what: "the towers of BLIP", concern: .both, beginning: "visual_encoder."),
    Mark(
      what: "LongCLIP's second table of positions", concern: .texts,
      pieces: ["positional_embedding_res", "position_embedding_res"]),
    Mark(
      what: "a text tower of the BERT family (RoBERTa, XLM-RoBERTa, BERT)", concern: .texts,
      pieces: ["word_embeddings.", "token_type_embeddings.", "roberta."]),
    Mark(
      what: "a text tower of T5", concern: .texts, beginning: "text.transformer.",
      pieces: ["transformer.shared.", "transformer.encoder.block."]),
    Mark(
      what: "a text tower of Hugging Face's other models", concern: .texts,
      beginning: "text.transformer."),
    Mark(what: "a text tower with a pooling layer", concern: .texts, beginning: "text.proj."),
    Mark(what: "a LoRA adapter", concern: .both, pieces: [".lora_", "lora_unet_", "lora_te_"]),
    Mark(what: "a ConvNeXt of timm", concern: .both, beginning: "stages.", pieces: [".conv_dw."]),
    Mark(what: "an EVA02 of timm", concern: .both, beginning: "blocks.", pieces: [".mlp.fc1_g"]),
    Mark(
      what: "a vision transformer of timm or DINO", concern: .both, beginning: "blocks.",
      pieces: [".attn.qkv."]),
  ]
}

extension String.UTF8View {
  /// Whether the bytes occur in these.
  fileprivate func contains(part: String.UTF8View) -> Bool {
    let (all, part) = (Array(self), Array(part))
    guard let first = part.first, all.count >= part.count else { return part.isEmpty }
    return (0...all.count - part.count).contains { start in
      all[start] == first && all[start...].starts(with: part)
    }
  }
}
