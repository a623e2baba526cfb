// ListFiles - the published list, caption and label files, read exactly as they are.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// What can be wrong with a list, caption or label file.
package enum DatasetError: DiagnosticError, Equatable {
  /// A line is longer than `Limits.lineBytes`.
  case lineTooLong(line: Int, bytes: Int, limit: Int)
  /// A file has more lines than `Limits.lines`.
  case tooManyLines(limit: Int)
  /// A field after the path is not a class index.
  case badLabel(line: Int, found: String)
  /// A class index is outside 0..<classes.
  case labelOutOfRange(line: Int, label: Int, classes: Int)
  /// A class index stands twice in one line.
  case repeatedLabel(line: Int, label: Int)
  /// A path stands twice in one list.
  case repeatedPath(line: Int, path: String, first: Int)
  /// A path is longer than any that the system opens.
  case pathTooLong(line: Int, bytes: Int)
  /// A line has no path.
  case emptyLine(line: Int)
  /// A path begins with a quotation mark, and does not end with one before the labels.
  case badQuotes(line: Int)
  /// A line has a NUL byte or is not UTF-8.
  case notText(line: Int)
  /// A list without any image.
  case noImages
  /// A path that leaves the data folder.
  case pathOutsideRoot(line: Int, path: String)
  /// A label line without a name or an index.
  case badClassLine(line: Int, found: String)
  /// The class indices of the label file are not 0..<count.
  case classesNotContiguous(line: Int, index: Int, expected: Int)
  /// Another number of captions than of training images.
  case captionCount(captions: Int, images: Int)
  /// A caption belongs to another image than the list's at the same line.
  case captionOrder(line: Int, caption: String, image: String)
  /// A class has no training image, so that E4 and E5 do not exist for it.
  case emptyClass(index: Int, name: String)
  /// A folder or file that the data set needs is not there.
  case missingFile(path: String, dataset: String)

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .lineTooLong(let line, let bytes, let limit):
      Diagnostic(
        "dataset.line-too-long", "line \(line) has \(bytes) bytes, the limit is \(limit)",
        hint: "check that this is a list file: one 'path label label ...' a line")
    case .tooManyLines(let limit):
      Diagnostic(
        "dataset.too-many-lines", "there are more than \(limit) lines",
        hint: "check that this is a list file: one 'path label label ...' a line")
    case .badLabel(let line, let found):
      Diagnostic(
        "dataset.bad-label", "label '\(found)' is not a class index (line \(line))",
        hint: "a line is 'path label label ...'; a path with spaces stands in quotation marks")
    case .labelOutOfRange(let line, let label, let classes):
      Diagnostic(
        "dataset.label-out-of-range", "label \(label) is outside 0...\(classes - 1) (line \(line))",
        hint: "labels count from 0; check the label file of this data set")
    case .repeatedLabel(let line, let label):
      Diagnostic(
        "dataset.repeated-label", "label \(label) stands twice (line \(line))",
        hint: "remove the line or the repetition")
    case .repeatedPath(let line, let path, let first):
      Diagnostic(
        "dataset.repeated-path", "\(path) stands twice (lines \(first) and \(line))",
        hint: "remove the line or the repetition")
    case .pathTooLong(let line, let bytes):
      Diagnostic(
        "dataset.path-too-long",
        "the path has \(bytes) bytes, the limit is \(longestPath) (line \(line))",
        hint: "check that this is a list file: one 'path label label ...' a line")
    case .emptyLine(let line):
      Diagnostic(
        "dataset.empty-line", "line \(line) has no path", hint: "remove the line")
    case .badQuotes(let line):
      Diagnostic(
        "dataset.bad-quotes", "the quotation marks of a path do not close (line \(line))",
        hint: "close them before the labels: \"my folder/a b.jpg\" 0 2")
    case .notText(let line):
      Diagnostic(
        "dataset.not-text", "line \(line) is not UTF-8 text",
        hint: "check that this is a list file: one 'path label label ...' a line")
    case .noImages:
      Diagnostic(
        "dataset.no-images", "there is no image in the list",
        hint: "check that this is a list file: one 'path label label ...' a line")
    case .pathOutsideRoot(let line, let path):
      Diagnostic(
        "dataset.path-outside-root", "path \(path) leaves the data folder (line \(line))",
        hint: "use a path relative to the data folder, or allow paths outside it")
    case .badClassLine(let line, let found):
      Diagnostic(
        "dataset.bad-class-line", "'\(found)' is not a class name and an index (line \(line))",
        hint: "a line is a name, a space and the index: 'red_bus 3'")
    case .classesNotContiguous(let line, let index, let expected):
      Diagnostic(
        "dataset.classes-not-contiguous",
        "class index \(index), expected \(expected) (line \(line))",
        hint: "number the classes 0, 1, 2 ... in file order")
    case .captionCount(let captions, let images):
      Diagnostic(
        "dataset.caption-count", "\(captions) captions for \(images) training images",
        hint: "the caption file has one 'path caption' a line, in the training list's order")
    case .captionOrder(let line, let caption, let image):
      Diagnostic(
        "dataset.caption-order",
        "the caption is for \(caption), the training list has \(image) (line \(line))",
        hint: "the caption file has one 'path caption' a line, in the training list's order")
    case .emptyClass(let index, let name):
      Diagnostic(
        "dataset.empty-class", "class \(index) '\(name)' has no training image",
        hint:
          "every class needs a training image, because its margin and weight divide by the count")
    case .missingFile(let path, let dataset):
      Diagnostic(
        "dataset.missing-file", "\(path) is missing (data set \(dataset))",
        hint: "DatasetAudit says what is missing")
    }
  }
}

