// ListFiles - the published list, caption and label files, read exactly as they are.
// SPDX-License-Identifier: Apache-2.0

import Bytes

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

  /// Stable identifier.
  package var code: String {
    switch self {
    case .lineTooLong: return "dataset.line-too-long"
    case .tooManyLines: return "dataset.too-many-lines"
    case .badLabel: return "dataset.bad-label"
    case .labelOutOfRange: return "dataset.label-out-of-range"
    case .repeatedLabel: return "dataset.repeated-label"
    case .repeatedPath: return "dataset.repeated-path"
    case .emptyLine: return "dataset.empty-line"
    case .badQuotes: return "dataset.bad-quotes"
    case .notText: return "dataset.not-text"
    case .noImages: return "dataset.no-images"
    case .pathOutsideRoot: return "dataset.path-outside-root"
    case .badClassLine: return "dataset.bad-class-line"
    case .classesNotContiguous: return "dataset.classes-not-contiguous"
    case .captionCount: return "dataset.caption-count"
    case .captionOrder: return "dataset.caption-order"
    case .emptyClass: return "dataset.empty-class"
    case .missingFile: return "dataset.missing-file"
    }
  }

  /// What is wrong and where.
  package var message: String {
    switch self {
    case .lineTooLong(let line, let bytes, let limit):
      return "line \(line) has \(bytes) bytes, the limit is \(limit)"
    case .tooManyLines(let limit): return "there are more than \(limit) lines"
    case .badLabel(let line, let found):
      return "label '\(found)' is not a class index (line \(line))"
    case .labelOutOfRange(let line, let label, let classes):
      return "label \(label) is outside 0...\(classes - 1) (line \(line))"
    case .repeatedLabel(let line, let label): return "label \(label) stands twice (line \(line))"
    case .repeatedPath(let line, let path, let first):
      return "\(path) stands twice (lines \(first) and \(line))"
    case .emptyLine(let line): return "line \(line) has no path"
    case .badQuotes(let line): return "the quotation marks of a path do not close (line \(line))"
    case .notText(let line): return "line \(line) is not UTF-8 text"
    case .noImages: return "there is no image in the list"
    case .pathOutsideRoot(let line, let path):
      return "path \(path) leaves the data folder (line \(line))"
    case .badClassLine(let line, let found):
      return "'\(found)' is not a class name and an index (line \(line))"
    case .classesNotContiguous(let line, let index, let expected):
      return "class index \(index), expected \(expected) (line \(line))"
    case .captionCount(let captions, let images):
      return "\(captions) captions for \(images) training images"
    case .captionOrder(let line, let caption, let image):
      return "the caption is for \(caption), the training list has \(image) (line \(line))"
    case .emptyClass(let index, let name): return "class \(index) '\(name)' has no training image"
    case .missingFile(let path, let dataset): return "\(path) is missing (data set \(dataset))"
    }
  }

  /// What to do.
  package var hint: String {
    switch self {
    case .lineTooLong, .tooManyLines, .notText, .noImages:
      return "check that this is a list file: one 'path label label ...' a line"
    case .badLabel:
      return "a line is 'path label label ...'; a path with spaces stands in quotation marks"
    case .badQuotes: return "write \"my folder/a b.jpg\" 0 2"
    case .labelOutOfRange: return "labels count from 0; check the label file of this data set"
    case .repeatedLabel, .repeatedPath, .emptyLine: return "remove the line or the repetition"
    case .pathOutsideRoot: return "use a path relative to the data folder, or --allow-outside"
    case .badClassLine: return "a line is 'name index', the index last"
    case .classesNotContiguous: return "number the classes 0, 1, 2 ... in file order"
    case .captionCount, .captionOrder:
      return "the caption file has one 'path caption' a line, in the training list's order"
    case .emptyClass:
      return "every class needs a training image, because its margin and weight divide by the count"
    case .missingFile:
      return "'lmpt data check' says what is missing and how to get it"
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
  _ bytes: UnsafeRawBufferPointer, classes: Int, limits: Limits = .standard
) throws(DatasetError) -> [ListedImage] {
  var images: [ListedImage] = []
  var firstLine: [String: Int] = [:]
  for (index, line) in try textLines(bytes, limits: limits).enumerated() {
    let number = index + 1
    let quoted = try quotedPath(line, number: number)
    let words = (quoted?.rest ?? line).parts(between: " ", "\t")
    guard let path = quoted?.path ?? words.first else { throw .emptyLine(line: number) }
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
  _ bytes: UnsafeRawBufferPointer, images: [ListedImage], limits: Limits = .standard
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
  _ bytes: UnsafeRawBufferPointer, limits: Limits = .standard
) throws(DatasetError) -> [String] {
  var names: [String] = []
  for (offset, line) in try textLines(bytes, limits: limits).enumerated() {
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
