// CollectionError - what keeps the rows of a collection from being written, gone on with or joined.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Why rows of a collection could not be written, gone on with or joined.
package enum CollectionError: DiagnosticError, Equatable {
  /// No name is in the list.
  case empty
  /// A result, or something else, is there already.
  case exists
  /// An interrupted job is there and was not asked to go on.
  case unfinished
  /// What is there was made of something else.
  case different(_ what: String, here: String, there: String)
  /// A line that is to be a text and is no UTF-8.
  case notText
  /// Every picture was left out.
  case nothing
  /// The notes of an interrupted job, or what they speak of, are not whole.
  case damaged
  /// A part without its record.
  case noRecord
  /// A part that no file has.
  case shardMissing(_ number: Int, of: Int)
  /// Two files with the same part.
  case shardTwice(_ number: Int, other: String)
  /// A part whose file has other rows than its record says.
  case rows(found: Int, expected: Int, unit: String = "bytes of rows")

  package var diagnostic: Diagnostic {
    switch self {
    case .empty:
      Diagnostic(
        "collection.empty", "the list has no line",
        hint: "give one name a line; a folder is given by its own name")
    case .exists:
      Diagnostic(
        "collection.exists", "there is something at this place already",
        hint: "give another name, or delete it first")
    case .unfinished:
      Diagnostic(
        "collection.unfinished", "an interrupted job is here",
        hint: "go on with it, or delete the folder that ends in .unfinished")
    case .different(let what, let here, let there):
      Diagnostic(
        "collection.different",
        "its \(what) is \(printable(String(there.prefix(40)))), here \(printable(String(here.prefix(40))))",
        hint: "give the same list, weights and options, or another name")
    case .notText:
      Diagnostic(
        "collection.not-text", "the line is not UTF-8",
        hint: "convert the list, as with 'iconv -f latin1 -t utf-8'")
    case .nothing:
      Diagnostic(
        "collection.nothing", "no picture of the list could be decoded",
        hint: "do the paths start from this folder? where no picture may be left out, the first "
          + "error is told")
    case .damaged:
      Diagnostic(
        "collection.damaged", "what an interrupted job left here is not whole",
        hint: "delete the folder and start again")
    case .noRecord:
      Diagnostic(
        "collection.no-record", "there is no record beside the file",
        hint: "give parts that are finished, each with the .json beside it")
    case .shardMissing(let number, let count):
      Diagnostic(
        "collection.shard-missing", "part \(number) of \(count) was not given with it",
        hint: "give every part once; a part that was interrupted has to be finished first")
    case .shardTwice(let number, let other):
      Diagnostic(
        "collection.shard-twice", "part \(number) is in \(other) too", hint: "give every part once")
    case .rows(let found, let expected, let unit):
      Diagnostic(
        "collection.rows", "it has \(found) \(unit), its record says \(expected)",
        hint: "make this part again")
    }
  }
}
