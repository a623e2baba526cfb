// search WEIGHTS FOLDER "WORDS" - the pictures of a folder that fit some words best.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTCLIP
import LMPTImaging
import LMPTTensors

let words = CommandLine.arguments
guard words.count == 4 else {
  print("search WEIGHTS FOLDER \"WORDS\"")
  exit(2)
}
let model = try CLIPModel.load(path: words[1])
let endings = ["jpg", "jpeg", "png", "ppm"]
let names = try FileManager.default.contentsOfDirectory(atPath: words[2]).sorted().filter {
  endings.contains(($0 as NSString).pathExtension.lowercased())
}

// The sentence once, the pictures a few at a time, so that memory does not grow with the folder.
let sentence = try model.encode(["a photo of \(words[3])."])  // [1, E]
var found: [(name: String, cosine: Float)] = []
for start in stride(from: 0, to: names.count, by: 16) {
  let part = names[start..<min(start + 16, names.count)]
  let pictures = try part.map { try RGBImage(path: "\(words[2])/\($0)") }
  let distances = cosineDistance(model.encode(pictures), sentence)  // [N, 1]
  found += zip(part, distances.values).map { ($0, 1 - $1) }
}
for picture in found.sorted(by: { $0.cosine > $1.cosine }).prefix(5) {
  print(String(format: "%.4f", picture.cosine), picture.name)
}
