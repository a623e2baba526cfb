// CaptionSource - captions of training images out of COCO's JSON or a table.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Captions by file, from whatever file they came.
package struct CaptionSource: Sendable, Equatable {
  /// Captions by path as the file writes it; several captions of an image are joined by spaces, as
  /// in the published COCO-LT captions.
  private let captions: [String: String]

  /// Captions by path.
  package init(_ captions: [String: String]) { self.captions = captions }

  /// Reads captions.
  ///
  /// - Parameter path: COCO's `captions_*.json`, or a table ending in `.csv` with the columns
  ///   `path` and `caption`; any `AnnotationFormat` that has captions.
  /// - Throws: `FileError` around `AnnotationError` or `JSONError`.
  package init(path: String) throws {
    let file = try FileBytes(path: path)
    captions = try inFile(path) {
      guard let read = AnnotationFormat.named(path.fileExtension)?.captions else {
        throw AnnotationError.unknownKind
      }
      return try file.withBytes(read)
    }
  }

  /// One caption per image, in the order of the list.
  ///
  /// An image is looked up by its path, then by its file name alone.
  ///
  /// - Throws: `AnnotationError.noCaption` naming the first image without one; an empty caption is none.
  package func captions(for images: [ListedImage]) throws(AnnotationError) -> [String] {
    var result: [String] = []
    for image in images {
      let caption = oneLine(captions[image.path] ?? captions[image.path.fileName] ?? "")
      guard !caption.isEmpty else { throw .noCaption(path: image.path) }
      result.append(caption)
    }
    return result
  }
}

/// A text with every run of white space as one space, since a caption file has one line per image.
func oneLine(_ text: String) -> String { text.words.joined(separator: " ") }
