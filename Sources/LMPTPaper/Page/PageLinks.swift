// PageLinks - where the links of the prose lead from the page.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Turns links that are right beside the prose into links that are right on the page, and checks them.
struct PageLinks: Sendable {
  /// The first anchor of each file of prose.
  let chapters: [String: String]
  /// The way from the page's folder to the checkout, with its final slash.
  let root: String
  /// Whether a path of the checkout exists.
  let exists: @Sendable (String) -> Bool

  /// The target on the page of a link in a file of prose.
  ///
  /// - Throws: `PaperError.anchor` for a file that is not there.
  func target(_ link: String) throws -> String {
    if link.hasPrefix("#") || link.hasPrefix("https://") || link.hasPrefix("http://") {
      return link
    }
    let parts = link.parts(between: "#", maxSplits: 1, omittingEmpty: false)
    if let anchor = chapters[parts[0]] { return "#" + (parts.count > 1 ? parts[1] : anchor) }
    let path = try Self.resolved(parts[0])
    guard exists(path) else { throw PaperError.anchor(link, what: "no file \(path)") }
    return root + path + (parts.count > 1 ? "#" + parts[1] : "")
  }

  /// The address of lines of a file of the checkout.
  func source(_ path: String, lines: ClosedRange<Int>? = nil) -> String {
    root + path + (lines.map { "#L\($0.lowerBound)-L\($0.upperBound)" } ?? "")
  }

  /// A path beside the prose, from the checkout.
  private static func resolved(_ path: String) throws -> String {
    var parts = ["docs", "paper"]
    for part in path.parts(between: "/") {
      if part == ".." {
        guard !parts.isEmpty else { throw PaperError.anchor(path, what: "outside the checkout") }
        parts.removeLast()
      } else if part != "." {
        parts.append(part)
      }
    }
    return parts.joined(separator: "/")
  }

  /// Every link inside a page leads to one anchor.
  ///
  /// - Throws: `PaperError.anchor` for an anchor that is missing or stands twice.
  static func check(_ html: String) throws {
    var anchors: Set<String> = []
    for id in values(of: " id=\"", in: html) where !anchors.insert(id).inserted {
      throw PaperError.anchor(id, what: "two parts of the page have this anchor")
    }
    for link in values(of: " href=\"#", in: html) where !anchors.contains(link) {
      throw PaperError.anchor(link, what: "no part of the page has this anchor")
    }
  }

  /// What follows each occurrence of a mark, up to the quotation mark.
  private static func values(of mark: String, in html: String) -> [String] {
    let (text, mark) = (Array(html.utf8), Array(mark.utf8))
    var found: [String] = []
    var at = 0
    while at + mark.count < text.count {
      guard text[at] == mark[0], text[at..<at + mark.count].elementsEqual(mark) else {
        at += 1
        continue
      }
      let start = at + mark.count
      let end = text[start...].firstIndex(of: UInt8(ascii: "\"")) ?? text.count
      found.append(String(decoding: text[start..<end], as: UTF8.self))
      at = end
    }
    return found
  }
}
