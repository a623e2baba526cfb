// WeightLayoutTests - wrappers around names.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTCLIP

@Suite struct WeightLayoutTests {
  @Test func wrappersAreTakenOff() {
    #expect(WeightLayout.unwrapped("state_dict.module.visual.proj") == "visual.proj")
    #expect(WeightLayout.unwrapped("_orig_mod.module.text_projection") == "text_projection")
    #expect(WeightLayout.unwrapped("text_model.final_layer_norm.bias").hasPrefix("text_model."))
  }
}
