// Data - `lmpt data stats|check`: what the lists of a data set say, and whether its files are there.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import PromptTuning

extension Command {
  static let data = Command(
    name: "data",
    summary: "counts of a data set's lists, and a check that its files are there",
    operands: "stats|check",
    options: [
      .value("dataset", "NAME", "voc-lt, coco-lt, mini or a description.json", standard: "voc-lt"),
      .value("lists", "DIR", "the folder with the list files alone"),
      .value("data", "DIR", "the folder with the lists and the images"),
    ],
    examples: [
      "lmpt data stats --dataset voc-lt --lists data/voc --json",
      "lmpt data check --dataset coco-lt --data data/coco",
    ],
    run: runData)
}

private func runData(_ arguments: Arguments) throws -> Int32 {
  guard let verb = arguments.operands.first else {
    throw UsageError.missingArgument("'stats' or 'check'", command: "data")
  }
  if let extra = arguments.operands.dropFirst().first {
    throw UsageError.unexpectedArgument(extra, command: "data")
  }
  let spec = try DatasetSpec.named(arguments.string("dataset") ?? "voc-lt")
  switch verb {
  case "stats": return try stats(arguments, spec)
  case "check": return try check(arguments, spec)
  default:
    throw UsageError.badValue(option: "the verb of data", found: verb, expected: "stats or check")
  }
}

private func folder(_ arguments: Arguments, _ spec: DatasetSpec) throws -> String {
  if let folder = arguments.string("lists") ?? arguments.string("data") { return folder }
  guard spec.name == "mini" else {
    throw UsageError.missingOption("--lists DIR or --data DIR", command: "data")
  }
  return try Installed.fixtures() + "/mini"
}

private func stats(_ arguments: Arguments, _ spec: DatasetSpec) throws -> Int32 {
  let dataset = try LongTailDataset(spec, root: try folder(arguments, spec))
  let testCounts = classCounts(dataset.test, classes: dataset.classNames.count)
  let groups = Dictionary(grouping: dataset.groups, by: { $0 }).mapValues(\.count)
  if arguments.flag("json") {
    print(
      JSON.object([
        ("dataset", .string(spec.name)),
        ("train", .integer(dataset.train.count)), ("test", .integer(dataset.test.count)),
        ("classes", .integer(dataset.classNames.count)),
        ("head", .integer(groups[.head] ?? 0)), ("medium", .integer(groups[.medium] ?? 0)),
        ("tail", .integer(groups[.tail] ?? 0)),
        ("counts", .array(dataset.counts.map { .integer($0) })),
        ("test_counts", .array(testCounts.map { .integer($0) })),
        ("captions", .integer(dataset.captions?.count ?? 0)),
        ("names", .array(dataset.classNames.map { .string($0) })),
      ]).text())
    return ExitCode.fine
  }
  print("\(spec.name): \(dataset.train.count) training and \(dataset.test.count) test images")
  print(
    "\(dataset.classNames.count) classes: \(groups[.head] ?? 0) head, "
      + "\(groups[.medium] ?? 0) medium, \(groups[.tail] ?? 0) tail; "
      + "\(dataset.captions?.count ?? 0) captions")
  let width = dataset.classNames.map(\.count).max() ?? 0
  print("\n   \("class".padded(to: width))  train   test  group")
  for (index, name) in dataset.classNames.enumerated() {
    let numbers = [dataset.counts[index], testCounts[index]].map { count in
      String(repeating: " ", count: max(0, 6 - "\(count)".count)) + "\(count)"
    }
    print(
      "\(index < 10 ? " " : "")\(index) \(name.padded(to: width)) \(numbers.joined(separator: " "))"
        + "  \(dataset.groups[index].rawValue)")
  }
  return ExitCode.fine
}

private func check(_ arguments: Arguments, _ spec: DatasetSpec) throws -> Int32 {
  let root = try folder(arguments, spec)
  let dataset: LongTailDataset
  do {
    dataset = try LongTailDataset(spec, root: root)
  } catch {
    print(Download.instructions(for: spec, root: root))
    throw error
  }
  try dataset.requireEveryClass()
  var missing: [String] = []
  for image in dataset.train + dataset.test
  where !FileManager.default.fileExists(atPath: "\(root)/\(image.path)") {
    missing.append(image.path)
  }
  let total = dataset.train.count + dataset.test.count
  if arguments.flag("json") {
    print(
      JSON.object([
        ("dataset", .string(spec.name)), ("images", .integer(total)),
        ("missing", .array(missing.prefix(100).map { .string($0) })),
        ("missing_count", .integer(missing.count)),
        ("captions", .integer(dataset.captions?.count ?? 0)),
      ]).text())
  } else {
    print(
      "lists: \(dataset.train.count) training, \(dataset.test.count) test images, "
        + "\(dataset.captions?.count ?? 0) captions, labels in range")
    print("images: \(total - missing.count) of \(total) found")
    for path in missing.prefix(5) { print("  missing: \(path)") }
    if missing.count > 5 { print("  and \(missing.count - 5) more") }
  }
  guard missing.isEmpty else {
    if !arguments.flag("json") { print(Download.instructions(for: spec, root: root)) }
    throw FileError(
      file: root, cause: DatasetError.missingFile(path: missing[0], dataset: spec.name))
  }
  return ExitCode.fine
}

/// What to download for a published data set, and where it goes.
///
/// Nothing is fetched here.
enum Download {
  static func instructions(for spec: DatasetSpec, root: String) -> String {
    switch spec.name {
    case "voc-lt":
      return """
        VOC-LT needs, under \(root):
          voc_lt_train.txt, voc_lt_test.txt, voc_lt_captions.txt, voc_labels.txt
            from the folder data/voc of the authors' repository (richard-peng-xia/LMPT)
          VOCdevkit/VOC2012/JPEGImages   from VOCtrainval_11-May-2012.tar (PASCAL VOC 2012)
          VOCdevkit/VOC2007/JPEGImages   from VOCtest_06-Nov-2007.tar (PASCAL VOC 2007)
        """
    case "coco-lt":
      return """
        COCO-LT needs, under \(root):
          coco_lt_train.txt, coco_lt_test.txt, coco_lt_captions.txt, coco_labels.txt
            from the folder data/coco of the authors' repository (richard-peng-xia/LMPT)
          train2017   from train2017.zip (COCO 2017)
          val2017     from val2017.zip (COCO 2017)
        """
    default:
      return "\(spec.name) needs \(spec.train), \(spec.test) and \(spec.labels) under \(root)"
    }
  }
}
