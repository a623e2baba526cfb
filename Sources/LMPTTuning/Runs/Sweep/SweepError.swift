// SweepError - what can be wrong with the file of a sweep.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// What can be wrong with the file of a sweep; `place` is a path like `arms[1].options.lam`.
package enum SweepError: DiagnosticError, Equatable {
  case unknownKey(place: String, nearest: String?)
  case wrongKind(place: String, expected: String)
  case missing(place: String)
  case badOption(place: String, OptionError)
  case reserved(place: String, instead: String)
  case repeatedArm(place: String, name: String)
  case tooManyRuns(count: Int, limit: Int)
  case noSuchDataset(name: String, known: [String])
  case failedRuns(count: Int, of: Int)
  /// A folder without the record of a part.
  case noRecord
  /// A folder with another part.
  case otherPart(here: String, there: String, differs: String?)
  /// A folder with a part, where a whole sweep should go.
  case isPart
  /// A run of a part that is neither finished nor failed.
  case runMissing(label: String, seed: Int?)

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .unknownKey(let place, let nearest):
      Diagnostic(
        "sweep.unknown-key", "there is no setting '\(place)'",
        hint: nearest.map { "did you mean '\($0)'" }
          ?? "docs/schemas/sweep.schema.json says what there is")
    case .wrongKind(let place, let expected):
      Diagnostic(
        "sweep.wrong-kind", "'\(place)' must be \(expected)",
        hint: "docs/schemas/sweep.schema.json says what each setting is")
    case .missing(let place):
      Diagnostic(
        "sweep.missing", "'\(place)' is missing",
        hint: "docs/schemas/sweep.schema.json says what each setting is")
    case .badOption(let place, let error):
      Diagnostic("sweep.bad-option", "\(error.message) ('\(place)')", hint: error.hint)
    case .reserved(let place, let instead):
      Diagnostic("sweep.reserved", "'\(place)' does not stand there", hint: instead)
    case .repeatedArm(let place, let name):
      Diagnostic(
        "sweep.repeated-arm", "two arms are called '\(name)' ('\(place)')",
        hint: "give each arm a name of its own; tables tell them apart by it")
    case .tooManyRuns(let count, let limit):
      Diagnostic(
        "sweep.too-many-runs", "the sweep has \(count) runs, the limit is \(limit)",
        hint: "split the grid over several files")
    case .noSuchDataset(let name, let known):
      Diagnostic(
        "sweep.no-such-dataset", "the sweep has no settings for the data set '\(name)'",
        hint: "the file has \(known.joined(separator: ", "))")
    case .failedRuns(let count, let total):
      Diagnostic(
        "sweep.failed-runs", "\(count) of \(total) runs failed",
        hint: "each is told; running the sweep again tries them again")
    case .noRecord:
      Diagnostic(
        "sweep.no-record",
        "the folder has no record of a part of a sweep that is whole (shard.json)",
        hint: "give the folders that parts of the sweep were run into, one for each")
    case .otherPart(let here, let there, let differs):
      Diagnostic(
        "sweep.other-part",
        differs.map { "a part of another sweep is in this folder: its \($0) is another" }
          ?? "part \(there) of the sweep is in this folder",
        hint: "give part \(here) a folder of its own")
    case .isPart:
      Diagnostic(
        "sweep.is-part", "a part of a sweep is in this folder",
        hint: "give the whole sweep a folder of its own")
    case .runMissing(let label, let seed):
      Diagnostic(
        "sweep.run-missing",
        "the run '\(label)'\(seed.map { ", seed \($0)," } ?? "") is not finished",
        hint: "run this part again, which goes on where it stopped")
    }
  }
}
