// Continuable - what an interrupted command says: how it goes on.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Runs what can be interrupted and goes on when it is called again, as an error then says.
///
/// - Parameters:
///   - word: the option that lets it go on, where the command line has not got it yet.
///   - body: the work.
/// - Returns: what the work gives.
/// - Throws: the work's error; one of an interruption with the command that goes on.
func continuable<Result>(adding word: String? = nil, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as any DiagnosticError where error.kind == .interrupted {
    var words = Environment.command
    if let word, !words.contains(word) { words.append(word) }
    let command = words.map(\.shellQuoted).joined(separator: " ")
    throw AdvisedError(cause: error, advice: "continue with '\(command)'")
  }
}
