// FormulaWords - the commands of TeX that a formula may use.
// SPDX-License-Identifier: Apache-2.0

/// The vocabulary of formulas.
enum FormulaWords {
  static let greek: [String: String] = [
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ",
    "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ",
    "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "ell": "ℓ", "partial": "∂",
    "infty": "∞",
  ]

  static let capitals: [String: String] = [
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ",
    "Psi": "Ψ", "Omega": "Ω",
  ]

  static let signs: [String: String] = [
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "in": "∈", "notin": "∉",
    "to": "→", "rightarrow": "→", "mapsto": "↦", "cdot": "·", "times": "×", "ldots": "…",
    "dots": "…", "cdots": "⋯", "nabla": "∇", "approx": "≈", "equiv": "≡", "sim": "∼",
    "propto": "∝", "pm": "±", "mp": "∓", "odot": "⊙", "oplus": "⊕", "otimes": "⊗", "cup": "∪",
    "cap": "∩", "subset": "⊂", "mid": "∣", "langle": "⟨", "rangle": "⟩", "lVert": "‖",
    "rVert": "‖", "Vert": "‖", "lvert": "|", "rvert": "|", "vert": "|", "lfloor": "⌊",
    "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "forall": "∀", "exists": "∃", "ll": "≪", "gg": "≫",
    "colon": ":", "leftarrow": "←", "Rightarrow": "⇒", "top": "⊤", "setminus": "∖", "circ": "∘",
    "lbrace": "{", "rbrace": "}", "prime": "′", "star": "⋆", "ast": "∗",
  ]

  static let large: [String: String] = ["sum": "∑", "prod": "∏", "int": "∫", "bigcup": "⋃"]

  /// Names of functions; true where a limit stands below.
  static let functions: [String: Bool] = [
    "exp": false, "log": false, "ln": false, "cos": false, "sin": false, "tanh": false,
    "max": true, "min": true, "argmax": true, "argmin": true, "sup": true, "lim": true,
  ]

  static let spaces: [String: String] = [
    ",": "0.17em", ":": "0.22em", ";": "0.28em", "quad": "1em", "qquad": "2em", " ": "0.25em",
    "!": "-0.17em",
  ]

  static let accents: [String: String] = [
    "hat": "^", "bar": "¯", "tilde": "~", "vec": "→", "dot": "˙", "widehat": "^", "overline": "¯",
    "widetilde": "~",
  ]

  static let faces: [String: FormulaNode.Face] = [
    "mathbf": .bold, "boldsymbol": .bold, "mathrm": .upright, "mathcal": .script,
    "mathbb": .blackboard, "mathit": .italic,
  ]

  /// Script and blackboard capitals that stand outside the block of their kin in Unicode.
  private static let exceptions: [FormulaNode.Face: [Character: String]] = [
    .script: [
      "B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "R": "ℛ",
    ],
    .blackboard: [
      "C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ",
    ],
  ]

  /// A capital letter in a face that Unicode has letters of its own for.
  static func letter(_ letter: Character, _ face: FormulaNode.Face) -> String {
    let first: UInt32? = face == .script ? 0x1D49C : face == .blackboard ? 0x1D538 : nil
    guard let first, let ascii = letter.asciiValue, (65...90).contains(ascii) else {
      return String(letter)
    }
    if let other = exceptions[face]?[letter] { return other }
    return Unicode.Scalar(first + UInt32(ascii) - 65).map { String($0) } ?? String(letter)
  }
}
