// HTMLImages - the sections that show images and where they lie.
// SPDX-License-Identifier: Apache-2.0

extension HTMLReport {
  static func examples(_ report: Report) -> String {
    guard !report.examples.isEmpty else { return "" }
    let groups = Dictionary(report.classes.map { ($0.name, $0.group) }) { first, _ in first }
    let styles = MethodStyles(report)
    let names = ShortNames(report.examples.map(\.name))
    let hasLabels = report.examples.contains { !$0.labels.isEmpty }
    // One method all through is said once, above.
    let methods = Set(report.examples.flatMap { $0.decisions.map(\.method) })
    let isOne = methods.count == 1 && !hasLabels
    let cards = report.examples.map { card($0, groups, styles, names, captions: !isOne) }
    var remark = ""
    if hasLabels {
      remark =
        "Best scores in %. The true labels stand below each picture; in the scores they are bold "
        + "and have the method's colour."
    } else if let method = methods.first, isOne {
      remark = "Best classes of each picture. "
      remark += report.scoreRemark ?? "The numbers are \(method) scores."
      if report.examples.contains(where: { $0.predicted != nil }) {
        remark += report.scoreRemark == nil ? " Labels are the classes above the threshold." : ""
        remark += " The bars of labels have a colour."
      }
    }
    let shape = PictureSize.shape(of: report.examples.map(\.image))
    return (remark.isEmpty ? "" : paragraph(remark))
      + "<div class=\"cards\" style=\"--shape:\(shape)\">\(cards.joined())</div>\n"
  }

  private static func card(
    _ example: Report.Example, _ groups: [String: Report.Group], _ styles: MethodStyles,
    _ names: ShortNames, captions: Bool
  ) -> String {
    var out = "<div class=\"card\">"
    let labels = example.labels.joined(separator: ", ")
    if let uri = dataURI(example.image) {
      let alt = labels.isEmpty ? example.name : "\(example.name): \(labels)"
      out += "<img src=\"\(uri)\" loading=\"lazy\" alt=\"\(alt.escapedForHTML)\">"
    } else {
      out += "<div class=\"none\">no picture</div>"
    }
    let name = names[example.name]
    out += "<h3 title=\"\(example.name.escapedForHTML)\">\(name.escapedForHTML)</h3>"
    out += "<p class=\"true\">"
    out += example.labels.map { label in
      let style = groups[label].map { "g g-\($0.rawValue)" } ?? "g"
      return "<span class=\"\(style)\">\(label.escapedForHTML)</span>"
    }.joined(separator: " \u{00A0}")
    if let predicted = example.predicted {
      let text = predicted.isEmpty ? "no label" : predicted.joined(separator: ", ")
      out += "<span class=\"labels\">\(text.escapedForHTML)</span>"
    }
    out += "</p><div class=\"decisions\">"
    // Many methods, few scores each: a card should stay on one screen.
    let shown = captions ? (example.decisions.count > 3 ? 3 : 5) : 20
    for decision in example.decisions where !decision.scores.isEmpty {
      let style = styles[decision.method].page
      let label = decision.method.escapedForHTML
      out += "<table class=\"scores \(style)\" aria-label=\"\(label)\">"
      if captions { out += "<caption>\(styles.key(decision.method))</caption>" }
      out += "<tbody>"
      for (place, score) in decision.scores.prefix(shown).enumerated() {
        // Where scores only rank, the best class is what the reader looks for.
        let isMarked =
          captions
          ? example.labels.contains(score.name)
          : example.predicted?.contains(score.name) ?? (place == 0)
        out += isMarked ? "<tr class=\"hit\">" : "<tr>"
        out += "<th scope=\"row\">\(score.name.escapedForHTML)</th><td>\(bar(score.value))</td>"
        out += "<td>\((score.text ?? NumberText.percent(score.value, 1)).escapedForHTML)</td></tr>"
      }
      out += "</tbody></table>"
    }
    return out + "</div></div>"
  }

  /// A bar on its track; nothing for what is no number.
  private static func bar(_ value: Double) -> String {
    guard !value.isNaN else { return "" }
    let width = NumberText.fixed(min(1, max(0, value)) * 100, 1)
    return
      "<span class=\"track\"><span class=\"fill\" style=\"width:\(width)%\"></span></span>"
  }

  /// The picture inside the page; only the two formats that this project reads.
  static func dataURI(_ bytes: [UInt8]) -> String? {
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      return "data:image/jpeg;base64,\(Base64.encode(bytes))"
    }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      return "data:image/png;base64,\(Base64.encode(bytes))"
    }
    return nil
  }

  static func map(_ report: Report) -> String {
    guard let map = report.map else { return "" }
    let panels = map.panels.filter { !$0.images.isEmpty || !$0.classes.isEmpty }
    guard !panels.isEmpty else { return "" }
    let bounds = map.bounds
    let charts = panels.map { figure($0.name, ScatterChart.map($0, bounds: bounds)) }
    var table = HTMLTable(
      "Points of the map", header: ["point", "group"] + panels.map { "\($0.name): x, y" })
    let names = panels.flatMap { $0.classes }.reduce(into: [Report.FeatureMap.Class]()) {
      list, row in
      if !list.contains(where: { $0.name == row.name }) { list.append(row) }
    }
    func place(_ x: Double, _ y: Double) -> HTMLTable.Cell {
      .number("\(NumberText.significant(x, 3)), \(NumberText.significant(y, 3))")
    }
    for row in names {
      let places = panels.map { panel -> HTMLTable.Cell in
        panel.classes.first { $0.name == row.name }.map { place($0.x, $0.y) }
          ?? .number(NumberText.missing)
      }
      table.row(.text(row.name), [.markup(HTMLTable.group(row.group))] + places)
    }
    for index in 0..<(panels.map(\.images.count).max() ?? 0) {
      let images = panels.map { index < $0.images.count ? $0.images[index] : nil }
      guard let group = images.lazy.compactMap(\.self).first?.group else { continue }
      table.row(
        .text("image \(index + 1)"),
        [.markup(HTMLTable.group(group))]
          + images.map { $0.map { place($0.x, $0.y) } ?? .number(NumberText.missing) })
    }
    let method = map.method.map { " \($0)" } ?? ""
    return paragraph(
      "Dots are images, coloured by the group of their rarest class; diamonds are class embeddings. "
        + "All panels share one scale." + method)
      + groupKey(panels.flatMap { $0.classes.map(\.group) })
      + "<div class=\"pair\">\(charts.joined())</div>"
      + table.folded("The numbers of these charts")
  }
}
