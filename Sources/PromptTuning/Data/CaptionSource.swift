// CaptionSource - captions of training images out of COCO's JSON or a table.
// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Captions by file, from whatever file they came.
public struct CaptionSource: Sendable, Equatable {
  /// Captions by path as the file writes it; several captions of an image are joined by spaces, as
  /// in the published COCO-LT captions.
  private let captions: [String: String]

  /// Captions by path.
  public init(_ captions: [String: String]) { self.captions = captions }

  /// Reads captions.
  ///
  /// - Parameter path: COCO's `captions_*.json`, or a table ending in `.csv` with the columns
  ///   `path` and `caption`.
  /// - Throws: `FileError` around `AnnotationError` or `JSONError`.
  public init(path: String) throws {
    let file = try FileBytes(path: path)
    captions = try inFile(path) {
      try file.withBytes { bytes in
        switch path.fileExtension {
        case "json": return try Self.coco(bytes)
        case "csv": return try Self.table(bytes)
        default: throw AnnotationError.unknownKind
        }
      }
    }
  }

  private static func coco(_ bytes: UnsafeRawBufferPointer) throws -> [String: String] {
    let file = try COCOFile(bytes, keys: ["caption"])
    let names = Dictionary(
      try file.images().map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    var captions: [String: String] = [:]
    for entry in try file.entries(
      "annotations",
      { entry throws(AnnotationError) in
        (image: try entry.id("image_id"), text: try entry.text("caption"))
      })
    {
      guard let name = names[entry.image] else {
        throw AnnotationError.unknownID(kind: "image", id: entry.image)
      }
      let text = oneLine(entry.text)
      captions[name] = captions[name].map { "\($0) \(text)" } ?? text
    }
    return captions
  }

  private static func table(_ bytes: UnsafeRawBufferPointer) throws -> [String: String] {
    let table = try CSV(bytes)
    guard let path = table.header.firstIndex(of: "path"),
      let caption = table.header.firstIndex(of: "caption")
    else {
      throw AnnotationError.badCSV(line: 1, what: "there are no columns 'path' and 'caption'")
    }
    var captions: [String: String] = [:]
    for row in table.rows {
      let text = oneLine(row.fields[caption])
      let key = row.fields[path]
      captions[key] = captions[key].map { "\($0) \(text)" } ?? text
    }
    return captions
  }

  /// One caption per image, in the order of the list.
  ///
  /// An image is looked up by its path, then by its file name alone.
  ///
  /// - Throws: `AnnotationError.noCaption` naming the first image without one.
  public func captions(for images: [ListedImage]) throws(AnnotationError) -> [String] {
    var result: [String] = []
    for image in images {
      guard let caption = captions[image.path] ?? captions[image.path.fileName] else {
        throw .noCaption(path: image.path)
      }
      result.append(oneLine(caption))
    }
    return result
  }
}

/// A text with every run of white space as one space, since a caption file has one line per image.
func oneLine(_ text: String) -> String { text.words.joined(separator: " ") }
