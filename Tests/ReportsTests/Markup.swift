// Markup - a strict reader of the markup that this module writes.
// SPDX-License-Identifier: Apache-2.0

import Testing

/// An element of a page or chart, found by a reader that accepts only well-formed markup.
struct Element {
  var name: String
  var attributes: [String: String]
  /// Text directly and indirectly inside.
  var text = ""
  /// Text of a `title` child.
  var title: String?
}

struct Markup {
  private(set) var elements: [Element] = []
  private static let empty: Set = ["meta", "img", "!DOCTYPE"]

  /// Reads everything; a tag that is not closed, a stray `<` or a quote out of place is an error.
  init(_ text: String) throws {
    var open: [Int] = []
    var rest = Substring(text)
    while let start = rest.firstIndex(of: "<") {
      append(String(rest[..<start]), to: open)
      let end = try #require(rest[start...].firstIndex(of: ">"), "a tag is not finished")
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("/") {
        let popped = open.popLast()
        let last = try #require(popped, "</\(tag)> closes nothing")
        let name = elements[last].name
        try #require(name == tag.dropFirst(), "</\(tag)> closes \(name)")
        if elements[last].name == "title", let parent = open.last {
          elements[parent].title = elements[last].text
        }
        continue
      }
      elements.append(try Markup.element(tag))
      if !tag.hasSuffix("/"), !Markup.empty.contains(elements[elements.count - 1].name) {
        open.append(elements.count - 1)
      }
    }
    try #require(open.isEmpty, "elements are left open")
  }

  func all(_ name: String, _ style: String? = nil) -> [Element] {
    elements.filter { element in
      element.name == name
        && (style == nil
          || element.attributes["class", default: ""].split(separator: " ").contains {
            $0 == style!
          })
    }
  }

  /// The rows of all tables, headers included: what stands between a `tr` and the next.
  var rows: [[Element]] {
    elements.reduce(into: []) { rows, element in
      if element.name == "tr" {
        rows.append([])
      } else if !rows.isEmpty {
        rows[rows.count - 1].append(element)
      }
    }
  }

  /// The texts of the cells of each row.
  var cells: [[String]] {
    rows.map { row in row.filter { $0.name == "th" || $0.name == "td" }.map(\.text) }
  }

  private mutating func append(_ text: String, to open: [Int]) {
    guard !text.isEmpty else { return }
    let plain =
      text.replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&quot;", with: "\"").replacing("&#39;", with: "'").replacing("&amp;", with: "&")
    for index in open { elements[index].text += plain }
  }

  private static func element(_ tag: Substring) throws -> Element {
    let body = tag.hasSuffix("/") ? tag.dropLast() : tag
    let name = body.prefix { $0 != " " }
    var attributes: [String: String] = [:]
    var rest = body.dropFirst(name.count).drop { $0 == " " }
    while name != "!DOCTYPE", let equals = rest.firstIndex(of: "=") {
      let key = String(rest[..<equals])
      let quoted = rest[rest.index(after: equals)...]
      try #require(quoted.first == "\"", "\(key) in <\(tag)> is not quoted")
      let value = quoted.dropFirst().prefix { $0 != "\"" }
      try #require(attributes[key] == nil, "\(key) twice in <\(tag)>")
      attributes[key] = String(value)
      rest = quoted.dropFirst(value.count + 2).drop { $0 == " " }
    }
    return Element(name: String(name), attributes: attributes)
  }
}

/// An attribute that is a number.
func number(_ element: Element, _ key: String) throws -> Double {
  try #require(element.attributes[key].flatMap { Double($0) })
}

/// Positions in a file have one decimal, so each end of a length may be 0.05 away.
let decimal = 0.11
