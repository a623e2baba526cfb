// Activation - the nonlinearity of CLIP's feed-forward layers, and how a file's is found out.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// The nonlinearity between the two layers of a feed-forward block.
public enum Activation: String, Sendable, CaseIterable {
  /// x sigmoid(1.702 x): OpenAI's models.
  case quickGELU = "quickgelu"
  /// x Phi(x), exact: most of OpenCLIP's models.
  case gelu

  /// Where the knowledge of a file's activation comes from.
  package enum Origin: Sendable, Equatable {
    /// The caller said so.
    case chosen
    /// The file's own metadata, or a configuration beside it; the value names the place.
    case stated(String)
    /// Nothing says so: OpenAI's activation, because most files with CLIP's names are theirs.
    case assumed
  }

  /// Reads a configuration's word: `quick_gelu`, `gelu` and their spellings.
  init?(named name: String) {
    switch name.lowercased() {
    case "quick_gelu", "quickgelu", "quick-gelu": self = .quickGELU
    case "gelu", "gelu_exact", "gelu_none": self = .gelu
    default: return nil
    }
  }
}
