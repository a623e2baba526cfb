// FormulaReaderTests - TeX to MathML.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTPaper

@Suite struct FormulaReaderTests {
  private func math(_ tex: String, _ symbols: [(String, String)] = []) throws -> String {
    var table = SymbolTable()
    for (symbol, identifier) in symbols { try table.add(symbol: symbol, identifier: identifier) }
    let whole = try MathML(symbols: table).formula(tex, display: true)
    let inner = whole.split(separator: ">", maxSplits: 1)[1]
    return String(inner.dropLast("</math>".count))
  }

  @Test("letters, numbers and signs are told apart; a minus is a minus")
  func atoms() throws {
    #expect(
      try math("x-0.5\\mu")
        == "<mrow><mi>x</mi><mo>−</mo><mn>0.5</mn><mi>μ</mi></mrow>")
    #expect(try math("\\mathrm{BCE}") == "<mi mathvariant=\"normal\">BCE</mi>")
    #expect(try math("\\mathcal{L}") == "<mi>ℒ</mi>")
  }

  @Test("scripts hang on what stands before them, in either order")
  func scripts() throws {
    let both = "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"
    #expect(try math("x_i^2") == both)
    #expect(try math("x^2_i") == both)
    #expect(
      try math("n_{ki}")
        == "<msub><mi>n</mi><mrow><mi>k</mi><mi>i</mi></mrow></msub>")
  }

  @Test("a sum has its limits below and above")
  func sums() throws {
    let found = try math("\\sum_{k=1}^B")
    #expect(found.hasPrefix("<munderover><mo movablelimits=\"false\">∑</mo>"))
    #expect(found.hasSuffix("<mi>B</mi></munderover>"))
  }

  @Test("fractions, roots and cases")
  func structures() throws {
    #expect(
      try math("\\frac{1}{\\sqrt{n}}") == "<mfrac><mn>1</mn><msqrt><mi>n</mi></msqrt></mfrac>")
    let cases = try math("\\begin{cases} d & y \\\\ 0 & z \\end{cases}")
    #expect(cases.contains("<mtr><mtd><mi>d</mi></mtd><mtd><mi>y</mi></mtd></mtr>"))
    #expect(cases.contains("<mtr><mtd><mn>0</mn></mtd><mtd><mi>z</mi></mtd></mtr>"))
    #expect(try math("\\left( x \\right)").contains("<mo stretchy=\"true\">(</mo>"))
  }

  @Test("a symbol of the legend is marked, with another index too; other letters are not")
  func marks() throws {
    let found = try math("\\mu_j + \\mu_i + n", [("\\mu_i", "mu")])
    let mark = "<mrow data-s=\"mu\"><msub><mi>μ</mi>"
    #expect(found.components(separatedBy: mark).count == 3)
    #expect(found.hasSuffix("<mi>n</mi></mrow>"))
  }

  @Test("markup in a formula is escaped")
  func escaping() throws {
    #expect(try math("a<b") == "<mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow>")
    #expect(try math("\\text{<i>}") == "<mtext>&lt;i&gt;</mtext>")
  }

  @Test(
    "what cannot be read is a fault",
    arguments: [
      "\\foo", "{x", "x}", "x_", "\\left( x", "\\begin{cases} x", "\\begin{tabular} x", "\\frac{1}",
    ])
  func faults(tex: String) {
    #expect(throws: FormulaReader.Fault.self) { try FormulaReader.read(tex) }
  }
}
