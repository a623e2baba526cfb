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

  /// A deviation as docs/Deviations.md tells it, with the formulas and the numbers of both readings.
  func compare(_ argument: String, _ body: [String], _ line: Int) throws -> String {
    let number = String(argument.drop { !$0.isNumber })
    guard let deviation = parts.deviations.first(where: { $0.number == number }) else {
      throw file.fault(line, "docs/Deviations.md has no number '\(argument)'")
    }
    func part(_ name: String) throws -> String {
      // The document's own links are written from its folder, one above the prose.
      let text = (deviation.parts[name] ?? "").replacing("](", with: "](../")
        .replacing("](../#", with: "](../Deviations.md#").replacing("](../http", with: "](http")
      return try inline.html(
        ReleasedPlaces.linked(text) { name in parts.suites[name].map { "../../\($0)" } })
    }
    let told = CompareBody(body)
    let numbers = try parts.numbers.reading(number)
    if numbers.isEmpty != (told.noNumbers != nil) {
      throw file.fault(
        line, numbers.isEmpty ? "'no numbers:' says why there are none" : "there are numbers")
    }
    let text = try inline.html(told.lead.joined(separator: "\n"))
    let lead = text.isEmpty ? "" : "<p>\(text)</p>\n"
    let address = try links.target("../Deviations.md#\(deviation.anchor)")
    let isWide = Self.isWide(told.ours.lines + told.released.lines)
    var out =
      "<div class=\"compare\" id=\"deviation-\(number)\">\n<p class=\"who\"><a href=\"\(address)\">Deviation \(number)</a> "
    out += "\(try inline.html(deviation.title))</p>\n\(lead)"
    out += "<div class=\"two\(isWide ? " stacked" : "")\">\n"
    let place = "<p class=\"where\">\(try part("Where"))</p>"
    out += try voice("ours", part("Ours"), told.ours)
    out += try voice("released", part("Released"), told.released, place: place)
    out += "</div>\n\(numbers)<dl>\n"
    if let why = told.noNumbers {
      out += "<div><dt>Numbers</dt><dd>None: \(try inline.html(why))</dd></div>\n"
    }
    for name in ["Consequence", "Option", "Test"] {
      out += "<div><dt>\(name)</dt><dd>\(try part(name))</dd></div>\n"
    }
    return out + "</dl>\n</div>\n"
  }

  /// What one reading does, with its formulas and where it stands.
  private func voice(
    _ name: String, _ text: String, _ formulas: CompareBody.Formulas, place: String = ""
  ) throws -> String {
    let math = formulas.lines.flatMap { [$0, ""] }
    return "<div class=\"voice \(name)\"><p class=\"who\">\(PageWords.voices[name] ?? "")</p>"
      + "<p>\(text)</p>\n" + (math.isEmpty ? "" : try formula(formulas.tag, math))
      + place + "</div>\n"
  }
}
