// COCOFile - the parts of COCO's annotation files that labels and captions need.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// An `instances_*.json` or `captions_*.json`; polygons, boxes and addresses are passed over.
struct COCOFile {
  private let json: JSON

  /// One element of a list of the file.
  struct Entry {
    fileprivate let json: JSON

    func id(_ key: String) throws(AnnotationError) -> Int {
      guard let id = json[key]?.int else { throw .missingMember("whole number '\(key)'") }
      return id
    }

    /// A text; a name has a limit, because it is compared.
    func text(_ key: String, limit: Int = .max) throws(AnnotationError) -> String {
      guard let text = json[key]?.string else { throw .missingMember("text '\(key)'") }
      try requireShort(text, limit)
      return text
    }
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - bytes: the text of the file.
  ///   - keys: the members wanted, besides those of images.
  /// - Throws: `JSONError` with the offset of the first problem.
  init(_ bytes: UnsafeRawBufferPointer, keys: Set<String>) throws(JSONError) {
    var limits = Limits.default
    // instances_train2017.json has 860,001 annotations of four values each, kept as such.
    limits.jsonValues = 1 << 24
    json = try JSON.parse(
      bytes, keeping: keys.union(["images", "annotations", "id", "image_id", "file_name"]),
      limits: limits)
  }

  /// Reads every element of a list.
  func entries<T>(
    _ list: String, _ body: (Entry) throws(AnnotationError) -> T
  ) throws(AnnotationError) -> [T] {
    guard let elements = json[list]?.array else { throw .missingMember("list '\(list)'") }
    var result: [T] = []
    result.reserveCapacity(elements.count)
    for element in elements { result.append(try body(Entry(json: element))) }
    return result
  }

  /// The images, in the order of the file.
  func images() throws(AnnotationError) -> [(id: Int, name: String)] {
    try entries("images") { entry throws(AnnotationError) in
      (try entry.id("id"), try entry.text("file_name", limit: longestPath))
    }
  }
}

extension AnnotationFormat {
  /// COCO's `instances_*.json`; captions stand in `captions_*.json`.
  package static let coco = AnnotationFormat("json", captions: cocoCaptions) { bytes, request in
    try MultiLabelSet(coco: bytes, prefix: request.prefix, classNames: request.classNames)
  }

  private static func cocoCaptions(_ bytes: UnsafeRawBufferPointer) throws -> [String: String] {
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
}

extension MultiLabelSet {
  /// COCO: categories in the order of their ids, images in the order of the file.
  fileprivate init(
    coco bytes: UnsafeRawBufferPointer, prefix: String, classNames: [String]?
  ) throws {
    let file = try COCOFile(bytes, keys: ["categories", "category_id", "name"])
    let categories = try file.entries("categories") { entry throws(AnnotationError) in
      (id: try entry.id("id"), name: try entry.text("name", limit: longestName))
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
}
