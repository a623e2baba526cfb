// DeviationBlock - where the released code differs: both readings side by side, and links that lead there.
// SPDX-License-Identifier: Apache-2.0

extension BlockWriter {
  /// Links from an equation to what checks it and to what the released code does instead.
  func seeAlso(_ tag: String) -> String {
    func arguments(_ name: String) -> [String] {
      file.flat.compactMap { block in
        if case .directive(name, let argument, _) = block.kind { return argument }
        return nil
      }
    }
    guard !tag.isEmpty, arguments("checks").contains(tag) else { return "" }
    var links = ["<a href=\"#checks-\(tag)\">checks</a>"]
    links += arguments("compare").map { "<a href=\"#deviation-\($0)\">deviation \($0)</a>" }
    return "<p class=\"see\">\(links.joined(separator: " \u{00B7} "))</p>\n"
  }

  /// A deviation as docs/Deviations.md tells it, with the numbers of both readings.
  func compare(_ argument: String, _ body: [String], _ line: Int) throws -> String {
    let number = String(argument.drop { !$0.isNumber })
    guard let deviation = parts.deviations.first(where: { $0.number == number }) else {
      throw file.fault(line, "docs/Deviations.md has no number '\(argument)'")
    }
    func part(_ name: String) throws -> String {
      // The document's own links are written from its folder, one above the prose.
      let text = (deviation.parts[name] ?? "").replacing("](", with: "](../")
        .replacing("](../#", with: "](../Deviations.md#").replacing("](../http", with: "](http")
      return try inline.html(text)
    }
    let lead = try body.isEmpty ? "" : "<p>\(inline.html(body.joined(separator: "\n")))</p>\n"
    let address = try links.target("../Deviations.md#\(deviation.anchor)")
    var out =
      "<div class=\"compare\" id=\"deviation-\(number)\">\n<p class=\"who\"><a href=\"\(address)\">Deviation \(number)</a> "
    out += "\(try inline.html(deviation.title))</p>\n\(lead)<div class=\"two\">\n"
    out += "<div class=\"voice ours\"><p class=\"who\">\(PageWords.voices["ours"] ?? "")</p>"
    out += "<p>\(try part("Ours"))</p></div>\n"
    out +=
      "<div class=\"voice released\"><p class=\"who\">\(PageWords.voices["released"] ?? "")</p>"
    out += "<p>\(try part("Released"))</p></div>\n</div>\n"
    out += try parts.numbers.reading(number) + "<dl>\n"
    for name in ["Consequence", "Option", "Test"] {
      out += "<div><dt>\(name)</dt><dd>\(try part(name))</dd></div>\n"
    }
    return out + "</dl>\n</div>\n"
  }
}
