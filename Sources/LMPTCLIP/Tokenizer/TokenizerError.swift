// TokenizerError - what can go wrong between a text and its token ids.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

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

  /// Code, what is wrong and where, and what to do.
  public var diagnostic: Diagnostic {
    switch self {
    case .tooLong(let tokens, let limit):
      Diagnostic(
        "tokenizer.too-long",
        "the text has \(tokens) tokens with start and end, the context holds \(limit)",
        hint: "shorten the text; `truncate: .toFit` cuts it")
    case .unknownSymbol(let symbol, let merge):
      Diagnostic(
        "tokenizer.unknown-symbol",
        "merge \(merge) uses the symbol \"\(symbol)\", which no earlier merge made",
        hint: "use the published merge list unchanged")
    case .duplicateSymbol(let symbol, let merge):
      Diagnostic(
        "tokenizer.duplicate-symbol", "merge \(merge) makes the symbol \"\(symbol)\" a second time",
        hint: "use the published merge list unchanged")
    case .mergeCount(let found, let expected):
      Diagnostic(
        "tokenizer.merge-count", "the merge list has \(found) merges, expected \(expected)",
        hint: "use the published merge list unchanged")
    case .unknownToken(let id, let limit):
      Diagnostic(
        "tokenizer.unknown-token", "token \(id) is outside the vocabulary of \(limit)",
        hint: "ids run from 0 to 49407")
    }
  }
}
