// Stress - the thread pool and the feature cache at work for long, meant for the thread sanitizer.
// SPDX-License-Identifier: Apache-2.0
//
// Usage: Stress JOBS MINI CACHE  (jobs of the pool; the folder Fixtures/mini; a folder to fill)

import LMPTBytes
import LMPTCLIP
import Foundation
import LMPTTuning
import Synchronization
import LMPTTensors

func fail(_ text: String) -> Never {
  print("stress: \(text)")
  exit(1)
}

let words = CommandLine.arguments
guard words.count == 4, let jobs = Int(words[1]) else { fail("JOBS MINI CACHE") }

// Tiny jobs back to back, with more threads than cores: a job's closure and its caller's memory must
// not be touched once it is over.
let clock = ContinuousClock()
var start = clock.now
for threads in [2, 4, 16] {
  Threads.count = threads
  for round in 0..<jobs / 3 {
    let count = 2 + round % 5
    let marks = UnsafeMutablePointer<Int>.allocate(capacity: count)
    // safety: each task writes its own element, and `parallel` returns after all of them.
    nonisolated(unsafe) let target = marks
    parallel(count) { target[$0] = round &+ $0 }
    for index in 0..<count where marks[index] != round &+ index { fail("task \(index) was lost") }
    marks.deallocate()
  }
}
print("stress: \(jobs) jobs in \(clock.now - start)")

// Several callers at once: one gets the pool, the others work alone.
start = clock.now
Threads.count = 4
let sum = Atomic<Int>(0)
DispatchQueue.concurrentPerform(iterations: 8) { caller in
  for round in 0..<jobs / 100 {
    parallel(4) { sum.wrappingAdd($0 + caller + round % 3, ordering: .relaxed) }
  }
}
let rounds = jobs / 100
let perCaller = (0..<rounds).reduce(0) { $0 + 4 * ($1 % 3) } + 6 * rounds
guard sum.load(ordering: .relaxed) == 8 * perCaller + 4 * 28 * rounds else { fail("wrong sum") }
print("stress: \(8 * rounds) jobs of eight callers in \(clock.now - start)")

// A cache filled by the pool, and a training run on it; both must not depend on the threads.
do {
  start = clock.now
  let model = try CLIPModel.load(path: "\(words[2])/clip.safetensors")
  var results: [[Float]] = []
  for threads in [1, 4] {
    Threads.count = threads
    let whole = try LongTailDataset(try DatasetSpec.named("mini"), root: words[2])
    let dataset = LongTailDataset(
      whole.spec, root: whole.root, classNames: whole.classNames, train: whole.train,
      test: Array(whole.test.prefix(128)), captions: whole.captions)
    let features = try DatasetFeatures(
      dataset,
      from: FeatureSource(model: model, cacheRoot: "\(words[3])/\(threads)"))
    var options = MiniBenchmark.options(MiniBenchmark.arms[3], seed: 0)
    options.epochs = 1
    var run = try TrainingRun(model: model, features: features, options: options, folder: nil)
    results.append(features.trainImages.features.values + (try run.run().evaluation.scores.values))
  }
  guard results[0] == results[1] else { fail("results depend on the threads") }
  print("stress: features and an epoch with 1 and 4 threads in \(clock.now - start)")
} catch {
  fail("\(error)")
}
