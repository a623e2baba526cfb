// MultiLabelSet - images and labels out of VOC's XML, COCO's JSON, a CSV table or a list.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation

/// A multi-label set as its annotations give it, before anything is sampled from it.
package struct MultiLabelSet: Sendable, Equatable {
  /// Class names in the order of their labels.
  package var classNames: [String]
  /// Images with their labels, ascending; an image may have none.
  package var images: [ListedImage]
  /// Captions by path, where the annotations have them.
  package var captions: [String: String] = [:]

  /// Reads annotations.
  ///
  /// - Parameters:
  ///   - path: a folder of VOC's XML files, or a file whose ending names its `AnnotationFormat`.
  ///   - prefix: what goes before every file name, with its slash; the folder of the images
  ///     relative to the data folder.
  ///   - classNames: the classes; nil to take those of the annotations, which a list has not.
  /// - Throws: `FileError` around `AnnotationError`, `JSONError` or `DatasetError`.
  package init(
    path: String, prefix: String = "", classNames: [String]? = nil
  ) throws {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      guard let read = AnnotationFormat.all.compactMap(\.readFolder).first else {
        throw AnnotationError.unknownKind
      }
      self = try read(path, prefix, classNames)
      try inFile(path) { try check() }
    } else {
      let file = try FileBytes(path: path)
      self = try inFile(path) {
        guard let format = AnnotationFormat.named(path.fileExtension) else {
          throw AnnotationError.unknownKind
        }
        return try file.withBytes {
          try Self(
            $0, format: format, prefix: prefix, classNames: classNames,
            picture: "\(path.fileName.dropLast(4)).jpg")
        }
      }
    }
  }

  /// Reads the bytes of one annotation file.
  ///
  /// - Parameters:
  ///   - bytes: the file; of VOC one picture's.
  ///   - format: how it is written.
  ///   - prefix: what goes before every file name, with its slash.
  ///   - classNames: the classes; nil to take those of the annotations, which a list has not.
  ///   - picture: the file name of VOC's picture where the annotation has none.
  /// - Throws: `AnnotationError`, `JSONError` or `DatasetError`.
  package init(
    _ bytes: UnsafeRawBufferPointer, format: AnnotationFormat, prefix: String = "",
    classNames: [String]? = nil, picture: String = "picture.jpg"
  ) throws {
    self = try format.read(
      bytes,
      AnnotationFormat.Request(prefix: prefix, classNames: classNames, picture: picture))
    try check()
  }

  /// A set without images.
  package init(classNames: [String]) {
    self.classNames = classNames
    images = []
  }

  /// Refuses what the list format cannot hold.
  private func check() throws(AnnotationError) {
    for name in classNames {
      guard name.unicodeScalars.contains(where: { !$0.properties.isWhitespace }),
        !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
      else { throw .badClassName(name) }
    }
    var seen = Set<String>()
    for image in images {
      guard !image.path.isEmpty, !image.path.utf8.contains(0),
        !image.path.unicodeScalars.contains(where: {
          $0 != " " && $0.properties.isWhitespace
        }), canBeListed(image.path)
      else { throw .badPath(image.path) }
      guard seen.insert(image.path).inserted else { throw .repeatedImage(image.path) }
    }
  }
}

/// Places of class names; an underscore means a space.
func index(of names: [String]) -> [String: Int] {
  Dictionary(
    names.enumerated().map { (spaced($0.element), $0.offset) },
    uniquingKeysWith: { first, _ in first })
}

func label(_ name: String, _ labels: [String: Int]) throws(AnnotationError) -> Int {
  guard let label = labels[spaced(name)] else { throw .unknownClass(name) }
  return label
}
