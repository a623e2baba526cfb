// SymbolTable - which symbol of the formulas is which identifier of the code.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// The symbols of a chapter and the identifiers that they are in the code.
///
/// A symbol with another index is the same symbol: `\mu_j` lights up with `\mu_i`.
struct SymbolTable: Sendable {
  private var whole: [(node: FormulaNode, key: String)] = []
  private var bases: [(node: FormulaNode, key: String)] = []
  /// The identifiers, which are the keys of the marks.
  private(set) var identifiers: Set<String> = []

  /// No symbols.
  init() {}

  /// Enters a symbol; the first word of the identifier counts.
  ///
  /// - Throws: `FormulaReader.Fault` when the symbol cannot be read.
  mutating func add(symbol: String, identifier: String) throws {
    let node = try FormulaReader.read(symbol)
    guard let key = Self.key(identifier) else { return }
    whole.append((node, key))
    if let base = node.base { bases.append((base, key)) }
    identifiers.insert(key)
  }

  /// These symbols, and those of another table where they are not among them.
  func before(_ other: SymbolTable) -> SymbolTable {
    var both = self
    both.whole += other.whole
    both.bases += other.bases
    both.identifiers.formUnion(other.identifiers)
    return both
  }

  /// The mark of a part of a formula, if it is a symbol of the chapter.
  func key(of node: FormulaNode) -> String? {
    if let found = whole.first(where: { $0.node == node }) { return found.key }
    guard let base = node.base else { return nil }
    return (bases + whole).first { $0.node == base }?.key
  }

  /// The name in an identifier as a legend has it: `mu`, `options[.margin]` or `captions (e)`.
  static func key(_ identifier: String) -> String? {
    let name = identifier.filter { $0 != "`" }.drop { !($0.isLetter || $0 == "_") }
      .prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    return name.isEmpty ? nil : String(name)
  }
}
