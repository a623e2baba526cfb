// FormulaReader - a formula in TeX to its tree.
// SPDX-License-Identifier: Apache-2.0

/// Reads the part of TeX that the prose uses; anything else is an error, never left out.
struct FormulaReader {
  /// What is wrong with a formula.
  struct Fault: Error { let what: String }

  private enum Token: Equatable {
    case command(String)
    case character(Character)
  }

  private let tokens: [Token]
  private var at = 0

  /// Reads a whole formula.
  static func read(_ tex: String) throws -> FormulaNode {
    var reader = FormulaReader(tokens: tokens(of: tex))
    let nodes = try reader.nodes()
    if reader.at < reader.tokens.count {
      throw Fault(what: "what closes here was not opened: \(tex)")
    }
    return nodes.count == 1 ? nodes[0] : .row(nodes)
  }

  private init(tokens: [Token]) { self.tokens = tokens }

  private static func tokens(of tex: String) -> [Token] {
    var tokens: [Token] = []
    var rest = Substring(tex)
    while let first = rest.popFirst() {
      guard first == "\\" else {
        if first == "\n" || first == "\t" { tokens.append(.character(" ")) }
        if first != "\n", first != "\t" { tokens.append(.character(first)) }
        continue
      }
      let name = rest.prefix { $0.isASCII && $0.isLetter }
      if name.isEmpty, let sign = rest.popFirst() {
        tokens.append(.command(String(sign)))
      } else {
        rest = rest.dropFirst(name.count)
        tokens.append(.command(String(name)))
      }
    }
    return tokens
  }

  private var next: Token? { at < tokens.count ? tokens[at] : nil }

  private mutating func skipBlanks() { while next == .character(" ") { at += 1 } }

  private static let closers: [Token] = [
    .character("}"), .character("&"), .command("\\"), .command("right"), .command("end"),
  ]

  /// Nodes with their scripts, up to what closes them.
  private mutating func nodes() throws -> [FormulaNode] {
    var found: [FormulaNode] = []
    skipBlanks()
    while let token = next, !Self.closers.contains(token) {
      let base = try node()
      found.append(try scripts(on: base))
      skipBlanks()
    }
    return found
  }

  private mutating func scripts(on base: FormulaNode) throws -> FormulaNode {
    var (below, above): (FormulaNode?, FormulaNode?)
    skipBlanks()
    while let token = next {
      if token == .character("_"), below == nil {
        at += 1
        below = try argument()
      } else if token == .character("^"), above == nil {
        at += 1
        above = try argument()
      } else if token == .character("'"), above == nil {
        at += 1
        above = .sign("′")
      } else {
        break
      }
      skipBlanks()
    }
    return below == nil && above == nil ? base : .script(base, below: below, above: above)
  }

  /// What one command or one script applies to.
  private mutating func argument() throws -> FormulaNode {
    skipBlanks()
    guard next != nil else { throw Fault(what: "the formula ends where an argument is due") }
    return try node()
  }

  private mutating func group() throws -> FormulaNode {
    let inner = try nodes()
    guard next == .character("}") else { throw Fault(what: "a brace is not closed") }
    at += 1
    return inner.count == 1 ? inner[0] : .row(inner)
  }

  private mutating func node() throws -> FormulaNode {
    guard let token = next else { throw Fault(what: "the formula ends too early") }
    at += 1
    switch token {
    case .command(let name): return try command(name)
    case .character("{"): return try group()
    case .character(let c) where c.isNumber:
      var digits = String(c)
      while case .character(let c)? = next, c.isNumber || c == "." {
        // A full stop that ends a sentence is none of the number.
        if c == ".", at + 1 >= tokens.count { break }
        digits.append(c)
        at += 1
      }
      return .number(digits)
    case .character(let c) where c.isLetter: return .identifier(String(c), .italic)
    case .character("-"): return .sign("−")
    case .character("*"): return .sign("∗")
    case .character(let c): return .sign(String(c))
    }
  }

