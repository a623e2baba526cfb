// Paper - the annotated page, made from a checkout.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTTuning

/// Makes the annotated page from the prose, the sources and the program's numbers.
package enum Paper {
  /// Where the page of a checkout is stored.
  package static let stored = "docs/paper/index.html"

  /// The checkout around a folder.
  ///
  /// - Throws: `PaperError.noSources` when no folder above holds prose and sources.
  package static func checkout(around folder: String) throws -> String {
    let parts = ["docs/paper/README.md", "Sources/LMPTTuning", "docs/Deviations.md"]
    let found = LMPTTuning.folder(around: folder) { folder in
      parts.allSatisfy { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
    }
    guard let found else { throw PaperError.noSources }
    return found
  }

  /// The page.
  ///
  /// - Parameters:
  ///   - checkout: the folder with the sources.
  ///   - page: where it will stand, which decides how its links to files are written.
  ///   - numbers: the numbers and drawings.
  /// - Returns: an HTML document.
  /// - Throws: `PaperError` for a fault in the prose, and errors of what the prose asks for.
  package static func page(
    checkout: String, for page: String, numbers: any PageNumbers
  ) throws -> String {
    let prose = try files(in: checkout, "docs/paper", ending: ".md").filter {
      $0.path.fileName.first?.isNumber ?? false
    }
    let chapters = try prose.map { try ProseReader.read($0.text, name: $0.path.fileName) }
    let links = PageLinks(
      chapters: anchors(chapters), root: way(from: page, to: checkout),
      exists: { FileManager.default.fileExists(atPath: "\(checkout)/\($0)") })
    let parts = try PageParts(checkout: checkout, links: links, numbers: numbers)
    let html = try PageBuilder(chapters: chapters, parts: parts, links: links).page().html
    try PageLinks.check(html)
    return html
  }

  /// The first anchor of each chapter, by its file's name.
  private static func anchors(_ chapters: [ProseFile]) -> [String: String] {
    var found: [String: String] = [:]
    for chapter in chapters {
      for block in chapter.flat {
        if case .heading(let level, _, let id) = block.kind, level > 1, found[chapter.name] == nil {
          found[chapter.name] = id
        }
      }
    }
    return found
  }

  /// The way up from a page inside the checkout; outside of it, the checkout's own path.
  private static func way(from page: String, to checkout: String) -> String {
    let page = URL(fileURLWithPath: page).standardizedFileURL.path
    guard page.hasPrefix(checkout + "/") else { return checkout + "/" }
    let depth = page.dropFirst(checkout.count + 1).filter { $0 == "/" }.count
    return String(repeating: "../", count: depth)
  }

  /// The text files below a folder of a checkout, in the order of their paths.
  static func files(
    in checkout: String, _ folder: String, ending: String
  ) throws -> [(path: String, text: String)] {
    let root = "\(checkout)/\(folder)"
    let names = FileManager.default.subpaths(atPath: root) ?? []
    return try names.filter { $0.hasSuffix(ending) }.sorted().map { name in
      let text = try FileBytes(path: "\(root)/\(name)").withBytes {
        String(decoding: $0, as: UTF8.self)
      }
      return ("\(folder)/\(name)", text)
    }
  }
}
