// PageBuilder - the chapters put together to a page.
// SPDX-License-Identifier: Apache-2.0

import LMPTReports

/// Puts the chapters of the prose together.
struct PageBuilder {
  let chapters: [ProseFile]
  let parts: PageParts
  let links: PageLinks

  /// The page of all chapters.
  ///
  /// A heading of the first level names the page in the first chapter and begins a part in others;
  /// one of the second level begins a section.
  func page() throws -> PaperPage {
    var (title, lead) = ("", "")
    var sections: [PageSection] = []
    let headings = Set(chapters.flatMap { Self.headings($0) })
    for (index, chapter) in chapters.enumerated() {
      let writer = try writer(for: chapter, headings)
      for (heading, blocks) in Self.cut(chapter.blocks) {
        let body = try writer.html(blocks)
        guard let heading, case .heading(let level, let text, let id) = heading.kind else {
          if sections.isEmpty { lead += body } else { sections[sections.count - 1].body += body }
          continue
        }
        if index == 0, level == 1 {
          (title, lead) = (text, lead + body)
        } else {
          let shown = try writer.inline.html(text)
          sections.append(
            PageSection(id: id, heading: shown, isPart: level == 1, body: body))
        }
      }
    }
    return PaperPage(title: title, lead: lead, sections: sections)
  }

  private static func headings(_ chapter: ProseFile) -> [String] {
    chapter.flat.compactMap { block in
      if case .heading(_, _, let id) = block.kind { return id }
      return nil
    }
  }

  /// Blocks cut before each heading of the first two levels.
  private static func cut(_ blocks: [ProseBlock]) -> [(heading: ProseBlock?, [ProseBlock])] {
    var found: [(heading: ProseBlock?, [ProseBlock])] = [(nil, [])]
    for block in blocks {
      if case .heading(let level, _, _) = block.kind, level < 3 {
        found.append((block, []))
      } else {
        found[found.count - 1].1.append(block)
      }
    }
    return found.filter { $0.heading != nil || !$0.1.isEmpty }
  }

  private func writer(for chapter: ProseFile, _ headings: Set<String>) throws -> BlockWriter {
    var symbols = SymbolTable()
    var own: [String: SymbolTable] = [:]  // of a formula with a legend of its own
    for block in chapter.flat {
      guard case .directive("legend", let tag, let body) = block.kind else { continue }
      for (index, line) in body.enumerated() {
        let cells = ProseReader.cells("|" + line)
        guard cells.count == 4 else { continue }
        do {
          try symbols.add(symbol: cells[0], identifier: cells[1])
          try own[tag, default: SymbolTable()].add(symbol: cells[0], identifier: cells[1])
        } catch let fault as FormulaReader.Fault {
          throw chapter.fault(block.line + index + 1, fault.what)
        }
      }
    }
    let inline = InlineText(math: MathML(symbols: symbols), link: links.target)
    return BlockWriter(
      file: chapter, inline: inline, symbols: symbols,
      ofFormulas: own.mapValues { $0.before(symbols) }, parts: parts, links: links,
      headings: headings, index: SymbolIndex(chapters))
  }
}
