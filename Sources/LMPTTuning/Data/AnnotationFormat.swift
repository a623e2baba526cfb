// AnnotationFormat - a way in which annotations are written, as a value, and the list of all.
// SPDX-License-Identifier: Apache-2.0

/// How annotations are written; declared in a file of its own and entered in ``all``.
package struct AnnotationFormat: Named {
  /// What the reader of one file is told besides its bytes.
  package struct Request: Sendable {
    /// What goes before every file name, with its slash.
    package let prefix: String
    /// The classes; nil to take those of the annotations.
    package let classNames: [String]?
    /// The file name of the picture where the annotation has none.
    package let picture: String
  }
  /// Reads one file.
  package typealias Reader = @Sendable (UnsafeRawBufferPointer, Request) throws -> MultiLabelSet
  /// Reads the captions of one file, by path as the file writes it.
  package typealias CaptionReader = @Sendable (UnsafeRawBufferPointer) throws -> [String: String]
  /// Reads a folder, given what goes before every file name and the classes.
  package typealias FolderReader = @Sendable (String, String, [String]?) throws -> MultiLabelSet

  /// The ending of such files.
  package let name: String
  let read: Reader
  let captions: CaptionReader?
  let readFolder: FolderReader?

  /// A format by the ending of its files and how they are read.
  package init(
    _ name: String, captions: CaptionReader? = nil, readFolder: FolderReader? = nil,
    read: @escaping Reader
  ) {
    (self.name, self.read, self.captions, self.readFolder) = (name, read, captions, readFolder)
  }

  /// Every format.
  package static let all: [AnnotationFormat] = [
    .voc, .coco, .table, .list,
  ]
}
