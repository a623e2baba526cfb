// HuggingFaceNamesTests - names there and back.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTCLIP

@Suite struct HuggingFaceNamesTests {
  @Test func huggingFaceNamesComeBack() {
    for canonical in ["visual.proj", "ln_final.bias", "transformer.resblocks.3.mlp.c_fc.weight"] {
      let names = HuggingFaceNames.names(of: canonical) ?? []
      #expect(names.count == 1)
      #expect(HuggingFaceNames.canonical(names.first ?? "") == canonical)
    }
    #expect(
      HuggingFaceNames.names(of: "visual.transformer.resblocks.11.attn.in_proj_bias") == [
        "vision_model.encoder.layers.11.self_attn.q_proj.bias",
        "vision_model.encoder.layers.11.self_attn.k_proj.bias",
        "vision_model.encoder.layers.11.self_attn.v_proj.bias",
      ])
    #expect(HuggingFaceNames.names(of: "visual.layer1.0.conv1.weight") == nil)
  }
}
