// HTMLReport - a report as one page that needs nothing else.
// SPDX-License-Identifier: Apache-2.0

/// Turns a `Report` into a self-contained HTML page: no script, no file beside it, no network.
///
/// A report of one run and a comparison of many take the same path; a part without data is absent.
package enum HTMLReport {
  /// A part of the page: its anchor, heading and content.
  struct Section {
    let id: String
    let heading: String
    let body: String
  }

  /// The page.
  ///
  /// Everything in the report counts as text from outside and is escaped.
  ///
  /// - Parameter report: what to show.
  /// - Returns: an HTML document.
  package static func page(_ report: Report) -> String {
    let sections = sections(report).filter { !$0.body.isEmpty }
    var out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    out += "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
    out += "<meta name=\"color-scheme\" content=\"light dark\">\n"
    out += "<meta http-equiv=\"Content-Security-Policy\" "
    out += "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n"
    out += "<title>\(report.title.escapedForHTML)</title>\n<style>\n"
    out += ChartStyle.variables + ChartStyle.marks + PageStyle.css + "</style>\n</head>\n<body>\n"
    out += header(report, sections)
    out += "<main>\n"
    for section in sections {
      out += "<section id=\"\(section.id)\">\n<h2>\(section.heading.escapedForHTML)</h2>\n"
      out += section.body + "\n</section>\n"
    }
    out += "</main>\n<footer>Written by lmpt."
    // The bars of predictions are no chart.
    if sections.contains(where: { $0.id != "examples" && $0.body.contains("<svg") }) {
      out += " Every figure that a chart draws stands in a table below it."
    }
    out += "</footer>\n</body>\n</html>\n"
    return out
  }

  static func sections(_ report: Report) -> [Section] {
    let hasTruth = report.examples.contains { !$0.labels.isEmpty }
    return [
      Section(id: "results", heading: "Results", body: results(report)),
      Section(id: "groups", heading: "Head, medium and tail", body: groups(report)),
      Section(id: "ablation", heading: "What each part adds", body: ablation(report)),
      Section(id: "runs", heading: "The runs and the settings that differ", body: runs(report)),
      Section(id: "classes", heading: "Average precision by class", body: classes(report)),
      Section(
        id: "diagnostics", heading: "What explains these figures", body: diagnostics(report)),
      Section(id: "margins", heading: "Margins and weights by class count", body: margins(report)),
      Section(id: "training", heading: "Training", body: training(report)),
      Section(id: "curves", heading: "Precision and recall", body: curves(report)),
      Section(
        id: "examples", heading: hasTruth ? "Example decisions" : "Predictions",
        body: examples(report)),
      Section(id: "map", heading: "Map of the features", body: map(report)),
      Section(id: "words", heading: "Words nearest to the context", body: words(report)),
      Section(id: "repeat", heading: "How to repeat this", body: environment(report)),
    ]
  }

  private static func header(_ report: Report, _ sections: [Section]) -> String {
    var out = "<header>\n<h1>\(report.title.escapedForHTML)</h1>\n"
    if let headline = report.headline { out += paragraph(headline, style: "lead") }
    if let summary = report.summary {
      out += paragraph(summary, style: report.results.isEmpty ? "lead" : "")
    }
    for notice in [report.notice, report.untestedNotice].compactMap(\.self) {
      out += paragraph(notice, style: "notice")
    }
    out += facts(report)
    if sections.count > 2 {
      let links = sections.map { "<a href=\"#\($0.id)\">\($0.heading.escapedForHTML)</a>" }
      out += "<nav aria-label=\"Contents\">\(links.joined())</nav>\n"
    }
    return out + "</header>\n"
  }

  /// What was run, and on what; a fact that nobody knows is left out.
  private static func facts(_ report: Report) -> String {
    var facts: [(String, String)] = []
    if report.runs.count == 1, let kept = report.runs[0].kept {
      facts.append(("kept epoch", "\(kept) of \(report.runs[0].epochs.count)"))
    }
    if let date = report.date {
      let isDay = date.contains("T")
      facts.append(("date", (isDay ? String(date.prefix(10)) : date).escapedForHTML))
    }
    let runs = report.comparison.map { $0.runs.compactMap(\.seconds) } ?? []
    let seconds = runs.isEmpty ? report.runs.compactMap(\.seconds) : runs
    if !seconds.isEmpty {
      let name = seconds.count > 1 ? "\(seconds.count) runs took" : "duration"
      facts.append((name, NumberText.duration(seconds.reduce(0, +))))
    }
    for name in ["program", "commit"] {
      guard let value = report.environment.first(where: { $0.name == name })?.value else {
        continue
      }
      facts.append((name, value.escapedForHTML))
    }
    guard report.dataset != nil || report.date != nil else { return "" }
    let lists = [facts, report.dataset.map(self.facts) ?? []].filter { !$0.isEmpty }
    let rows = lists.map { list in
      let items = list.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }
      return "<dl>\(items.joined())</dl>\n"
    }
    return "<div class=\"facts\">\(rows.joined())</div>\n"
  }

  private static func facts(_ dataset: Report.Dataset) -> [(String, String)] {
    var facts = [
      ("data set", dataset.name.escapedForHTML),
      ("training images", NumberText.count(dataset.train)),
      ("test images", NumberText.count(dataset.test)),
      ("classes", NumberText.count(dataset.classes)),
    ]
    for (group, count) in zip(Report.Group.allCases, dataset.groups) where count > 0 {
      facts.append((HTMLTable.group(group), NumberText.count(count)))
    }
    return facts
  }

  static func paragraph(_ text: String, style: String = "") -> String {
    let open = style.isEmpty ? "<p>" : "<p class=\"\(style)\">"
    return open + text.escapedForHTML + "</p>\n"
  }

  /// A chart with its caption; nothing when the chart is empty.
  static func figure(_ caption: String, _ svg: String) -> String {
    svg.isEmpty
      ? "" : "<figure><figcaption>\(caption.escapedForHTML)</figcaption>\(svg)</figure>\n"
  }

  /// A chart in both layouts, of which the style sheet shows one.
  static func figure(_ draw: (ChartLayout) -> String) -> String {
    let wide = draw(.wide)
    guard !wide.isEmpty else { return "" }
    return "<figure><div class=\"wide\">\(wide)</div>"
      + "<div class=\"narrow\">\(draw(.narrow))</div></figure>\n"
  }
}
