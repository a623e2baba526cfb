// ExcerptTests - lines of code, found by their tag, coloured and numbered.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTPaper

@Suite struct ExcerptTests {
  private static let source = """
    // Margin - a file.

    /// Margin.
    ///
    /// Equation E4:  mu = 1
    public func margin(
      _ n: Int
    ) -> Int {
      guard n > 0 else {
        return 0
      }
      return 1  // [C]
    }

    struct Rest {
      /// Equation E5: short
      var one: Int { 1 }

      /// Equation E6-a: below
      func below() {
        call()
      }
    }
    """

  private let finder = ExcerptFinder(files: [("Sources/M.swift", Self.source)])

  @Test("the declaration below the comment with the tag, to the brace that closes it")
  func declaration() throws {
    let found = try finder.excerpt(tag: "E4")
    #expect((found.file, found.first, found.last) == ("Sources/M.swift", 6, 13))
    #expect(found.lines.first == "public func margin(")
    #expect(found.lines.last == "}")
  }

  @Test("a declaration of one line, and one further in, without its indentation")
  func shapes() throws {
    #expect(try finder.excerpt(tag: "E5").lines == ["var one: Int { 1 }"])
    let below = try finder.excerpt(tag: "E6-a")
    #expect(below.lines == ["func below() {", "  call()", "}"])
    #expect((below.first, below.last) == (20, 22))
  }

  @Test("a part, by what its first and its last line hold")
  func part() throws {
    let found = try finder.excerpt(tag: "E4", from: "guard", to: "return 1")
    #expect((found.first, found.last) == (9, 12))
    #expect(found.lines == ["guard n > 0 else {", "  return 0", "}", "return 1  // [C]"])
    let rest = try finder.excerpt(file: "Sources/M.swift", from: "struct Rest", to: nil)
    #expect((rest.first, rest.last) == (15, 23))
  }

  @Test("a tag, a text or a file that is not there is an error; a tag is whole")
  func missing() {
    #expect(throws: PaperError.self) { try finder.excerpt(tag: "E6") }
    #expect(throws: PaperError.self) { try finder.excerpt(tag: "E4", from: "nowhere") }
    #expect(throws: PaperError.self) { try finder.excerpt(file: "N.swift", from: "x", to: nil) }
  }

  @Test("tokens of Swift: the line is whole, and each kind is known")
  func tokens() {
    var reader = SwiftTokens()
    let line = "let mu = Tensor(n.map { Float(0.2 / $0) })  // [C] \"x\""
    let found = reader.line(line)
    #expect(found.map(\.text).joined() == line)
    func kind(_ text: String) -> SwiftTokens.Kind? { found.first { $0.text == text }?.kind }
    #expect(kind("let") == .keyword)
    #expect(kind("mu") == .name)
    #expect(kind("Tensor") == .type)
    #expect(kind("map") == .name)
    #expect(kind("0.2") == .number)
    #expect(found.last?.kind == .comment)
    #expect(reader.line("0..<5").map(\.text) == ["0", ".", ".", "<", "5"])
    #expect(reader.line("\"a \\(f(\"b\")) c\"").count == 1)
  }

  @Test("comments and texts of several lines go on")
  func longTokens() {
    var reader = SwiftTokens()
    #expect(reader.line("/* one").map(\.kind) == [.comment])
    #expect(reader.line("let */ x").map(\.kind) == [.comment, .other, .name])
    #expect(reader.line("\"\"\"").map(\.kind) == [.string])
    #expect(reader.line("  let x").map(\.kind) == [.string])
    #expect(reader.line("\"\"\"").map(\.kind) == [.string])
    #expect(reader.line("let").map(\.kind) == [.keyword])
  }

  @Test("markup of code is escaped, and names of the legend are marked")
  func markup() {
    let html = CodeMarkup.swift(["mu < nu"], marked: ["mu"], first: 7)
    #expect(html.contains("<span class=\"ln\" data-n=\"7\">"))
    #expect(html.contains("<span data-s=\"mu\">mu</span> &lt; nu"))
  }
}
