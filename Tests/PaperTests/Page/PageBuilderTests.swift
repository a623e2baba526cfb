// PageBuilderTests - chapters, links and deviations on the page.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTSupport
import LMPTTuning
import Testing

@testable import LMPTPaper

/// Numbers that say what they were asked for.
private struct NamedNumbers: PageNumbers {
  func example(_ tag: String, math: (String) throws -> String) throws -> String {
    "<p>example \(tag) \(try math("x"))</p>"
  }
  func figure(_ name: String, caption: String) throws -> String { "<p>\(name): \(caption)</p>" }
  func checks(_ tag: String, source: (String) -> String) throws -> String {
    "<p id=\"checks-\(tag)\">checks \(tag)</p>"
  }
  func exercise(
    _ name: String, command: String, question: String, answer: String
  ) throws -> String {
    "\(question)<pre>\(command)</pre>\(answer)"
  }
  func reading(_ deviation: String) throws -> String {
    deviation == "8" ? "" : "<p>reading \(deviation)</p>"
  }
}

@Suite struct PageBuilderTests {
  private static let root = Fixtures.root.deletingLastPathComponent().path

  /// The page of some chapters, with the real sources.
  private func page(_ chapters: [String]) throws -> String {
    let files = try chapters.enumerated().map { index, text in
      try ProseReader.read(text, name: "0\(index)-x.md")
    }
    let links = PageLinks(
      chapters: ["01-x.md": "second"], root: "../../",
      exists: { FileManager.default.fileExists(atPath: "\(Self.root)/\($0)") })
    let parts = try PageParts(checkout: Self.root, links: links, numbers: NamedNumbers())
    let html = try PageBuilder(chapters: files, parts: parts, links: links).page().html
    try PageLinks.check(html)
    return html
  }

  private func fault(_ chapter: String) -> String? {
    do {
      _ = try page(["# T\n", chapter])
      return nil
    } catch {
      return (error as? PaperError)?.message
    }
  }

  @Test("a formula, its legend and the lines of its tag stand side by side and share their marks")
  func pair() throws {
    let html = try page([
      "# The page\n\nA lead [confirmed].\n\n## Evidence {#evidence}\n",
      """
      ## Margin {#second}
      ```formula E4
      \\mu_i = \\frac{c}{n_i^{1/4}}
      ```
      ```legend E4
      \\mu_i | mu | [C] | the margin
      n_i | n | [C] | images
      ```
      ```excerpt E4
      ```
      """,
    ])
    #expect(html.contains("<h1>The page</h1>"))
    #expect(html.contains("href=\"#evidence\""))
    let pair = try #require(html.components(separatedBy: "<div class=\"pair\">").dropFirst().first)
    #expect(pair.contains("id=\"E4\""))
    #expect(pair.contains("<mrow data-s=\"n\">"))
    #expect(pair.contains("<span data-s=\"n\">n</span>"))
    #expect(pair.contains("data-file=\"Sources/LMPTTuning/Method/ClassMargin.swift\""))
  }

  @Test("links lead to sections of the page or to files that are there")
  func links() throws {
    let html = try page([
      "# T\n\n[a](01-x.md), [b](01-x.md#E4), [c](../Deviations.md), [d](https://x.org/)\n",
      "## Two {#second}\n\n### Three {#E4}\n",
    ])
    #expect(html.contains("<a href=\"#second\">a</a>, <a href=\"#E4\">b</a>"))
    #expect(html.contains("<a href=\"../../docs/Deviations.md\">c</a>"))
    #expect(fault("## S\n\n[x](#nowhere)\n") == "#nowhere: no part of the page has this anchor")
    #expect(fault("## S\n\n[x](../None.md)\n")?.contains("no file docs/None.md") == true)
    #expect(fault("## S {#a}\n\n### R {#a}\n")?.contains("two parts of the page") == true)
  }

  @Test("a fault of a formula is told with its file and line")
  func formulaFault() {
    #expect(fault("## S\n\nText.\n\n$\\foo$\n") == "docs/paper/01-x.md:5: no command \\foo")
    #expect(fault("## S\n\n```legend\nx | y\n```\n")?.hasPrefix("docs/paper/01-x.md:4: ") == true)
    #expect(fault("## S\n\n```excerpt E99\n```\n")?.hasPrefix("docs/paper/01-x.md:3: ") == true)
  }

  @Test("a deviation comes from its document, with both voices and its numbers")
  func deviation() throws {
    let html = try page(["# T\n", "## S\n\n```compare 7\nA lead.\n```\n"])
    let text = try String(contentsOfFile: "\(Self.root)/docs/Deviations.md", encoding: .utf8)
    let entry = try #require(Deviation.all(in: text).first { $0.number == "7" })
    #expect(Set(entry.parts.keys) == Set(Deviation.names))
    #expect(html.contains("Deviation 7</a>") && html.contains("<p>A lead.</p>"))
    #expect(html.contains("<p>reading 7</p>"))
    let suite = "<a href=\"../../Tests/TuningTests/Method/ClassMarginTests.swift\">"
    #expect(html.contains("\(suite)<code>ClassMarginTests</code></a>"))
    #expect(fault("## S\n\n```compare 99\n```\n")?.contains("no number '99'") == true)
  }

