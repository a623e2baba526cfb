// Tokenize - `lmpt tokenize`: the token ids of texts, and how they came about.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import Foundation

extension Command {
  static let tokenize = Command(
    name: "tokenize",
    summary: "CLIP's token ids of texts",
    operands: "[TEXT...]",
    options: [
      .value("lines", "FILE|-", "one text a line, from a file or standard input"),
      .flag("truncate", "cut texts of more than 77 tokens instead of an error"),
      .flag("explain", "show the cleaned text, its pieces, the merges and the ids"),
    ],
    examples: [
      "lmpt tokenize \"a photo of a tvmonitor.\" --json",
      "lmpt tokenize --explain \"two cars driving down a city street\"",
    ],
    printing: runTokenize)
}

private func runTokenize(_ arguments: Arguments, _ printer: Printer) throws -> Output {
  let tokenizer = try Tokenizer.clip()
  var texts = arguments.operands.map { Array($0.utf8) }
  if let path = arguments.string("lines") {
    texts += split(try path == "-" ? StandardStreams.readAll() : fileBytes(path))
  } else if texts.isEmpty {
    throw UsageError.missingArgument("a TEXT or --lines FILE", command: "tokenize")
  }
  var (failed, printed) = (false, 0)
  for text in texts.map({ String(decoding: $0, as: UTF8.self) }) {
    if arguments.flag("explain") {
      let explanation = tokenizer.explain(text)
      printer.row(json: explanationJSON(explanation), text: explain(explanation))
    } else {
      do {
        let ids = try tokenizer.tokenize(
          text, truncate: arguments.flag("truncate") ? .toFit : .never)
        printer.row(
          json: JSON.object([("ids", .array(ids.map { .integer(Int($0)) }))]),
          text: ids.map(String.init).joined(separator: " ") + "\n")
      } catch {
        // Without --json an empty line keeps the lines of texts and of ids together.
        failed = true
        let told = ToldError(error, of: .tokenize)
        printer.row(json: JSON.object([("error", told.json)]), text: "\n")
        if !printer.json { StandardStreams.tell("lmpt: \(told.line)\n") }
      }
    }
    printed += 1
    // A disk that is full is told while the rest is still to do.
    if printed % 256 == 0 { try StandardStreams.flush() }
  }
  // Without --json a text that does not fit is this command's failure; with it, that line's.
  return .rows(exitCode: failed && !printer.json ? ExitCode.of(.input) : ExitCode.fine)
}

/// Cleaning, pieces, merges and ids, one piece a line.
private func explain(_ explanation: Tokenizer.Explanation) -> String {
  var text = "cleaned  \(explanation.cleaned)\n"
  for piece in explanation.pieces {
    text += "piece    \(piece.text)\n"
    for merge in piece.merges {
      text += "  merge  \(merge.left) + \(merge.right)  (rank \(merge.rank))\n"
    }
    for (token, id) in zip(piece.tokens, piece.ids) { text += "  token  \(token)  \(id)\n" }
  }
  return text + "ids      \(explanation.ids.map(String.init).joined(separator: " "))\n"
}

private func explanationJSON(_ explanation: Tokenizer.Explanation) -> JSON {
  let pieces = explanation.pieces.map { piece in
    JSON.object([
      ("text", .string(piece.text)),
      (
        "merges",
        .array(
          piece.merges.map { merge in
            .object([
              ("rank", .integer(merge.rank)), ("left", .string(merge.left)),
              ("right", .string(merge.right)),
            ])
          })
      ),
      ("tokens", .array(piece.tokens.map { .string($0) })),
      ("ids", .array(piece.ids.map { .integer(Int($0)) })),
    ])
  }
  return .object([
    ("cleaned", .string(explanation.cleaned)), ("pieces", .array(pieces)),
    ("ids", .array(explanation.ids.map { .integer(Int($0)) })),
  ])
}

private func fileBytes(_ path: String) throws -> [UInt8] {
  try FileBytes(path: path).withBytes { [UInt8]($0) }
}

/// Only `\n` ends a line; an empty line is an empty text.
private func split(_ bytes: [UInt8]) -> [[UInt8]] {
  var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  if lines.last?.isEmpty == true { lines.removeLast() }
  return lines.map(Array.init)
}
