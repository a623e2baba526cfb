// VOCAnnotation - image name and object names of a PASCAL VOC annotation, out of its XML.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation

/// What a VOC annotation says about its picture.
struct VOCAnnotation: Equatable {
  /// The text of `annotation/filename`.
  var filename: String?
  /// The texts of `annotation/object/name`, in order; difficult objects are among them, as in the
  /// published lists. The parts of an object have names too, which do not count.
  var objects: [String] = []

  /// Reads the subset of XML that annotations are written in.
  ///
  /// - Throws: `AnnotationError.badXML` with the offset.
  init(_ bytes: UnsafeRawBufferPointer, limits: Limits = .default) throws(AnnotationError) {
    do {
      try self.init(xml: bytes, limits: limits)
    } catch {
      throw .badXML(offset: error.offset, what: error.what)
    }
  }

  private init(
    xml bytes: UnsafeRawBufferPointer, limits: Limits
  ) throws(XMLReader.Failure) {
    var reader = XMLReader(bytes: bytes)
    var path: [String] = []
    var text = ""
    var sawRoot = false
    while let event = try reader.next() {
      switch event {
      case .text(let piece): text += piece
      case .open(let name, let isEmpty):
        guard !path.isEmpty || !sawRoot else { throw reader.error("has two roots") }
        sawRoot = true
        guard path.count < limits.nesting else { throw reader.error("is nested too deep") }
        text = ""
        if !isEmpty { path.append(name) }
      case .close(let name):
        guard path.last == name else { throw reader.error("closes \(printable(name)) unopened") }
        let isPath = path == ["annotation", "filename"]
        if isPath || path == ["annotation", "object", "name"] {
          let (value, limit) = (trimmed(text), isPath ? longestPath : longestName)
          let bytes = value.utf8.count
          guard bytes <= limit else {
            throw reader.error("has a name of \(bytes) bytes, the limit is \(limit)")
          }
          if isPath { filename = value } else { objects.append(value) }
        }
        path.removeLast()
        text = ""
      }
    }
    guard path.isEmpty, sawRoot else { throw reader.error("ends inside an element") }
  }
}

extension AnnotationFormat {
  /// VOC's XML, one file per picture.
  package static let voc = AnnotationFormat(
    "xml", readFolder: { try MultiLabelSet(vocFolder: $0, prefix: $1, classNames: $2) }
  ) { bytes, request in
    let annotation = try VOCAnnotation(bytes)
    var set = MultiLabelSet(
      classNames: request.classNames ?? MultiLabelSet.vocClasses([annotation]))
    try set.add(annotation, called: request.picture, request.prefix, index(of: set.classNames))
    return set
  }
}

extension MultiLabelSet {
  /// VOC: one XML file per image, taken in the order of their names.
  ///
  /// Without `classNames` the 20 of VOC when all objects are of them, otherwise every name that
  /// occurs, sorted.
  fileprivate init(vocFolder folder: String, prefix: String, classNames: [String]?) throws {
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

  fileprivate static func vocClasses(_ annotations: [VOCAnnotation]) -> [String] {
    let found = Set(annotations.flatMap(\.objects))
    return found.isSubset(of: ClassNames.voc) ? ClassNames.voc : found.sorted()
  }

  /// Adds a picture of VOC; `name` is for one whose annotation has none.
  fileprivate mutating func add(
    _ annotation: VOCAnnotation, called name: String, _ prefix: String, _ labels: [String: Int]
  ) throws(AnnotationError) {
    var found = Set<Int>()
    for object in annotation.objects { found.insert(try label(object, labels)) }
    images.append(
      ListedImage(path: prefix + (annotation.filename ?? name), labels: found.sorted()))
  }
}
