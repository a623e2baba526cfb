// COCOFile - the parts of COCO's annotation files that labels and captions need.
// SPDX-License-Identifier: Apache-2.0

import Bytes

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

    func text(_ key: String) throws(AnnotationError) -> String {
      guard let text = json[key]?.string else { throw .missingMember("text '\(key)'") }
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
    var limits = Limits.standard
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
      (try entry.id("id"), try entry.text("file_name"))
    }
  }
}