/// Splits a file into lines at `\n`; a final newline ends the last line and starts none.
///
/// A carriage return or spaces before the newline are dropped, as the published files need.
func textLines(_ bytes: UnsafeRawBufferPointer, limits: Limits) throws(DatasetError) -> [String] {
  var lines: [String] = []
  for (start, end, newline) in textLines(bytes, limit: limits.lines) {
    let number = lines.count + 1
    guard newline - start <= limits.lineBytes else {
      throw .lineTooLong(line: number, bytes: newline - start, limit: limits.lineBytes)
    }
    guard number <= limits.lines else { throw .tooManyLines(limit: limits.lines) }
    var text = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
    if number == 1, text.starts(with: [0xef, 0xbb, 0xbf]) {
      text = UnsafeRawBufferPointer(rebasing: text[3...])
    }
    guard let line = validText(text) else { throw .notText(line: number) }
    lines.append(line)
  }
  return lines
}

/// One image of a list: where it is and which classes it shows.
public struct ListedImage: Sendable, Equatable {
  /// The path as written, relative to the data folder.
  public let path: String
  /// Class indices in the order of the file.
  public let labels: [Int]

  /// An image and its classes.
  public init(path: String, labels: [Int]) {
    self.path = path
    self.labels = labels
  }
}

/// Longest path in bytes, as the system has it; what is longer is refused before it is compared.
let longestPath = 4096

private func requireShort(_ path: String, line: Int) throws(DatasetError) {
  let bytes = path.utf8.count
  guard bytes <= longestPath else { throw .pathTooLong(line: line, bytes: bytes) }
}

/// A path as a list writes it: in quotation marks where it has spaces.
func listed(_ path: String) -> String {
  path.utf8.contains(0x20) ? "\"\(path)\"" : path
}

/// Whether a list can hold a path: quotation marks inside quotation marks would end them.
func canBeListed(_ path: String) -> Bool {
  let marks = path.utf8.contains(UInt8(ascii: "\""))
  return !marks || !path.utf8.contains(0x20) && path.utf8.first != UInt8(ascii: "\"")
}

