// MultiLabelSet - images and labels out of VOC's XML, COCO's JSON, a CSV table or a list.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation

/// How annotations are written; the raw value is the ending of such files.
public enum AnnotationFormat: String, Sendable, CaseIterable {
  /// VOC's XML, one file per picture.
  case voc = "xml"
  /// COCO's `instances_*.json`.
  case coco = "json"
  /// A table.
  case table = "csv"
  /// A list, `path label label ...`.
  case list = "txt"
}

/// A multi-label set as its annotations give it, before anything is sampled from it.
public struct MultiLabelSet: Sendable, Equatable {
  /// Class names in the order of their labels.
  public var classNames: [String]
  /// Images with their labels, ascending; an image may have none.
  public var images: [ListedImage]
  /// Captions by path, where the annotations have them.
  public var captions: [String: String] = [:]

  /// Reads annotations.
  ///
  /// - Parameters:
  ///   - path: a folder of VOC's XML files, or a file whose ending names its `AnnotationFormat`.
  ///   - prefix: what goes before every file name, with its slash; the folder of the images
  ///     relative to the data folder.
  ///   - classNames: the classes; nil to take those of the annotations, which a list has not.
  /// - Throws: `FileError` around `AnnotationError`, `JSONError` or `DatasetError`.
  public init(
    path: String, prefix: String = "", classNames: [String]? = nil
  ) throws {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      try self.init(vocFolder: path, prefix: prefix, classNames: classNames)
      try inFile(path) { try check() }
    } else {
      let file = try FileBytes(path: path)
      self = try inFile(path) {
        guard let format = AnnotationFormat(rawValue: path.fileExtension) else {
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
  public init(
    _ bytes: UnsafeRawBufferPointer, format: AnnotationFormat, prefix: String = "",
    classNames: [String]? = nil, picture: String = "picture.jpg"
  ) throws {
    switch format {
    case .voc:
      let annotation = try VOCAnnotation(bytes)
      self.init(classNames: classNames ?? Self.vocClasses([annotation]))
      try add(annotation, called: picture, prefix, index(of: self.classNames))
    case .coco: try self.init(coco: bytes, prefix: prefix, classNames: classNames)
    case .table: try self.init(table: bytes, prefix: prefix, classNames: classNames)
    case .list: try self.init(list: bytes, prefix: prefix, classNames: classNames)
    }
    try check()
  }

  private init(classNames: [String]) {
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
        !image.path.unicodeScalars.contains(where: { $0.properties.isWhitespace })
      else { throw .badPath(image.path) }
      guard seen.insert(image.path).inserted else { throw .repeatedImage(image.path) }
    }
  }

  /// VOC: one XML file per image, taken in the order of their names.
  ///
  /// Without `classNames` the 20 of VOC when all objects are of them, otherwise every name that
  /// occurs, sorted.
  private init(vocFolder folder: String, prefix: String, classNames: [String]?) throws {
    let names = try inFile(folder) {
      guard let entries = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
        throw FileAccessError.unreadable
      }
      let names = entries.filter { $0.hasSuffix(".xml") }.sorted()
      guard !names.isEmpty else { throw AnnotationError.noAnnotations }
      return names
    }
    let annotations = try names.map { name in
      let file = try FileBytes(path: "\(folder)/\(name)")
      return try inFile(file.path) { try file.withBytes { try VOCAnnotation($0) } }
    }
    self.init(classNames: classNames ?? Self.vocClasses(annotations))
    let labels = index(of: self.classNames)
    for (name, annotation) in zip(names, annotations) {
      try inFile("\(folder)/\(name)") {
        try add(annotation, called: name.dropLast(4) + ".jpg", prefix, labels)
      }
    }
  }

  private static func vocClasses(_ annotations: [VOCAnnotation]) -> [String] {
    let found = Set(annotations.flatMap(\.objects))
    return found.isSubset(of: ClassNames.voc) ? ClassNames.voc : found.sorted()
  }

  /// Adds a picture of VOC; `name` is for one whose annotation has none.
  private mutating func add(
    _ annotation: VOCAnnotation, called name: String, _ prefix: String, _ labels: [String: Int]
  ) throws(AnnotationError) {
    var found = Set<Int>()
    for object in annotation.objects { found.insert(try label(object, labels)) }
    images.append(
      ListedImage(path: prefix + (annotation.filename ?? name), labels: found.sorted()))
  }

  /// COCO: categories in the order of their ids, images in the order of the file.
  private init(
    coco bytes: UnsafeRawBufferPointer, prefix: String, classNames: [String]?
  ) throws {
    let file = try COCOFile(bytes, keys: ["categories", "category_id", "name"])
    let categories = try file.entries("categories") { entry throws(AnnotationError) in
      (id: try entry.id("id"), name: try entry.text("name"))
    }.sorted { $0.id < $1.id }
    self.init(classNames: classNames ?? categories.map(\.name))
    let labels = index(of: self.classNames)
    let labelOf = Dictionary(
      try categories.map { ($0.id, try label($0.name, labels)) },
      uniquingKeysWith: { first, _ in first })
    var shown: [Int: Set<Int>] = [:]
    for annotation in try file.entries(
      "annotations",
      { entry throws(AnnotationError) in
        (image: try entry.id("image_id"), category: try entry.id("category_id"))
      })
    {
      guard let label = labelOf[annotation.category] else {
        throw AnnotationError.unknownID(kind: "category", id: annotation.category)
      }
      shown[annotation.image, default: []].insert(label)
    }
    for image in try file.images() {
      images.append(
        ListedImage(
          path: prefix + image.name, labels: (shown.removeValue(forKey: image.id) ?? []).sorted()))
    }
    if let id = shown.keys.min() { throw AnnotationError.unknownID(kind: "image", id: id) }
  }

  /// A CSV table: `path`, then `labels` (names or indices between spaces or semicolons) or one
  /// column of 0 and 1 per class; `caption` may stand anywhere.
  private init(
    table bytes: UnsafeRawBufferPointer, prefix: String, classNames: [String]?
  ) throws {
    let table = try CSV(bytes)
    guard let pathColumn = table.header.firstIndex(of: "path") else {
      throw AnnotationError.badCSV(line: 1, what: "there is no column 'path'")
    }
    let captionColumn = table.header.firstIndex(of: "caption")
    let labelColumn = table.header.firstIndex(of: "labels")
    let columns =
      labelColumn == nil
      ? table.header.indices.filter { $0 != pathColumn && $0 != captionColumn } : []
    // Names may hold spaces: one semicolon anywhere says that semicolons separate.
    let usesSemicolons = labelColumn.map { column in
      table.rows.contains { $0.fields[column].unicodeScalars.contains(";") }
    }
    func split(_ text: String) -> [String] {
      text.parts(between: usesSemicolons == true ? ";" : " ").map(trimmed).filter { !$0.isEmpty }
    }
    let written = table.rows.map { row in labelColumn.map { split(row.fields[$0]) } ?? [] }
    self.init(
      classNames: classNames
        ?? (labelColumn == nil
          ? columns.map { table.header[$0] } : Set(written.joined()).sorted()))
    let labels = index(of: self.classNames)
    for (row, names) in zip(table.rows, written) {
      var found = Set<Int>()
      for name in names {
        // A name first, because classes may be called by numbers.
        let position = classNames == nil || labels[name] != nil ? nil : Int(name)
        if let position, self.classNames.indices.contains(position) {
          found.insert(position)
        } else {
          found.insert(try label(name, labels))
        }
      }
      for column in columns {
        switch row.fields[column] {
        case "1": found.insert(try label(table.header[column], labels))
        case "0", "": break
        default:
          throw AnnotationError.badCSV(
            line: row.line, what: "\(printable(row.fields[column])) is neither 0 nor 1")
        }
      }
      let path = prefix + row.fields[pathColumn]
      images.append(ListedImage(path: path, labels: found.sorted()))
      if let captionColumn { captions[path] = row.fields[captionColumn] }
    }
  }

  /// A list in the published format, which needs its classes from elsewhere.
  private init(
    list bytes: UnsafeRawBufferPointer, prefix: String, classNames: [String]?
  ) throws {
    guard let classNames else { throw AnnotationError.listWithoutNames }
    self.init(classNames: classNames)
    images = try parseImageList(bytes, classes: classNames.count).map {
      ListedImage(path: prefix + $0.path, labels: $0.labels)
    }
  }
}

/// Places of class names; an underscore means a space.
private func index(of names: [String]) -> [String: Int] {
  Dictionary(
    names.enumerated().map { (spaced($0.element), $0.offset) },
    uniquingKeysWith: { first, _ in first })
}

private func label(_ name: String, _ labels: [String: Int]) throws(AnnotationError) -> Int {
  guard let label = labels[spaced(name)] else { throw .unknownClass(name) }
  return label
}
