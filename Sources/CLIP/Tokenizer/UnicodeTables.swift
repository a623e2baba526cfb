// UnicodeTables - what the tokenizer has to know about code points.
// SPDX-License-Identifier: Apache-2.0

enum UnicodeTables {
  static func pieceClass(_ scalar: UInt32) -> PieceClass {
    guard let properties = Unicode.Scalar(scalar)?.properties else { return .other }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return .letter
    case .decimalNumber, .letterNumber, .otherNumber: return .number
    default: return properties.isWhitespace ? .space : scalar == 0x345 ? .skipped : .other
    }
  }
}
