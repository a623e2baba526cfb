// PaperPage - the chapters in their frame: head, contents, sections, foot.
// SPDX-License-Identifier: Apache-2.0

import LMPTReports

/// A section of the page: what its heading says and what stands below it.
struct PageSection {
  let id: String
  /// The heading's text, with its inline marks as HTML.
  let heading: String
  /// Whether it begins a part of the page, with sections below it.
  let isPart: Bool
  var body: String
}

/// The whole page.
struct PaperPage {
  let title: String
  /// What stands above the first section.
  let lead: String
  let sections: [PageSection]

  /// The document.
  var html: String {
    var out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    out += "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
    out += "<meta name=\"color-scheme\" content=\"light dark\">\n"
    out += "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
    out += "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
    out += "<title>\(title.escapedForHTML)</title>\n<style>\n"
    out +=
      ChartStyle.variables + ChartStyle.marks + FigureStyle.css + PaperStyle.css + PaperStyle.phone
    out += "</style>\n</head>\n<body>\n"
    out += "<nav class=\"side\" aria-label=\"Contents\">\n\(contents)</nav>\n"
    out += "<main>\n<header>\n<h1>\(title.escapedForHTML)</h1>\n\(lead)</header>\n"
    out += "<details class=\"top\"><summary>Contents</summary>\n<nav aria-label=\"Contents\">\n"
    out += "\(contents)</nav></details>\n"
    for section in sections {
      let kind = section.isPart ? " class=\"part\"" : ""
      let anchor =
        "<a class=\"anchor\" href=\"#\(section.id)\" aria-label=\"link to this section\">#</a>"
      out += "<section\(kind)>\n<h2 id=\"\(section.id)\">\(section.heading)\(anchor)</h2>\n"
      out += section.body + "</section>\n"
    }
    out += "<footer><p>Made by <code>lmpt paper</code> from the prose in <code>docs/paper</code>, "
    out += "the sources and a run of the program. What depends on the machine is "
    out += "<span data-machine>marked</span> like this.</p></footer>\n</main>\n"
    out += "<script>\n\(PaperScript.text)</script>\n</body>\n</html>\n"
    return out
  }

  private var contents: String {
    var out = "<ol>\n"
    for section in sections {
      let kind = section.isPart ? " class=\"part\"" : ""
      out += "<li\(kind)><a href=\"#\(section.id)\">\(section.heading)</a></li>\n"
    }
    return out + "</ol>\n"
  }
}