  private mutating func command(_ name: String) throws -> FormulaNode {
    if let letter = FormulaWords.greek[name] { return .identifier(letter, .italic) }
    if let letter = FormulaWords.capitals[name] { return .identifier(letter, .upright) }
    if let sign = FormulaWords.signs[name] { return .sign(sign) }
    if let sign = FormulaWords.large[name] { return .large(sign) }
    if let limit = FormulaWords.functions[name] { return .function(name, takesLimit: limit) }
    if let width = FormulaWords.spaces[name] { return .space(width) }
    if let mark = FormulaWords.accents[name] { return .accent(try argument(), mark) }
    if let face = FormulaWords.faces[name] { return letters(try raw(), face) }
    switch name {
    case "frac", "tfrac", "dfrac": return .fraction(try argument(), try argument())
    case "sqrt": return .root(try argument())
    case "text", "textrm", "mbox": return .text(try raw())
    case "texttt": return .text(try raw())
    case "operatorname": return .function(try raw(), takesLimit: false)
    case "{", "}", "%", "_", "#", "$", "&": return .sign(name)
    case "|": return .sign("‖")
    case "left": return try fenced()
    case "begin": return try environment()
    case "big", "Big", "bigl", "bigr", "Bigl", "Bigr":
      return try argument()
    case "displaystyle", "limits", "nolimits": return .row([])
    default: throw Fault(what: "no command \\\(name)")
    }
  }

  private func letters(_ text: String, _ face: FormulaNode.Face) -> FormulaNode {
    let isNamed = face == .script || face == .blackboard
    let shown = isNamed ? text.map { FormulaWords.letter($0, face) }.joined() : text
    return .identifier(shown, text.count > 1 && face == .italic ? .upright : face)
  }

  /// The argument as it is written.
  private mutating func raw() throws -> String {
    skipBlanks()
    guard next == .character("{") else {
      guard case .character(let c)? = next else { throw Fault(what: "a brace is due") }
      at += 1
      return String(c)
    }
    at += 1
    var text = ""
    while let token = next, token != .character("}") {
      switch token {
      case .character(let c): text.append(c)
      case .command(let name):
        text += FormulaWords.greek[name] ?? FormulaWords.signs[name] ?? name
      }
      at += 1
    }
    guard next != nil else { throw Fault(what: "a brace is not closed") }
    at += 1
    return text
  }

  private mutating func delimiter() throws -> FormulaNode {
    skipBlanks()
    guard let token = next else { throw Fault(what: "a bracket is due") }
    at += 1
    switch token {
    case .character("."): return .row([])
    case .character(let c): return .fence(String(c))
    case .command(let name):
      guard let sign = FormulaWords.signs[name] ?? (["{", "}"].contains(name) ? name : nil) else {
        throw Fault(what: "no bracket \\\(name)")
      }
      return .fence(sign)
    }
  }

  private mutating func fenced() throws -> FormulaNode {
    let open = try delimiter()
    let inner = try nodes()
    guard next == .command("right") else { throw Fault(what: "\\left without \\right") }
    at += 1
    return .row([open] + inner + [try delimiter()])
  }

  private mutating func environment() throws -> FormulaNode {
    let name = try raw()
    guard ["cases", "aligned", "matrix"].contains(name) else {
      throw Fault(what: "no environment \(name)")
    }
    var rows: [[FormulaNode]] = [[]]
    while true {
      let cell = try nodes()
      rows[rows.count - 1].append(cell.count == 1 ? cell[0] : .row(cell))
      guard let token = next else { throw Fault(what: "\\begin{\(name)} without its end") }
      at += 1
      if token == .character("&") { continue }
      if token == .command("\\") {
        rows.append([])
        continue
      }
      guard token == .command("end"), try raw() == name else {
        throw Fault(what: "\\begin{\(name)} without its end")
      }
      if let last = rows.last, last == [.row([])] { rows.removeLast() }
      return .table(rows, isCases: name == "cases")
    }
  }
}
