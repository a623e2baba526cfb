// CollectionWords - what `lmpt encode` and `lmpt predict` share where they work through a list.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning

/// A result's path without slashes at its end, which would put what belongs beside it inside.
func resultPath(_ path: String, _ option: String) throws -> String {
  var path = path
  while path.hasSuffix("/") { path.removeLast() }
  guard !["", ".", ".."].contains(path.fileName) else {
    throw UsageError.badValue(option: option, found: path, expected: "the name of a result")
  }
  return path
}

/// A result that is to be made, in a folder that is there.
func newResultPath(_ path: String, _ option: String) throws -> String {
  let path = try resultPath(path, option)
  let folder = path.folderPrefix
  guard folder.isEmpty || isFolder(folder) else {
    throw FileError(file: path, cause: FileAccessError.noFolder)
  }
  return path
}

/// Features go into a folder under a name without an ending; one of another format is a slip.
func requireFeatureName(_ path: String, _ option: String) throws {
  let others = ["npz", "pt", "pth", "txt", "csv", "json", "jsonl"]
  guard others.contains(path.fileExtension) else { return }
  throw UsageError.badValue(
    option: option, found: path,
    expected: "a name that ends in .npy or .safetensors, or that of a folder of blocks")
}

/// Refuses options that would be passed over.
func refuse(_ names: [String], beside option: String, _ arguments: Arguments) throws {
  for name in names where arguments.flag(name) {
    throw UsageError.conflict("\(option) and --\(name) do not go together")
  }
}

/// The names of a file, of standard input, or the pictures of a folder.
func names(_ source: String, _ kind: CollectionList.Kind) throws -> CollectionList {
  if source == "-" { return CollectionList(kind, lines: try StandardStreams.readAll()) }
  if kind == .pictures, isFolder(source) {
    return CollectionList(pictures: try PictureFolder.pictures(at: [source]))
  }
  // As from standard input there is no limit: the names of 100 million pictures are 6 GB.
  var limits = Limits.default
  limits.readBytes = .max
  let file = try FileBytes(path: source, limits: limits)
  return CollectionList(kind, lines: file.withBytes { Array($0) })
}

/// What an error calls a list.
func told(_ source: String) -> String { source == "-" ? "standard input" : source }

/// Refuses to go on strictly with what has left pictures out.
func requirePolicy(_ policy: BadImagePolicy, _ store: RowStore?, _ out: String) throws {
  let skipped = try store.map(\.skippedCount) ?? JSON.read("\(out).json")["skipped"]?.int ?? 0
  guard policy == .fail, skipped > 0 else { return }
  throw FileError(
    file: out,
    cause: CollectionError.different(
      "on-bad-image", here: policy.rawValue, there: BadImagePolicy.skip.rawValue))
}

/// What a bad picture says: how the others' rows are had without it.
func advisedOfPictures(
  _ list: CollectionList, _ store: RowStore, _ out: String, of command: Command,
  _ body: () throws -> Void
) throws {
  do {
    try body()
  } catch let error as FileError where list.count > 1 && isPicture(error, out) {
    throw leavingOut(
      error, of: command, "--on-bad-image skip" + (store.rows > 0 ? " --resume" : ""))
  }
}

/// Whether the error is a picture's, and another picture's row could be had without it.
private func isPicture(_ error: FileError, _ out: String) -> Bool {
  if case .notFinite? = error.cause as? RunError { return false }
  return !error.isOfSystem && !error.file.hasPrefix("\(out).")
}

/// Works on the rows of a list. An error before the first row leaves nothing behind; one of all
/// pictures together is the list's.
func working(
  on store: RowStore, from source: String, _ body: () throws -> Void
) throws {
  do {
    try continuable(adding: "--resume", body)
  } catch let error as AdvisedError where error.kind == .interrupted {
    throw error
  } catch {
    store.discardEmpty()
    guard let nothing = error as? CollectionError else { throw error }
    throw FileError(file: told(source), cause: nothing)
  }
}

/// Runs `body`; of one bad picture among many the hint says how to get the others.
func advised<Result>(isOneOfMany: Bool, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as FileError where isOneOfMany && !error.isOfSystem {
    throw leavingOut(error, of: .predict, "--on-bad-image skip")
  }
}

private func leavingOut(_ error: FileError, of command: Command, _ wayOut: String) -> FileError {
  let hint = ToldError(error, of: command).hint ?? error.hint
  return FileError(
    file: error.file,
    cause: AdvisedError(cause: error.cause, advice: "\(hint), or leave it out with \(wayOut)"))
}

/// The finished parts that a command line names.
func namedParts(_ arguments: Arguments, of command: Command) throws -> CollectionParts {
  let parts = try arguments.operands.map { try resultPath($0, "SHARD") }
  guard !parts.isEmpty else {
    throw UsageError.missingArgument("SHARD...", command: command.name)
  }
  return try CollectionParts(parts)
}

/// What a result says of what it leaves out.
func leftOutText(_ skipped: Int, _ out: String) -> String {
  skipped == 0 ? "" : "; \(skipped) left out: \(Terminal.shown(out)).skipped.txt"
}
