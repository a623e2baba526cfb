// Data - `lmpt data stats|check|create`: counts of lists, a check of the files, new lists.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import LMPTTuning

extension Command {
  static let data = Command(
    name: "data",
    summary:
      "counts of a data set's lists, a check that its files are there, new long-tailed lists",
    subcommands: [dataStats, dataCheck, dataCreate])

  private static let dataStats = Command(
    name: "data stats",
    summary: "counts the images of each class in a data set's lists",
    options: Option.lists,
    examples: [
      "lmpt data stats --dataset voc-lt --lists data/voc --json",
      "lmpt data stats --dataset data/mine/mine.json --data data/mine",
    ],
    run: stats)

  static let dataCheck = Command(
    name: "data check",
    summary: "checks that a data set's lists and pictures are there; says where to get them",
    options: Option.lists,
    examples: [
      "lmpt data check --dataset coco-lt --data data/coco",
      "lmpt data check --dataset data/mine/mine.json --data data/mine --json",
    ],
    run: check)
}

extension Option {
  /// Options that name the lists of a data set.
  fileprivate static let lists: [Option] = [
    listed.option, .value("lists", "DIR", "the folder with the list files alone"),
    .value("data", "DIR", "the folder with the lists and the images"),
  ]
}

private let listed = Option.anyDataset(orElse: KnownDataset.vocLT.name)

/// The data set that a command line names.
private func spec(_ arguments: Arguments) throws -> DatasetSpec {
  try arguments.expectNoOperands()
  return try DatasetSpec.named(arguments[listed])
}

private func folder(_ arguments: Arguments, _ spec: DatasetSpec) throws -> String {
  if let folder = arguments.string("lists") ?? arguments.string("data") { return folder }
  guard let installed = try KnownDataset.named(spec.name)?.installed() else {
    throw UsageError.missingOption("--lists DIR or --data DIR", command: arguments.command.name)
  }
  return installed.root
}

private func stats(_ arguments: Arguments) throws -> Output {
  let spec = try spec(arguments)
  let dataset = try LongTailDataset(spec, root: try folder(arguments, spec))
  let testCounts = classCounts(dataset.test, classes: dataset.classNames.count)
  var members: [(String, JSON)] = [
    ("dataset", .string(spec.name)),
    ("train", .integer(dataset.train.count)), ("test", .integer(dataset.test.count)),
    ("classes", .integer(dataset.classNames.count)),
  ]
  for (group, classes) in dataset.groupSizes {
    members.append((group.rawValue, .integer(classes)))
  }
  members += [
    ("counts", .array(dataset.counts.map { .integer($0) })),
    ("test_counts", .array(testCounts.map { .integer($0) })),
    ("captions", .integer(dataset.captions?.count ?? 0)),
    ("names", .array(dataset.classNames.map { .string($0) })),
  ]
  let json = JSON.object(members)
  return Output(json: json, text: text(dataset, testCounts: testCounts))
}

/// The sizes of a data set, and a line for every class.
private func text(_ dataset: LongTailDataset, testCounts: [Int]) -> String {
  let groups = dataset.groupSizes.map { "\($0.classes) \($0.group.rawValue)" }
  let names = dataset.classNames.map(Terminal.shown)
  let width = names.map(\.count).max() ?? 0
  var lines = [
    "\(Terminal.shown(dataset.spec.name)): \(dataset.train.count) training and "
      + "\(dataset.test.count) test images",
    "\(names.count) classes: \(groups.joined(separator: ", ")); "
      + "\(dataset.captions?.count ?? 0) captions",
    "", "   \("class".padded(to: width))  train   test  group",
  ]
  for (index, name) in names.enumerated() {
    let numbers = [dataset.counts[index], testCounts[index]].map { count in
      String(repeating: " ", count: max(0, 6 - "\(count)".count)) + "\(count)"
    }
    lines.append(
      "\(index < 10 ? " " : "")\(index) \(name.padded(to: width)) "
        + "\(numbers.joined(separator: " "))  \(dataset.groups[index].rawValue)")
  }
  return lines.map { $0 + "\n" }.joined()
}

private func check(_ arguments: Arguments) throws -> Output {
  let spec = try spec(arguments)
  // What to download is told where the folder or its lists are missing.
  func guide(_ root: String, _ error: any Error) -> Output {
    var output = Output(
      json: JSON.object([]),
      text: DownloadGuide.text(spec, root: root) + "\n")
    output.fail(error, of: .dataCheck)
    return output
  }
  let root: String
  do {
    root = try folder(arguments, spec)
  } catch {
    guard KnownDataset.named(spec.name)?.files != nil else { throw error }
    return guide("DIR", error)
  }
  let dataset: LongTailDataset
  do {
    dataset = try LongTailDataset(spec, root: root)
  } catch {
    return guide(root, error)
  }
  try dataset.requireEveryClass()
  try dataset.requirePathsInside()
  let check = DataCheck(dataset)
  var output = Output(json: check.json, text: check.text)
  if let failure = check.failure { output.fail(failure, of: .dataCheck) }
  return output
}

/// The classes that no test image shows, in a command's JSON.
func absentField(_ dataset: LongTailDataset) -> (key: String, value: JSON) {
  (
    "classes_without_test_images",
    .array(dataset.classesWithoutTestImages.map { .string(dataset.classNames[$0]) })
  )
}

/// Lines where some classes have no test image; none where each has one.
func absentNotes(_ dataset: LongTailDataset) -> [String] {
  let absent = dataset.classesWithoutTestImages.map { dataset.classNames[$0] }
  guard !absent.isEmpty else { return [] }
  return [
    "warning: no test image shows \(some(absent));",
    "  the AP of such a class is 0 whatever is predicted",
  ]
}
