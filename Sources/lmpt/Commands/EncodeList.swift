// EncodeList - `lmpt encode --list` and `--merge`: the features of any number of pictures or texts.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging
import LMPTTensors
import LMPTTuning
import LMPTWeights

/// The features of a list, streamed to the disk.
func encodeList(_ arguments: Arguments, from source: String) throws -> Output {
  try arguments.expectNoOperands()
  try refuse(["image", "text"], beside: "--list", arguments)
  if arguments.flag("texts") {
    try refuse(["preprocess", "orient", "on-bad-image"], beside: "--texts", arguments)
  }
  let (out, weights) = (
    try newResultPath(try arguments.required("output"), "--output"),
    try arguments.required("weights")
  )
  try requireFeatureName(out, "--output")
  for file in [out] + RowStore.filesBeside(out) {
    try requireOtherFile(file, than: [source, weights])
  }
  let progress = ProgressLine(arguments)
  progress.begin("opening weights")
  let list = try names(source, arguments.flag("texts") ? .texts : .pictures)
  guard list.count > 0 else { throw FileError(file: told(source), cause: CollectionError.empty) }
  let shard = try arguments[Option.shard]
  let activation = try arguments.choice("activation", Activation.self)
  let dtype: DType = try arguments[Option.rowType] == .f2 ? .f16 : .f32
  var facts: [(name: String, value: String)] = [
    ("list", list.fingerprint), ("of", list.kind.rawValue),
    ("arithmetic", KernelSet.current.contract),
    ("normalized", arguments.flag("normalize") ? "yes" : "no"),
  ]
  let rows: CollectionEncoder.Rows = arguments.flag("normalize") ? .normalized : .plain
  func store(_ width: Int) throws -> RowStore? {
    let record = CollectionRecord(
      facts: facts, shard: shard, total: list.count, width: width, dtype: dtype)
    return try RowStore.open(out, record, resume: arguments.flag("resume"))
  }
  func show(_ done: CollectionEncoder.Progress) { progress.show(done.text) }
  Interruption.catchSignals()
  var notes: [String] = []
  let done: RowStore?
  let known: (activation: Activation, assumed: Bool)
  if list.kind == .texts {
    let tokenizer = try Tokenizer.clip()
    let model = try CLIPModel.load(path: weights, activation: activation)
    try inFile(weights) { try model.checkVocabulary() }
    known = (model.activation, model.activationOrigin == .assumed)
    facts += [
      ("weights", model.fingerprint), ("truncate", arguments.flag("truncate") ? "yes" : "no"),
    ]
    done = try store(model.architecture.embedding)
    try done.map { store in
      try working(on: store, from: source) {
        try CollectionEncoder(list, into: store, rows: rows).encode(
          texts: model, of: told(source), tokenizer,
          truncation: arguments.flag("truncate") ? .toFit : .never,
          progress: show)
        try store.finish()
      }
    }
  } else {
    let opened = try ImageEncoder.load(path: weights, activation: activation)
    let preprocessing = try arguments[Option.recipe]
    let policy = try arguments[Option.onBadImage]
    let orient = arguments.flag("orient")
    known = (opened.activation, opened.origin == .assumed)
    notes = refusalNotes(opened.textRefusal, weights)
    facts += [
      ("weights", opened.fingerprint), ("preprocess", preprocessing.rawValue),
      ("size", "\(opened.encoder.architecture.size)"), ("orient", orient ? "yes" : "no"),
    ]
    done = try store(opened.encoder.architecture.embedding)
    try requirePolicy(policy, done, out)
    try done.map { store in
      try working(on: store, from: source) {
        try advisedOfPictures(list, store, out, of: .encode) {
          try CollectionEncoder(list, into: store, rows: rows).encode(
            CollectionEncoder.Pictures(
              preprocessing, size: opened.encoder.architecture.size, orient: orient,
              onBadImage: policy),
            opened.encoder, progress: show)
        }
        try store.finish()
      }
    }
  }
  progress.finish()
  var output = try summary(out, known.activation, assumed: known.assumed)
  output.notes = notes + assumptionNotes(known.assumed, weights)
  return output
}

/// Parts of a list, joined.
func mergeParts(_ arguments: Arguments, into out: String) throws -> Output {
  try refuse(
    [
      "list", "image", "text", "texts", "output", "weights", "dtype", "shard", "activation",
      "preprocess", "normalize", "orient", "on-bad-image", "truncate",
    ], beside: "--merge", arguments)
  let out = try newResultPath(out, "--merge")
  try requireFeatureName(out, "--merge")
  let joined = try namedParts(arguments, of: .encode)
  guard joined.record.dtype != nil else {
    throw UsageError.conflict("these parts are predictions, which 'lmpt predict --merge' joins")
  }
  Interruption.catchSignals()
  try continuable(adding: "--resume") {
    try joined.join(into: out, resume: arguments.flag("resume"))
  }
  return try summary(out, nil, assumed: false)
}

/// `float32` or `float16`, as numpy abbreviates them.
enum RowType: String, CaseIterable {
  case f4
  case f2
}

extension Option {
  /// How the rows of `--list` are stored.
  static let rowType = DefaultOption("dtype", RowType.f4, "float32 or float16 rows of --list")
}

/// What the record of a finished result says.
private func summary(
  _ out: String, _ activation: Activation?, assumed: Bool
) throws -> Output {
  let record = try JSON.read("\(out).json")
  let (rows, width) = (record["rows"]?.int ?? 0, record["width"]?.int ?? 0)
  let skipped = record["skipped"]?.int ?? 0
  let fields = activation.map { activationFields($0, assumed: assumed) } ?? []
  return Output(
    json: JSON.object(
      [
        ("output", .string(out)), ("shape", .array([.integer(rows), .integer(width)])),
        ("dtype", record["dtype"] ?? .null), ("names", .string("\(out).names.txt")),
        ("skipped", .integer(skipped)),
      ] + fields),
    text: "\(Terminal.shown(out)): \(rows) rows of \(width)"
      + leftOutText(skipped, out) + "\n")
}
