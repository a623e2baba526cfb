// DataCreate - `lmpt data create`: long-tailed lists out of VOC XML, COCO JSON, a table or a list.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import Foundation
import LMPTTuning
import LMPTTensors

extension Command {
  static let dataCreate = Command(
    name: "data create",
    summary: "makes long-tailed lists of annotations by the recipe of VOC-LT and COCO-LT",
    options: [
      .value("from", "SOURCE", "a folder of VOC XML, COCO .json, a .csv or a list .txt"),
      .value("test", "SOURCE", "annotations of the test images, all of which are kept"),
      .value("test-share", "F", "instead, a share of --from set aside for the test"),
      .value("prefix", "PATH", "folder of --from's images inside --data"),
      .value("test-prefix", "PATH", "folder of --test's images inside --data"),
      .value("classes", "voc|coco|FILE", "the classes, instead of the annotations' own"),
      .value("captions", "FILE", "COCO captions .json, or a .csv with path and caption"),
      .value("name", "NAME", "how the data set and its files are called"),
      .value("data", "DIR", "the folder with the images, where the lists are written"),
      largest.option, groups.option,
      .flag("keep-all", "take every labelled training image, without the recipe"), seed.option,
    ],
    examples: [
      "lmpt data create --from labels.csv --test-share 0.5 --name mine --data data/mine",
      "lmpt data create --from instances_train2017.json --prefix train2017 "
        + "--test instances_val2017.json --test-prefix val2017 --name own-coco --data data/coco",
    ],
    run: createData)
}

private let largest = DefaultOption(
  "largest", "N", ParetoSampling().largest, in: 1...100_000_000, "target of the most frequent class"
)
private let seed = DefaultOption(
  "seed", "N", ParetoSampling().seed, in: 0...Int(Int32.max), "seeds which images are taken")
private let groups = DefaultOption(
  "groups", "HEAD,TAIL", GroupLimits.published,
  as: OptionForm(
    expected: "two whole numbers, HEAD,TAIL, HEAD the larger",
    word: { "\($0.head),\($0.medium)" }, value: groupLimits),
  "head from so many images, tail below so many")

/// Makes lists by the recipe of VOC-LT and COCO-LT and writes them where `train` reads them.
private func createData(_ arguments: Arguments) throws -> Output {
  try arguments.expectNoOperands()
  let (dataset, pool) = try longTailed(arguments)
  let (root, spec) = (dataset.root, dataset.spec)
  try requireNoLists(root, spec)
  let files = try dataset.write(tellsGroups: arguments.given(groups) != nil)
  let json = JSON.object([
    ("dataset", .string(spec.name)), ("files", .array(files.map { .string("\(root)/\($0)") })),
    ("train", .integer(dataset.train.count)), ("test", .integer(dataset.test.count)),
    ("classes", .integer(dataset.classNames.count)),
    ("names", .array(dataset.classNames.map { .string($0) })),
    ("counts", .array(dataset.counts.map { .integer($0) })),
    (
      "similar_names",
      .array(
        similarNames(dataset.classNames).map { names in
          .array(names.map { .string($0) })
        })
    ),
    absentField(dataset),
  ])
  let groups = dataset.groupSizes.map { "\($0.classes) \($0.group.rawValue)" }
  let lines =
    [
      "\(spec.name): \(dataset.train.count) training images of \(pool), "
        + "\(dataset.test.count) test images",
      "\(dataset.classNames.count) classes: \(groups.joined(separator: ", ")); "
        + "\(dataset.counts.max() ?? 0) to \(dataset.counts.min() ?? 0) images a class",
    ] + classLines(dataset) + nameNotes(dataset.classNames) + absentNotes(dataset)
    + files.map { "  \(Terminal.shown("\(root)/\($0)"))" } + [
      "Next: lmpt data check --dataset \(root)/\(spec.name).json --data \(root)"
    ]
  return Output(json: json, text: lines.map { $0 + "\n" }.joined())
}

/// Refuses to write over lists, naming those that stand there.
private func requireNoLists(_ root: String, _ spec: DatasetSpec) throws {
  func paths(_ names: [String]) -> [String] {
    names.map { "\(root)/\($0)" }.filter { FileManager.default.fileExists(atPath: $0) }
  }
  let lists = paths([spec.train, spec.test, spec.labels, "\(spec.name).json"])
  guard let first = lists.first else { return }
  let words = (lists + paths(["\(spec.name)_lt_captions.txt"])).map(\.shellQuoted)
  throw FileError(
    file: first,
    cause: AdvisedError(
      cause: AnnotationError.listExists,
      advice: "take another --name, or remove the old lists: rm \(words.joined(separator: " "))"))
}

/// The classes and their training images, the most frequent first, on at most four lines.
private func classLines(_ dataset: LongTailDataset) -> [String] {
  let classes = dataset.classNames.indices.sorted {
    (-dataset.counts[$0], $0) < (-dataset.counts[$1], $1)
  }
  var lines = ["classes:"]
  for (place, index) in classes.enumerated() {
    let isLast = place == classes.count - 1
    let word = "\(Terminal.shown(dataset.classNames[index])) \(dataset.counts[index])"
    let rest = "and \(classes.count - place) more"
    if lines[lines.count - 1].count + word.count + 2 + (isLast ? 0 : rest.count) > 96 {
      guard lines.count < 4 else {
        lines[lines.count - 1] += " \(rest)"
        return lines
      }
      lines.append(" ")
    }
    lines[lines.count - 1] += " \(word)\(isLast ? "" : ",")"
  }
  return lines
}

