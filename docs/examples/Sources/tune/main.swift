// tune WEIGHTS DESCRIPTION FOLDER OUT PICTURE - tunes a context on lists, and asks it about a picture.
//
// The lists and their description come out of a table: `lmpt data create --from labels.csv ...`
// (docs/Photographs.md).
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTCLIP
import LMPTImaging
import LMPTTensors
import LMPTTuning

let words = CommandLine.arguments
guard words.count == 6 else {
  print("tune WEIGHTS DESCRIPTION FOLDER OUT PICTURE")
  exit(2)
}
let data = try RunData(
  dataset: words[2], root: words[3], weights: words[1], cache: "\(words[4])/features")
let pictures = try data.features()  // encoded once, kept in the cache
var options = TrainingOptions(dataset: "own", method: .coop)
(options.epochs, options.learningRate, options[.optimizer]) = (3, 1e-2, .adam)

// Validation, checkpoints and logs as `lmpt train` has them, and the same files at the end.
let folder = try RunFolder("\(words[4])/run", data: data, options: options)
let result = try folder.train(pictures, model: data.model, options: options) { _ in }
print("kept epoch \(result.epoch), mAP \(result.evaluation.map.total)")

let run = try TunedRun("\(words[4])/run")
let model = try run.model()
let logits = try run.predictor(model)(
  ImageBatch(features: model.encode([RGBImage(path: words[5])])))  // [1, C]
let scores = softmax(logits).values
let limit = Float(run.labelThreshold ?? 0.5)
for (name, score) in zip(run.classNames, scores) where score > limit { print(name, score) }
