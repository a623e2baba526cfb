// PageWords - the words that the page's frame says by itself.
// SPDX-License-Identifier: Apache-2.0

/// Labels of the frame.
enum PageWords {
  /// The three voices.
  static let voices = [
    "paper": "The paper", "released": "The released code", "ours": "This program",
  ]
}
