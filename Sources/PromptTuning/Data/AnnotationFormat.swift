// AnnotationFormat - a way in which annotations are written, as a value, and the list of all.
// SPDX-License-Identifier: Apache-2.0

/// How annotations are written; declared in a file of its own and entered in ``all``.
public struct AnnotationFormat: Named {
  /// What the reader of one file is told about it.
  public struct Place: Sendable {
    /// What goes before every file name, with its slash.
    public let prefix: String
    /// The classes; nil to take those of the annotations.
    public let classNames: [String]?
    /// The file name of the picture where the annotation has none.
    public let picture: String
  }
  /// Reads one file.
  public typealias Reader = @Sendable (UnsafeRawBufferPointer, Place) throws -> MultiLabelSet
  /// Reads the captions of one file, by path as the file writes it.
  public typealias CaptionReader = @Sendable (UnsafeRawBufferPointer) throws -> [String: String]
  /// Reads a folder, given what goes before every file name and the classes.
  public typealias FolderReader = @Sendable (String, String, [String]?) throws -> MultiLabelSet

  /// The ending of such files.
  public let name: String
  let read: Reader
  let captions: CaptionReader?
  let readFolder: FolderReader?

  /// A format by the ending of its files and how they are read.
  public init(
    _ name: String, captions: CaptionReader? = nil, readFolder: FolderReader? = nil,
    read: @escaping Reader
  ) {
    (self.name, self.read, self.captions, self.readFolder) = (name, read, captions, readFolder)
  }

  /// Every format.
  public static let all: [AnnotationFormat] = [
    .voc, .coco, .table, .list,
  ]
}
