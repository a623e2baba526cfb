// TokenReplay - texts as token ids, against OpenAI's tokenizer.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP

/// Texts against OpenAI's tokenizer.
func replayTokens(_ folder: String) throws -> FixtureResult {
  var comparison = Comparison()
  let tokenizer = try Tokenizer.clip()
  let path = "\(folder)/texts.jsonl"
  let file = try FileBytes(path: path)
  try file.withBytes { bytes in
    for line in bytes.split(separator: 0x0A) {
      let json = try inFile(path) { try JSON.parse(UnsafeRawBufferPointer(rebasing: line)) }
      let text = json["text"]?.string ?? ""
      comparison.exact(text.debugDescription) {
        tokenizer.encode(text)
          == json["ids"]?.array?.compactMap { $0.int.flatMap(Int32.init(exactly:)) }
      }
    }
  }
  return comparison.result("tokens", "tokenizer")
}
