// PredictList - `lmpt predict --output` and `--merge`: rows of any number of pictures, as they come.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTensors
import LMPTTuning

/// Predictions of any number of pictures, streamed to the disk.
func predictList(_ arguments: Arguments) throws -> Output {
  let out = try newResultPath(try arguments.required("output"), "--output")
  let form = try tableForm(out, "--output")
  let source = arguments.string("list")
  let weights = arguments.string("weights")
  for file in [out] + RowStore.filesBeside(out) {
    try requireOtherFile(file, than: arguments.operands + [source, weights].compactMap(\.self))
  }
  let list = try predicted(arguments)
  let progress = ProgressLine(arguments)
  progress.begin("opening weights")
  let scorer = try PictureScorer(arguments)
  let page = try PredictionPage(arguments, scorer)
  let shard = try arguments[Option.shard]
  let policy = try arguments[Option.onBadImage]
  let record = CollectionRecord(
    predictions: scorer.facts + [("list", list.fingerprint)], form, threshold: scorer.threshold,
    best: scorer.top, shard: shard, total: list.count)
  let store = try RowStore.open(out, record, resume: arguments.flag("resume"))
  try requirePolicy(policy, store, out)
  Interruption.catchSignals()
  let part = list.range(of: shard)
  try store.map { store in
    try working(on: store, from: source ?? arguments.operands[0]) {
      try advisedOfPictures(list, store, out, of: .predict) {
        let pictures = CollectionEncoder.Pictures(
          scorer.classifier.preprocessing, size: scorer.size, orient: scorer.orient,
          onBadImage: policy)
        try CollectionEncoder(list, into: store).predict(pictures) { done in
          progress.show(done.text)
        } lines: { pixels, entries in
          let found = try scorer.scored(entries.map { list[$0] }, pixels)
          for (entry, picture) in zip(entries, found) {
            try requireFinite(picture)
            try page?.add(picture, at: entry - part.lowerBound)
          }
          return found.map { $0.row.line(form) }
        }
      }
      try store.finish()
    }
  }
  progress.finish()
  if let page {
    var bad = try leftOut(out)
    try continuable(adding: "--resume") {
      bad += try complete(page, list, part, scorer, without: Set(bad))
    }
    try page.write(of: part.count, leftOut: bad)
  }
  var output = try summary(out, more: scorer.fields + scorer.activation)
  output.notes = scorer.notes
  return output
}

/// Parts of predictions, joined.
func mergePredictions(_ arguments: Arguments, into out: String) throws -> Output {
  try refuse(
    [
      "list", "run", "classes", "weights", "output", "shard", "html", "html-first", "top",
      "threshold", "scores", "on-bad-image", "orient", "activation", "preprocess",
    ], beside: "--merge", arguments)
  let out = try newResultPath(out, "--merge")
  let form = try tableForm(out, "--merge")
  let joined = try namedParts(arguments, of: .predict)
  guard let theirs = joined.record.predictionForm else {
    throw UsageError.conflict("these parts are features, which 'lmpt encode --merge' joins")
  }
  guard theirs == form else {
    throw UsageError.badValue(
      option: "--merge", found: out,
      expected: "a name that ends in .\(theirs.rawValue), as the parts")
  }
  Interruption.catchSignals()
  try continuable(adding: "--resume") {
    try joined.join(into: out, resume: arguments.flag("resume"))
  }
  return try summary(out, more: [])
}

extension PictureScorer {
  /// What predictions depend on, but for the list.
  fileprivate var facts: [(name: String, value: String)] {
    var names = SHA256()
    for name in classifier.names { names.update("\(name)\n") }
    return [
      ("of", "predictions"), ("arithmetic", KernelSet.current.contract),
      ("weights", classifier.model.fingerprint), ("learned", classifier.learned ?? "nothing"),
      ("classes", names.hexDigest()), ("preprocess", classifier.preprocessing.rawValue),
      ("size", "\(size)"), ("orient", orient ? "yes" : "no"), ("scores", kind.rawValue),
    ]
  }
}

private func tableForm(_ path: String, _ option: String) throws -> PictureScores.Form {
  guard let form = PictureScores.Form(rawValue: path.fileExtension) else {
    throw UsageError.badValue(
      option: option, found: path, expected: "a name that ends in .csv or .jsonl")
  }
  return form
}

private func requireFinite(_ picture: ScoredPicture) throws {
  guard picture.best.allSatisfy({ $0.score.isFinite }) else {
    throw FileError(
      file: picture.path, cause: RunError.notFinite(what: "a score", step: nil, last: nil))
  }
}

/// The names of what a finished result leaves out.
private func leftOut(_ out: String) throws -> [String] {
  guard try JSON.read("\(out).json")["skipped"]?.int ?? 0 > 0 else { return [] }
  return try FileBytes(path: "\(out).skipped.txt").withBytes { Array($0) }
    .split(separator: 0x0a).compactMap { try JSON.parse(Array($0))["name"]?.string }
}

/// Gives a page the first pictures that an earlier call has predicted; returns those that are gone since.
private func complete(
  _ page: PredictionPage, _ list: CollectionList, _ part: Range<Int>, _ scorer: PictureScorer,
  without bad: Set<String>
) throws -> [String] {
  try (0..<min(page.limit, part.count)).filter(page.lacks).compactMap { index in
    try Interruption.check()
    let path = list[part.lowerBound + index]
    guard !bad.contains(path) else { return nil }
    do { try page.add(try scorer.scored(path), at: index) } catch is FileError { return path }
    return nil
  }
}

/// What the record of a finished result says.
private func summary(_ out: String, more: [(key: String, value: JSON)]) throws -> Output {
  let record = try JSON.read("\(out).json")
  let (rows, skipped) = (record["rows"]?.int ?? 0, record["skipped"]?.int ?? 0)
  return Output(
    json: JSON.object(
      [
        ("output", .string(out)), ("rows", .integer(rows)), ("skipped", .integer(skipped)),
      ] + more),
    text: "\(Terminal.shown(out)): \(rows) pictures"
      + leftOutText(skipped, out) + "\n")
}
