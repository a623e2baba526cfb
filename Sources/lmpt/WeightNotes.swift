// WeightNotes - what commands tell of a file of weights: an assumed activation, texts that are refused.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP

/// A line where a file's texts are not CLIP's and only its images were used.
func refusalNotes(_ refusal: ModelError?, _ file: String) -> [String] {
  refusal.map { ["lmpt: note: \(file): \($0.message); its texts would be refused"] } ?? []
}

/// A line where the activation was assumed.
func assumptionNotes(_ isAssumed: Bool, _ file: String) -> [String] {
  guard isAssumed else { return [] }
  return [
    "lmpt: note: \(file): nothing says its activation, neither metadata nor a configuration beside"
      + " it; QuickGELU assumed (--activation gelu for the exact form)"
  ]
}

/// The activation in a command's JSON, and whether it was assumed.
func activationFields(_ activation: Activation, assumed: Bool) -> [(key: String, value: JSON)] {
  [("activation", .string(activation.rawValue)), ("activation_assumed", .bool(assumed))]
}
