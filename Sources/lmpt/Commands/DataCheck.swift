// DataCheck - what `lmpt data check` found: lists as published or not, pictures there or not.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning

struct DataCheck {
  private let dataset: LongTailDataset
  private let audit: DatasetAudit
  private let published: [(name: String, isPublished: Bool?)]

  /// Looks at every file that the lists name.
  init(_ dataset: LongTailDataset) {
    self.dataset = dataset
    audit = DatasetAudit(dataset)
    published = KnownDataset.named(dataset.spec.name)?.files?.matches(in: dataset.root) ?? []
  }

  /// The first thing without which a run would stop.
  var failure: FileError? {
    if let path = audit.missing.first {
      let cause = DatasetError.missingFile(path: path, dataset: dataset.spec.name)
      guard isOwn else { return FileError(file: dataset.root, cause: cause) }
      let advice = "correct the path in the table; paths start inside --data"
      let other = DatasetAudit.sameButCapitals(path, in: dataset.root)
      return FileError(
        file: dataset.root,
        cause: AdvisedError(
          cause: cause,
          advice: other.map { "\(advice); there is \($0), and capitals count" } ?? advice))
    }
    return audit.notPictures.first.map {
      FileError(
        file: "\(dataset.root)/\($0)", cause: DatasetAudit.whyNoPicture("\(dataset.root)/\($0)"))
    }
  }

  /// Whether the lists are nobody's published ones.
  private var isOwn: Bool { KnownDataset.named(dataset.spec.name)?.files == nil }

  /// What is wrong with a file that is no picture, after its path.
  private func wrong(_ path: String) -> String {
    "\(path) (\(DatasetAudit.whyNoPicture("\(dataset.root)/\(path)").message))"
  }

  /// A missing file, with the one that is there instead.
  private func gone(_ path: String) -> String {
    let other = DatasetAudit.sameButCapitals(path, in: dataset.root)
    return other.map { "\(path) (there is \($0), and capitals count)" } ?? path
  }

  var json: JSON {
    func some(_ paths: [String]) -> JSON { .array(paths.prefix(100).map { .string($0) }) }
    let lists: [(String, JSON)] = published.map { file in
      (file.name, file.isPublished.map { .bool($0) } ?? .null)
    }
    var members: [(String, JSON)] = [
      ("dataset", .string(dataset.spec.name)), ("images", .integer(audit.images)),
      ("missing", some(audit.missing)), ("missing_count", .integer(audit.missing.count)),
      ("not_pictures", some(audit.notPictures)), ("in_both_lists", some(audit.inBoth)),
      ("captions", .integer(dataset.captions?.count ?? 0)), ("published_lists", .object(lists)),
      absentField(dataset),
    ]
    if let failure { members.append(("error", ToldError(failure, of: .dataCheck).json)) }
    return .object(members)
  }

  var text: String {
    var lines = published.map { name, isPublished in
      let verdict = isPublished.map { $0 ? "as published" : "not the published file" }
      return "\(name): \(verdict ?? "missing")"
    }
    let captions = dataset.captions.map { "\($0.count) captions in the list's order" }
    lines +=
      [
        "lists: \(dataset.train.count) training, \(dataset.test.count) test images, "
          + "labels in 0...\(dataset.classNames.count - 1), \(captions ?? "no captions")",
        "images: \(audit.images - audit.missing.count) of \(audit.images) found",
      ] + absentNotes(dataset)
    for (paths, what, told) in [
      (audit.missing, "missing", gone), (audit.notPictures, "no picture that is read", wrong),
      (audit.inBoth, "in the training and in the test list", { $0 }),
    ] as [([String], String, (String) -> String)] {
      lines += paths.prefix(5).map { "  \(what): \(Terminal.shown(told($0)))" }
      if paths.count > 5 { lines.append("  and \(paths.count - 5) more \(what)") }
    }
    if !audit.missing.isEmpty, !isOwn {
      lines.append(
        DownloadGuide.text(dataset.spec, root: dataset.root, missing: audit.missing))
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
