// classify WEIGHTS NAMES PICTURE... - which of some class names, between commas, fits each picture.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTCLIP
import LMPTImaging
import LMPTTensors
import LMPTTuning

let words = CommandLine.arguments
guard words.count > 3 else {
  print("classify WEIGHTS NAMES PICTURE...")
  exit(2)
}
let model = try CLIPModel.load(path: words[1])
let names = words[2].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
let zeroShot = try model.zeroShot(classNames: names)  // "a photo of a NAME.", encoded once
for path in words.dropFirst(3) {
  let scores = softmax(try zeroShot(model.encode([RGBImage(path: path)]))).values  // [1, C]
  let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
  print("\(path): \(names[best]) (\(Int((scores[best] * 100).rounded())) %)")
}
