// MathML - a formula's tree as MathML, with its symbols marked.
// SPDX-License-Identifier: Apache-2.0

import LMPTReports

/// Writes formulas in the part of MathML that browsers draw by themselves.
struct MathML {
  /// The symbols that light up together with their identifiers.
  let symbols: SymbolTable

  /// A formula as an element `math`.
  ///
  /// - Parameters:
  ///   - tex: the formula; it stays in the page as the element's annotation for who reads by ear.
  ///   - display: whether it stands alone, with limits above and below.
  /// - Returns: the element.
  /// - Throws: `FormulaReader.Fault` for what the reader does not know.
  func formula(_ tex: String, display: Bool) throws -> String {
    let node = try FormulaReader.read(tex)
    let kind = display ? " display=\"block\"" : ""
    let label = tex.replacing("\n", with: " ").escapedForHTML
    return "<math\(kind) alttext=\"\(label)\">\(write(node, display))</math>"
  }

  private func write(_ node: FormulaNode, _ display: Bool) -> String {
    let inner = plain(node, display)
    guard let key = symbols.key(of: node) else { return inner }
    return "<mrow data-s=\"\(key.escapedForHTML)\">\(inner)</mrow>"
  }

  private func plain(_ node: FormulaNode, _ display: Bool) -> String {
    switch node {
    case .identifier(let name, let face): return Self.identifier(name, face)
    case .number(let digits): return "<mn>\(digits)</mn>"
    case .sign(let sign): return Self.sign(sign)
    case .fence(let sign): return "<mo stretchy=\"true\">\(sign.escapedForHTML)</mo>"
    case .large(let sign): return "<mo movablelimits=\"false\">\(sign)</mo>"
    case .function(let name, _):
      return "<mi mathvariant=\"normal\">\(name.escapedForHTML)</mi>"
    case .text(let text): return "<mtext>\(Self.keepingBlanks(text))</mtext>"
    case .space(let width): return "<mspace width=\"\(width)\"></mspace>"
    case .row(let nodes): return "<mrow>\(row(nodes, display))</mrow>"
    case .fraction(let top, let bottom):
      return "<mfrac>\(write(top, false))\(write(bottom, false))</mfrac>"
    case .root(let inside): return "<msqrt>\(write(inside, display))</msqrt>"
    case .accent(let base, let mark):
      return
        "<mover accent=\"true\">\(plain(base, display))<mo stretchy=\"false\">\(mark)</mo></mover>"
    case .script(let base, let below, let above): return script(base, below, above, display)
    case .table(let rows, let isCases): return table(rows, isCases, display)
    }
  }

  /// Nodes side by side; a function is followed by a little room unless a bracket follows.
  private func row(_ nodes: [FormulaNode], _ display: Bool) -> String {
    var out = ""
    for (index, node) in nodes.enumerated() {
      out += write(node, display)
      guard Self.isFunction(node), index + 1 < nodes.count else { continue }
      let isBracket = [.sign("("), .fence("("), .sign("{"), .sign("[")].contains(nodes[index + 1])
      if !isBracket { out += "<mspace width=\"0.17em\"></mspace>" }
    }
    return out
  }

  private static func isFunction(_ node: FormulaNode) -> Bool {
    if case .function = node.base ?? node { return true }
    return false
  }

  private func script(
    _ base: FormulaNode, _ below: FormulaNode?, _ above: FormulaNode?, _ display: Bool
  ) -> String {
    let parts = [below, above].compactMap { $0 }.map { write($0, false) }.joined()
    var isStacked = false
    if case .large = base { isStacked = display }
    if case .function(_, let takesLimit) = base { isStacked = display && takesLimit }
    let kinds = isStacked ? ["munder", "mover", "munderover"] : ["msub", "msup", "msubsup"]
    let kind = below != nil ? (above != nil ? kinds[2] : kinds[0]) : kinds[1]
    return "<\(kind)>\(plain(base, display))\(parts)</\(kind)>"
  }

  private func table(_ rows: [[FormulaNode]], _ isCases: Bool, _ display: Bool) -> String {
    let body = rows.map { cells in
      "<mtr>\(cells.map { "<mtd>\(write($0, display))</mtd>" }.joined())</mtr>"
    }.joined()
    let kind = isCases ? "cases" : "aligned"
    let table = "<mtable class=\"\(kind)\">\(body)</mtable>"
    return isCases ? "<mrow><mo stretchy=\"true\">{</mo>\(table)</mrow>" : table
  }

  private static func identifier(_ name: String, _ face: FormulaNode.Face) -> String {
    let text = name.escapedForHTML
    switch face {
    case .italic, .script, .blackboard: return "<mi>\(text)</mi>"
    case .upright: return "<mi mathvariant=\"normal\">\(text)</mi>"
    case .bold: return "<mi mathvariant=\"normal\" class=\"bold\">\(text)</mi>"
    }
  }

  private static let brackets: Set = ["(", ")", "[", "]", "|", "‖", "⟨", "⟩", "{", "}", "⌊", "⌋"]

  private static func sign(_ sign: String) -> String {
    let text = sign.escapedForHTML
    if brackets.contains(sign) { return "<mo stretchy=\"false\">\(text)</mo>" }
    // A full stop or a colon is no operator with room on both sides.
    if sign == "." || sign == "…" { return "<mtext>\(text)</mtext>" }
    return "<mo>\(text)</mo>"
  }

  private static func keepingBlanks(_ text: String) -> String {
    text.escapedForHTML.replacing(" ", with: "\u{A0}")
  }
}