  @Test("a deviation shows the formulas of both readings and the lines of the released code")
  func formulas() throws {
    let html = try page([
      "# T\n",
      """
      ## S
      ```compare 9
      A lead.
      ours: d
      released E6-released: \\mu
      + d
      ```
      """,
    ])
    let voices = html.components(separatedBy: "<div class=\"voice ")
    let ours = try #require(voices.first { $0.hasPrefix("ours") })
    #expect(ours.contains("alttext=\"d\"") && !ours.contains("csel.py"))
    let released = try #require(voices.first { $0.hasPrefix("released") })
    #expect(released.contains("<div class=\"eq\" id=\"E6-released\">"))
    #expect(released.contains("alttext=\"\\mu + d\""))
    let commit = "aab39caca28362bfb9d9340f9c8a5cd75614e130"
    let file = "https://github.com/richard-peng-xia/LMPT/blob/\(commit)/lmpt/csel.py"
    #expect(released.contains("<a href=\"\(file)#L16\"><code>lmpt/csel.py:16</code></a>"))
  }

  @Test("a deviation without numbers says why, and one with numbers does not")
  func noNumbers() throws {
    let why = "no numbers: it stops\nat once.\n```\n"
    let html = try page(["# T\n", "## S\n\n```compare 8\n\(why)"])
    #expect(html.contains("<dt>Numbers</dt><dd>None: it stops\nat once.</dd>"))
    let place = "docs/paper/01-x.md:3: "
    #expect(
      fault("## S\n\n```compare 8\n```\n") == place + "'no numbers:' says why there are none")
    #expect(fault("## S\n\n```compare 7\n\(why)") == place + "there are numbers")
  }

  @Test("every deviation names lines of the released code, of the commit that its document names")
  func places() throws {
    let text = try String(contentsOfFile: "\(Self.root)/docs/Deviations.md", encoding: .utf8)
    #expect(text.contains("commit \(ReleasedPlaces.commit.prefix(7)),"))
    for entry in Deviation.all(in: text) {
      #expect(Set(entry.parts.keys) == Set(Deviation.names), "\(entry.number)")
      let linked = ReleasedPlaces.linked(entry.parts["Where"] ?? "")
      #expect(linked.contains("\(ReleasedPlaces.commit)/"), "\(entry.number)")
    }
    #expect(ReleasedPlaces.address("lmpt/train.py:214-216")?.hasSuffix("py#L214-L216") == true)
    for other in ["dim=2", "train.py", "train.py:x", "a:1", "train.py:1-2-3", "train.py:0"] {
      #expect(ReleasedPlaces.address(other) == nil, "\(other)")
    }
  }

  @Test("every method of the list has its entry, with its formulas and its tests")
  func methods() throws {
    let html = try page(["# T\n", "## S\n\n```methods\n```\n"])
    for method in Method.all { #expect(html.contains("id=\"method-\(method.name)\"")) }
    #expect(html.contains("z_i(x) = s &lt;f, g(t_i(x))&gt;"))
    #expect(html.contains(">CoCoOpTests</a>"))
  }

  @Test("a method without a formula keeps the page from being made; its own comment may hold it")
  func noFormula() throws {
    func entry(_ comment: String) throws -> MethodEntry {
      let text =
        "extension Method {\n\(comment)\n  static let x = Method(\n    \"x\", title: \"X\")\n}\n"
      return try MethodEntry.of("x", in: [("Sources/X.swift", text)])
    }
    let own = try entry("  /// The method.\n  ///\n  ///     z = W f\n  ///\n  /// Rest.")
    #expect(own.summary == "The method." && own.own == ["    z = W f", "", "Rest."])
    do {
      _ = try entry("  /// The method.\n  ///\n  /// z = W f")
      Issue.record("accepted")
    } catch let error as PaperError {
      #expect(error.message == "Sources/X.swift: the method 'x' has no formula")
    }
  }

  @Test("an equation leads to its checks and to the deviations of its chapter")
  func seeAlso() throws {
    let html = try page([
      "# T\n",
      """
      ## S
      ```formula E7
      a
      ```
      ```formula E7-bias
      b
      ```
      ```compare 10
      ```
      ```compare 11
      ```
      ```checks E7
      ```
      """,
    ])
    #expect(
      html.contains(
        "<p class=\"see\"><a href=\"#checks-E7\">checks</a> \u{00B7} "
          + "<a href=\"#deviation-10\">deviation 10</a> \u{00B7} "
          + "<a href=\"#deviation-11\">deviation 11</a></p>"))
    #expect(html.components(separatedBy: "class=\"see\"").count == 2)
    #expect(html.contains("id=\"deviation-10\""))
    #expect(html.contains("docs/Deviations.md#10-e7-the-focal-term\">Deviation 10</a>"))
  }

  @Test("blocks with numbers ask for them by name")
  func numbers() throws {
    let html = try page([
      "# T\n",
      """
      ## S
      ```example E4
      The *margins*.
      ```
      ```figure hinge
      A **caption**.
      ```
      ```checks E4
      ```
      ```exercise sign
      What happens?
      $ lmpt equation E6
      A hint.
      ```
      """,
    ])
    #expect(html.contains("<p>The <em>margins</em>.</p>\n<p>example E4 <math"))
    #expect(html.contains("<p>hinge: A <strong>caption</strong>.</p>"))
    #expect(html.contains(">checks E4</p>"))
    #expect(html.contains("<p>What happens?</p>\n<pre>lmpt equation E6</pre><p>A hint.</p>"))
  }

  @Test("text is escaped, and a quotation of code is not read again")
  func escaping() throws {
    let html = try page(["# T\n", "## S\n\na < b `<i>*x*` \\*y\\* [brackets] & *em*\n"])
    #expect(
      html.contains("<p>a &lt; b <code>&lt;i&gt;*x*</code> *y* [brackets] &amp; <em>em</em></p>"))
  }

  @Test("outside a checkout there is nothing to make the page from")
  func noSources() throws {
    let folder = try TemporaryFolder()
    #expect(throws: PaperError.self) { try Paper.checkout(around: folder.path) }
    #expect(try Paper.checkout(around: "\(Self.root)/Sources/lmpt") == Self.root)
  }
}
