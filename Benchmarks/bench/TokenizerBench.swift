// TokenizerBench - token ids of captions, and of text that has to be repaired.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP

/// The tokenizer's pieces of work; a second is one core, because a text is never split.
enum TokenizerBench {
  /// Captions of the kind the lists hold, made from templates because those are not ours to copy.
  static let captions: [String] = {
    let animals = ["dog", "zebra", "giraffe", "motorcycle", "traffic light", "person", "tvmonitor"]
    let places = ["on a city street", "next to a wooden table", "in the snow", "under an umbrella"]
    let doing = ["standing", "that is looking at the camera", "with two children", "parked"]
    return animals.flatMap { animal in
      places.flatMap { place in
        doing.map { "A photograph of a large \(animal) \($0) \(place), seen from above." }
      }
    }
  }()

  static var all: [Work] {
    get throws {
      let tokenizer = try Tokenizer.clip()
      let mojibake = captions.map {
        $0 + " \u{E2}\u{20AC}\u{153}caf\u{C3}\u{A9}\u{E2}\u{20AC}\u{9D} &amp; more"
      }
      func work(_ name: String, _ texts: [String]) -> Work {
        let bytes = texts.reduce(0) { $0 + $1.utf8.count }
        return Work(name: name, amount: .bytes(Double(bytes))) {
          for text in texts { _ = tokenizer.encode(text) }
        }
      }
      return [
        work("tokenize \(captions.count) captions", captions),
        work("tokenize \(captions.count) captions with mojibake", mojibake),
        work("tokenize one word of 64 KiB", [String(repeating: "abracadabra", count: 5958)]),
      ]
    }
  }
}