/// Names of classes that differ only in capitals or spaces.
private func similarNames(_ names: [String]) -> [[String]] {
  let groups = Dictionary(grouping: names) { name in
    name.words.joined().lowercased().parts(between: "_").joined()
  }
  return groups.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
}

/// Lines about names that are most often a slip of the table.
private func nameNotes(_ names: [String]) -> [String] {
  let similar = similarNames(names).map { names in
    "warning: \(some(names)) are different classes; they differ only in capitals or spaces"
  }
  let joined = names.compactMap { name -> String? in
    let parts = name.parts(between: "|", ",").map(trimmed).filter { !$0.isEmpty }
    guard parts.count > 1 else { return nil }
    return "warning: \(some([name])) is one class; if it is \(parts.count), write "
      + "'\(Terminal.shown(parts.joined(separator: ";")))'"
  }
  let notes = similar + joined
  return notes.count > 5 ? notes.prefix(5) + ["  and \(notes.count - 5) more such names"] : notes
}

/// The data set that the options describe, not yet written, and how many images it was chosen from.
private func longTailed(_ arguments: Arguments) throws -> (dataset: LongTailDataset, pool: Int) {
  let from = try arguments.required("from")
  let root = try arguments.required("data")
  let name = try newName(arguments)
  let share = try arguments.double("test-share", in: 0.01...0.99)
  guard (share == nil) != (arguments.string("test") == nil) else {
    throw UsageError.conflict("data create needs either --test SOURCE or --test-share F")
  }
  var sampling = ParetoSampling()
  (sampling.largest, sampling.seed) = (try arguments[largest], try arguments[seed])

  let classes = try arguments.string("classes").map(ClassNames.named)
  let source = try MultiLabelSet(
    path: from, prefix: prefix(arguments, "prefix"), classNames: classes)
  var (pool, test) = (source.images, [ListedImage]())
  if let path = arguments.string("test") {
    test = try MultiLabelSet(
      path: path, prefix: prefix(arguments, "test-prefix"), classNames: source.classNames
    ).images
  } else {
    // because the recipe draws from `seed` itself.
    let split = TestSplit(
      pool, classes: source.classNames.count, share: share ?? 0.5, seed: sampling.seed &+ 1)
    (test, pool) = (split.test.map { pool[$0] }, split.train.map { pool[$0] })
  }
  let chosen =
    arguments.flag("keep-all")
    ? pool.indices.filter { !pool[$0].labels.isEmpty }
    : sampling.select(pool, classes: source.classNames.count)
  let train = chosen.map { pool[$0] }
  let captions = try captions(of: train, source, arguments, from: from)
  let spec = DatasetSpec(
    name: name, train: "\(name)_lt_train.txt", test: "\(name)_lt_test.txt",
    captions: captions == nil ? nil : "\(name)_lt_captions.txt", labels: "\(name)_labels.txt",
    groups: try arguments[groups])
  let dataset = LongTailDataset(
    spec, root: root, classNames: source.classNames, train: train, test: test, captions: captions)
  try inFile(from) {
    guard !train.isEmpty else {
      throw AnnotationError.noneLeft(for: "training", images: source.images.count)
    }
    guard !test.isEmpty else {
      throw AnnotationError.noneLeft(for: "the test", images: source.images.count)
    }
    if let empty = dataset.counts.firstIndex(of: 0) {
      throw AnnotationError.classWithoutImages(source.classNames[empty])
    }
  }
  return (dataset, pool.count)
}

/// Where the groups begin, from `HEAD,TAIL`.
@Sendable private func groupLimits(_ text: String) -> GroupLimits? {
  let numbers = text.parts(between: ",", omittingEmpty: false).map { Int($0) }
  guard numbers.count == 2, let head = numbers[0], let tail = numbers[1], tail >= 1, head >= tail
  else { return nil }
  return GroupLimits(head: head, medium: tail)
}

/// The name of a data set that can be a file's name and is none of the known ones.
private func newName(_ arguments: Arguments) throws -> String {
  let name = try arguments.required("name")
  guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || "-_".contains($0) }) else {
    throw UsageError.badValue(
      option: "--name", found: name, expected: "letters, digits, hyphens and underscores")
  }
  guard KnownDataset.named(name) == nil else {
    throw UsageError.badValue(
      option: "--name", found: name, expected: "a name that no known data set has")
  }
  return name
}

/// Captions from `--captions`, else those that the annotations hold.
private func captions(
  of images: [ListedImage], _ source: MultiLabelSet, _ arguments: Arguments, from: String
) throws -> [String]? {
  if let path = arguments.string("captions") {
    let captions = try CaptionSource(path: path)
    return try inFile(path) { try captions.captions(for: images) }
  }
  guard !source.captions.isEmpty else { return nil }
  return try inFile(from) { try CaptionSource(source.captions).captions(for: images) }
}

private func prefix(_ arguments: Arguments, _ option: String) -> String {
  guard let prefix = arguments.string(option), !prefix.isEmpty else { return "" }
  return prefix.hasSuffix("/") ? prefix : prefix + "/"
}
