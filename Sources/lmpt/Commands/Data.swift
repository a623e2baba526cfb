// Data - `lmpt data stats|check|create`: counts of lists, a check of the files, new lists.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import EvaluationMetrics
import PromptTuning

extension Command {
  static let data = Command(
    name: "data",
    summary:
      "counts of a data set's lists, a check that its files are there, new long-tailed lists",
    operands: "stats|check|create",
    options: [
      .value("dataset", "NAME", "voc-lt, coco-lt, mini or a description.json", fallback: "voc-lt"),
      .value("lists", "DIR", "stats: the folder with the list files alone"),
      .value("data", "DIR", "the folder with the lists and the images"),
    ] + Option.creation,
    examples: [
      "lmpt data stats --dataset voc-lt --lists data/voc --json",
      "lmpt data check --dataset coco-lt --data data/coco",
      "lmpt data create --from labels.csv --test-share 0.5 --name mine --data data/mine",
    ],
    run: runData)
}

private func runData(_ arguments: Arguments) throws -> Int32 {
  let verb = try arguments.operands(1, "'stats', 'check' or 'create'")[0]
  switch verb {
  case "stats":
    return try stats(arguments, try DatasetSpec.named(arguments.string("dataset") ?? "voc-lt"))
  case "check":
    return try check(arguments, try DatasetSpec.named(arguments.string("dataset") ?? "voc-lt"))
  case "create": return try createData(arguments)
  default:
    throw UsageError.badValue(
      option: "the verb of data", found: verb, expected: "stats, check or create")
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
  print(
    "\(Terminal.shown(spec.name)): \(dataset.train.count) training and \(dataset.test.count) test images"
  )
  print(
    "\(dataset.classNames.count) classes: \(groups[.head] ?? 0) head, "
      + "\(groups[.medium] ?? 0) medium, \(groups[.tail] ?? 0) tail; "
      + "\(dataset.captions?.count ?? 0) captions")
  let names = dataset.classNames.map(Terminal.shown)
  let width = names.map(\.count).max() ?? 0
  print("\n   \("class".padded(to: width))  train   test  group")
  for (index, name) in names.enumerated() {
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
  let json = arguments.flag("json")
  let root: String
  do {
    root = try folder(arguments, spec)
  } catch {
    if !json, PublishedFiles.of(spec.name) != nil {
      print(DownloadGuide.text(spec, root: "DIR"))
    }
    throw error
  }
  let dataset: LongTailDataset
  do {
    dataset = try LongTailDataset(spec, root: root)
  } catch {
    if !json { print(DownloadGuide.text(spec, root: root)) }
    throw error
  }
  try dataset.requireEveryClass()
  try dataset.requirePathsInside()
  let audit = DatasetAudit(dataset)
  let published = PublishedFiles.of(spec.name)?.matches(in: root) ?? []
  let failure: FileError? =
    if let path = audit.missing.first {
      FileError(file: root, cause: DatasetError.missingFile(path: path, dataset: spec.name))
    } else if let path = audit.notPictures.first {
      FileError(file: "\(root)/\(path)", cause: AnnotationError.notPicture)
    } else {
      nil
    }
  if json {
    func some(_ paths: [String]) -> JSON { .array(paths.prefix(100).map { .string($0) }) }
    let lists: [(String, JSON)] = published.map { file in
      (file.name, file.isPublished.map { .bool($0) } ?? .null)
    }
    var members: [(String, JSON)] = [
      ("dataset", .string(spec.name)), ("images", .integer(audit.images)),
      ("missing", some(audit.missing)), ("missing_count", .integer(audit.missing.count)),
      ("not_pictures", some(audit.notPictures)), ("in_both_lists", some(audit.inBoth)),
      ("captions", .integer(dataset.captions?.count ?? 0)), ("published_lists", .object(lists)),
      (
        "classes_without_test_images",
        .array(dataset.classesWithoutTestImages.map { .string(dataset.classNames[$0]) })
      ),
    ]
    if let failure { members.append(("error", Main.errorObject(failure))) }
    print(JSON.object(members).text())
    // The object has told the error: it stands in the place of a second one.
    failure.map { StandardStreams.tell("lmpt: \($0)\n") }
    return failure.map { ExitCode.of($0) } ?? ExitCode.fine
  } else {
    show(audit, dataset, published)
    if !audit.missing.isEmpty { print(DownloadGuide.text(spec, root: root)) }
  }
  if let failure { throw failure }
  return ExitCode.fine
}

private func show(
  _ audit: DatasetAudit, _ dataset: LongTailDataset,
  _ published: [(name: String, isPublished: Bool?)]
) {
  for (name, isPublished) in published {
    let verdict = isPublished.map { $0 ? "as published" : "not the published file" }
    print("\(name): \(verdict ?? "missing")")
  }
  let captions = dataset.captions.map { "\($0.count) captions in the list's order" }
  print(
    "lists: \(dataset.train.count) training, \(dataset.test.count) test images, "
      + "labels in 0...\(dataset.classNames.count - 1), \(captions ?? "no captions")")
  print("images: \(audit.images - audit.missing.count) of \(audit.images) found")
  warnOfClassesWithoutTestImages(dataset)
  for (paths, what) in [
    (audit.missing, "missing"), (audit.notPictures, "neither JPEG, PNG nor PNM"),
    (audit.inBoth, "in the training and in the test list"),
  ] {
    for path in paths.prefix(5) { print("  \(what): \(Terminal.shown(path))") }
    if paths.count > 5 { print("  and \(paths.count - 5) more \(what)") }
  }
}

/// Says which classes no test image shows.
func warnOfClassesWithoutTestImages(_ dataset: LongTailDataset) {
  let absent = dataset.classesWithoutTestImages.map { dataset.classNames[$0] }
  guard !absent.isEmpty else { return }
  print(
    "warning: no test image shows \(some(absent)); the AP of such a class is 0 whatever is predicted"
  )
}
