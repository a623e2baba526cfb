// VOCAnnotation - image name and object names of a PASCAL VOC annotation, out of its XML.
// SPDX-License-Identifier: Apache-2.0

import Bytes
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
  /// Elements, attributes, comments, a declaration and the five named entities; a document type,
  /// which could define entities of its own, is refused.
  ///
  /// - Throws: `AnnotationError.badXML` with the offset.
  init(_ bytes: UnsafeRawBufferPointer, limits: Limits = .standard) throws(AnnotationError) {
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
        let value = trimmed(text)
        if path == ["annotation", "filename"] { filename = value }
        if path == ["annotation", "object", "name"] { objects.append(value) }
        path.removeLast()
        text = ""
      }
    }
    guard path.isEmpty, sawRoot else { throw reader.error("ends inside an element") }
  }
}

extension AnnotationFormat {
  /// VOC's XML, one file per picture.
  public static let voc = AnnotationFormat(
    "xml", readFolder: { try MultiLabelSet(vocFolder: $0, prefix: $1, classNames: $2) }
  ) { bytes, place in
    let annotation = try VOCAnnotation(bytes)
    var set = MultiLabelSet(classNames: place.classNames ?? MultiLabelSet.vocClasses([annotation]))
    try set.add(annotation, called: place.picture, place.prefix, index(of: set.classNames))
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
      let file = try MappedFile(path: "\(folder)/\(name)")
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

/// A string without white space around it.
func trimmed(_ text: String) -> String {
  var slice = text.unicodeScalars[...]
  while let first = slice.first, first.properties.isWhitespace { slice.removeFirst() }
  while let last = slice.last, last.properties.isWhitespace { slice.removeLast() }
  return String(slice)
}

/// A pull reader of elements and texts.
private struct XMLReader {
  enum Event {
    case open(String, isEmpty: Bool)
    case close(String)
    case text(String)
  }

  let bytes: UnsafeRawBufferPointer
  var offset = 0

  init(bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
  }

  func error(_ what: String) -> AnnotationError { .badXML(offset: offset, what: what) }

  mutating func next() throws(AnnotationError) -> Event? {
    while offset < bytes.count {
      guard bytes[offset] == UInt8(ascii: "<") else { return .text(try text()) }
      if has("<!--") {
        try skip(past: "-->")
      } else if has("<?") {
        try skip(past: "?>")
      } else if has("<!") {
        throw error("has a document type or a literal section, which annotations do not use")
      } else {
        return try tag()
      }
    }
    return nil
  }

  private func has(_ prefix: StaticString) -> Bool {
    guard bytes.count - offset >= prefix.utf8CodeUnitCount else { return false }
    // safety: index < utf8CodeUnitCount, and a StaticString literal has a pointer.
    return (0..<prefix.utf8CodeUnitCount).allSatisfy {
      bytes[offset + $0] == prefix.utf8Start[$0]
    }
  }

  private mutating func skip(past end: StaticString) throws(AnnotationError) {
    let start = offset
    while !has(end) {
      offset += 1
      guard offset < bytes.count else {
        offset = start
        throw error("opens what it never closes")
      }
    }
    offset += end.utf8CodeUnitCount
  }

  /// `<name attributes>`, `<name/>` or `</name>`.
  private mutating func tag() throws(AnnotationError) -> Event {
    let start = offset
    offset += 1
    let closes = offset < bytes.count && bytes[offset] == UInt8(ascii: "/")
    if closes { offset += 1 }
    let nameStart = offset
    while offset < bytes.count, !" \t\r\n/><".utf8.contains(bytes[offset]) { offset += 1 }
    let name = try string(nameStart..<offset)
    guard !name.isEmpty else { throw error("has an element without a name") }
    var quote: UInt8?
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        if closes { return .close(name) }
        return .open(name, isEmpty: bytes[offset - 2] == UInt8(ascii: "/"))
      }
    }
    offset = start
    throw error("opens a tag that it never closes")
  }

  private mutating func text() throws(AnnotationError) -> String {
    var result = ""
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "<") {
      let start = offset
      while offset < bytes.count, !"<&".utf8.contains(bytes[offset]) { offset += 1 }
      result += try string(start..<offset)
      if offset < bytes.count, bytes[offset] == UInt8(ascii: "&") { result += try entity() }
    }
    return result
  }

  private mutating func entity() throws(AnnotationError) -> String {
    for (name, value) in [
      ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"),
    ] as [(StaticString, String)] where has(name) {
      offset += name.utf8CodeUnitCount
      return value
    }
    throw error("has an unknown entity")
  }

  private func string(_ range: Range<Int>) throws(AnnotationError) -> String {
    let slice = UnsafeRawBufferPointer(rebasing: bytes[range])
    guard let text = String(validating: slice, as: UTF8.self), !slice.contains(0) else {
      throw .badXML(offset: range.lowerBound, what: "is not UTF-8 text")
    }
    return text
  }
}
