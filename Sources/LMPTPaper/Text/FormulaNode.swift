// FormulaNode - a formula as a tree.
// SPDX-License-Identifier: Apache-2.0

/// A part of a formula.
indirect enum FormulaNode: Equatable, Sendable {
  /// How a letter is drawn.
  enum Face: Equatable, Sendable { case italic, upright, bold, script, blackboard }

  case identifier(String, Face)
  case number(String)
  case sign(String)
  /// A bracket that grows with what stands beside it.
  case fence(String)
  /// A sign that takes its limits above and below in a display.
  case large(String)
  /// The name of a function, of which some take a limit below.
  case function(String, takesLimit: Bool)
  case text(String)
  case space(String)
  case row([FormulaNode])
  case fraction(FormulaNode, FormulaNode)
  case root(FormulaNode)
  case accent(FormulaNode, String)
  case script(FormulaNode, below: FormulaNode?, above: FormulaNode?)
  case table([[FormulaNode]], isCases: Bool)

  /// What a script hangs on.
  var base: FormulaNode? {
    if case .script(let base, _, _) = self { return base }
    return nil
  }
}
