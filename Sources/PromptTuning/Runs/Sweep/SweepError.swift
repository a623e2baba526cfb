// SweepError - what can be wrong with the file of a sweep.
// SPDX-License-Identifier: Apache-2.0

import Bytes

/// What can be wrong with the file of a sweep; `place` is a path like `arms[1].options.lam`.
package enum SweepError: DiagnosticError, Equatable {
  case unknownKey(place: String, nearest: String?)
  case wrongKind(place: String, expected: String)
  case missing(place: String)
  case badOption(place: String, message: String, hint: String)
  case reserved(place: String, instead: String)
  case repeatedArm(place: String, name: String)
  case tooManyRuns(count: Int, limit: Int)
  case noSuchDataset(name: String, known: [String])
  case failedRuns(count: Int, of: Int)

  /// Stable identifier.
  package var code: String {
    switch self {
    case .unknownKey: "sweep.unknown-key"
    case .wrongKind: "sweep.wrong-kind"
    case .missing: "sweep.missing"
    case .badOption: "sweep.bad-option"
    case .reserved: "sweep.reserved"
    case .repeatedArm: "sweep.repeated-arm"
    case .tooManyRuns: "sweep.too-many-runs"
    case .noSuchDataset: "sweep.no-such-dataset"
    case .failedRuns: "sweep.failed-runs"
    }
  }

  /// What is wrong and where.
  package var message: String {
    switch self {
    case .unknownKey(let place, _): "there is no setting '\(place)'"
    case .wrongKind(let place, let expected): "'\(place)' must be \(expected)"
    case .missing(let place): "'\(place)' is missing"
    case .badOption(let place, let message, _): "\(message) ('\(place)')"
    case .reserved(let place, _): "'\(place)' does not stand there"
    case .repeatedArm(let place, let name): "two arms are called '\(name)' ('\(place)')"
    case .tooManyRuns(let count, let limit): "the sweep has \(count) runs, the limit is \(limit)"
    case .noSuchDataset(let name, _): "the sweep has no settings for the data set '\(name)'"
    case .failedRuns(let count, let total): "\(count) of \(total) runs failed"
    }
  }

  /// What to do.
  package var hint: String {
    switch self {
    case .unknownKey(_, let nearest?): "did you mean '\(nearest)'"
    case .unknownKey: "options are those of 'lmpt train --help'; docs/schemas/sweep.schema.json"
    case .wrongKind, .missing: "docs/schemas/sweep.schema.json says what each setting is"
    case .badOption(_, _, let hint): hint
    case .reserved(_, let instead): instead
    case .repeatedArm: "give each arm a name of its own; tables tell them apart by it"
    case .tooManyRuns: "split the grid over several files"
    case .noSuchDataset(_, let known): "the file has \(known.joined(separator: ", "))"
    case .failedRuns: "each is named above; the same command tries them again"
    }
  }
}
