// TokenizerError - what can go wrong between a text and its token ids.
// SPDX-License-Identifier: Apache-2.0

import Bytes

/// What goes wrong when a text becomes tokens, or when a merge list becomes a vocabulary.
public enum TokenizerError: DiagnosticError, Equatable {
  /// The text has more tokens, start and end included, than the model's context holds.
  case tooLong(tokens: Int, limit: Int)
  /// The merge list uses a symbol that no earlier line made.
  case unknownSymbol(String, merge: Int)
  /// The merge list makes a symbol that exists already.
  case duplicateSymbol(String, merge: Int)
  /// The merge list has another number of merges than CLIP's.
  case mergeCount(found: Int, expected: Int)
  /// A token id outside the vocabulary was to be decoded.
  case unknownToken(Int, limit: Int)

  /// Stable identifier.
  public var code: String {
    switch self {
    case .tooLong: return "tokenizer.too-long"
    case .unknownSymbol: return "tokenizer.unknown-symbol"
    case .duplicateSymbol: return "tokenizer.duplicate-symbol"
    case .mergeCount: return "tokenizer.merge-count"
    case .unknownToken: return "tokenizer.unknown-token"
    }
  }

  /// What is wrong and where.
  public var message: String {
    switch self {
    case .tooLong(let tokens, let limit):
      return "the text has \(tokens) tokens with start and end, the context holds \(limit)"
    case .unknownSymbol(let symbol, let merge):
      return "merge \(merge) uses the symbol \"\(symbol)\", which no earlier merge made"
    case .duplicateSymbol(let symbol, let merge):
      return "merge \(merge) makes the symbol \"\(symbol)\" a second time"
    case .mergeCount(let found, let expected):
      return "the merge list has \(found) merges, expected \(expected)"
    case .unknownToken(let id, let limit):
      return "token \(id) is outside the vocabulary of \(limit)"
    }
  }

  /// What to do.
  public var hint: String {
    switch self {
    case .tooLong:
      return "shorten the text; 'lmpt tokenize' and 'lmpt encode' cut it with --truncate"
    case .unknownToken: return "ids run from 0 to 49407"
    default: return "use the published merge list unchanged"
    }
  }
}
