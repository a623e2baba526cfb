// Features - `lmpt features`: fills the feature cache, in shards if wanted.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning

extension Command {
  static let features = Command(
    name: "features",
    summary: "compute image features ahead of training, resumable and in shards",
    options: Option.source + [part.option, .dryRun],
    examples: [
      "lmpt features --dataset voc-lt --data data/voc --weights ViT-B-16.pt",
      "lmpt features --dataset mini --shard 1/4",
    ],
    run: runFeatures)
}

/// Which part of the work is this process's.
let part = DefaultOption(
  "shard", "I/N", Shard.whole,
  as: OptionForm(
    expected: "I/N with 1 <= I <= N", word: { "\($0.index + 1)/\($0.count)" }, value: shard),
  "compute the I-th of N parts")

private func runFeatures(_ arguments: Arguments) throws -> Output {
  try arguments.expectNoOperands()
  let shard = try arguments[part]
  let progress = ProgressLine(arguments)
  progress.begin("opening data set and weights")
  let source = try PictureData(arguments)
  if arguments.flag("dry-run") {
    guard try arguments.given(part) == nil else {
      throw UsageError.conflict("--dry-run is about the whole cache; leave --shard out")
    }
    let estimate = RunEstimate(features: source.featureSource, of: source.dataset)
    progress.finish()
    return estimate.output(source.dataset)
  }
  Interruption.catchSignals()
  let caches = [
    ("train", source.featureSource.trainCache(source.dataset)),
    ("test", source.featureSource.testCache(source.dataset)),
  ]
  for (name, cache) in caches {
    try cache.fill(
      shard: shard, onBadImage: source.featureSource.onBadImage
    ) { done, total in progress.show("\(name) pictures \(done)/\(total)") }
  }
  progress.finish()
  let members = caches.map { name, cache in
    (name, JSON.object([("folder", .string(cache.folder)), ("missing", .integer(cache.missing))]))
  }
  let lines = caches.map { name, cache in
    "\(name): \(cache.paths.count - cache.missing) of \(cache.paths.count) pictures done\n"
  }
  let isAssumed = source.tower.origin == .assumed
  var output = Output(
    json: JSON.object(members + activationFields(source.tower.activation, assumed: isAssumed)),
    text: lines.joined())
  output.notes = refusalNotes(source.tower.textRefusal, source.weightsPath)
  output.notes += assumptionNotes(isAssumed, source.weightsPath)
  return output
}

/// `3/8` as the third of eight shards.
@Sendable private func shard(_ text: String) -> Shard? {
  let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
  guard parts.count == 2, let index = parts[0], let count = parts[1], count >= 1,
    (1...count).contains(index)
  else { return nil }
  return Shard(index: index - 1, count: count)
}