/// The path in quotation marks at the start of a line, and what follows it; nil without them.
private func quotedPath(
  _ line: String, number: Int
) throws(DatasetError) -> (path: String, rest: String)? {
  guard line.utf8.first == UInt8(ascii: "\"") else { return nil }
  let parts = line.parts(between: "\"", maxSplits: 2, omittingEmpty: false)
  guard parts.count == 3, !parts[1].isEmpty, parts[2].isEmpty || parts[2].hasPrefix(" ") else {
    throw .badQuotes(line: number)
  }
  return (parts[1], parts[2])
}

/// Parses a training or test list: `relative/path label label ...`, labels from 0; a path with
/// spaces stands between quotation marks.
///
/// - Throws: `DatasetError` with the line of the first mistake.
package func parseImageList(
  _ bytes: UnsafeRawBufferPointer, classes: Int, limits: Limits = .default
) throws(DatasetError) -> [ListedImage] {
  var images: [ListedImage] = []
  var firstLine: [String: Int] = [:]
  for (index, line) in try textLines(bytes, limits: limits).enumerated() {
    let number = index + 1
    let quoted = try quotedPath(line, number: number)
    let words = (quoted?.rest ?? line).parts(between: " ", "\t")
    guard let path = quoted?.path ?? words.first else { throw .emptyLine(line: number) }
    try requireShort(path, line: number)
    let fields = quoted == nil ? words.dropFirst() : words[...]
    if let first = firstLine.updateValue(number, forKey: path) {
      throw .repeatedPath(line: number, path: path, first: first)
    }
    var labels: [Int] = []
    var seen: Set<Int> = []
    for field in fields {
      guard let label = Int(field), !field.hasPrefix("+") else {
        throw .badLabel(line: number, found: field)
      }
      guard label >= 0, label < classes else {
        throw .labelOutOfRange(line: number, label: label, classes: classes)
      }
      guard seen.insert(label).inserted else { throw .repeatedLabel(line: number, label: label) }
      labels.append(label)
    }
    images.append(ListedImage(path: path, labels: labels))
  }
  guard !images.isEmpty else { throw .noImages }
  return images
}

/// Parses a caption file, `relative/path caption text ...`, against the training list; a path with
/// spaces stands between quotation marks.
package func parseCaptions(
  _ bytes: UnsafeRawBufferPointer, images: [ListedImage], limits: Limits = .default
) throws(DatasetError) -> [String] {
  let lines = try textLines(bytes, limits: limits)
  guard lines.count == images.count else {
    throw .captionCount(captions: lines.count, images: images.count)
  }
  var captions: [String] = []
  for (index, (line, image)) in zip(lines, images).enumerated() {
    let quoted = try quotedPath(line, number: index + 1)
    let parts =
      quoted.map { [$0.path, String($0.rest.dropFirst())] }
      ?? line.parts(between: " ", maxSplits: 1, omittingEmpty: false)
    try requireShort(parts[0], line: index + 1)
    guard parts[0] == image.path else {
      throw .captionOrder(line: index + 1, caption: parts[0], image: image.path)
    }
    captions.append(parts.count == 2 ? parts[1] : "")
  }
  return captions
}

/// Parses a label file, `name index`: the index is the last field, the name everything before it.
///
/// An underscore in a name means a space.
package func parseClassNames(
  _ bytes: UnsafeRawBufferPointer, limits: Limits = .default
) throws(DatasetError) -> [String] {
  var names: [String] = []
  for (offset, line) in try textLines(bytes, limits: limitsOfNames(limits)).enumerated() {
    let fields = line.parts(between: " ")
    guard fields.count >= 2, let index = fields.last.flatMap({ Int($0) }) else {
      throw .badClassLine(line: offset + 1, found: line)
    }
    guard index == names.count else {
      throw .classesNotContiguous(line: offset + 1, index: index, expected: names.count)
    }
    names.append(spaced(fields.dropLast().joined(separator: " ")))
  }
  return names
}
