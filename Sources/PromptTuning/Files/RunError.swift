// RunError - what can stop a run.
// SPDX-License-Identifier: Apache-2.0

import Bytes

/// What can stop a training run or the filling of a cache.
package enum RunError: DiagnosticError, Equatable {
  /// Ctrl-C or a termination signal; everything so far is saved.
  case interrupted(resume: String?)
  /// NaN or infinity where there must be none.
  case notFinite(what: String, step: Int?, last: String?)
  /// The output folder is there already.
  case outputExists(String)
  /// A folder could not be made.
  case cannotMakeFolder
  /// The run folder lacks something.
  case notARun(missing: String)
  /// The run has not come to its end.
  case unfinished(resume: String)
  /// The run was made with other data, weights or options.
  case differs([String])
  /// The data set has no captions, but the options need them.
  case noCaptions

  /// Stable identifier.
  package var code: String {
    switch self {
    case .interrupted: return "run.interrupted"
    case .notFinite: return "run.not-finite"
    case .outputExists: return "run.output-exists"
    case .cannotMakeFolder: return "run.cannot-make-folder"
    case .notARun: return "run.not-a-run"
    case .unfinished: return "run.unfinished"
    case .differs: return "run.differs"
    case .noCaptions: return "run.no-captions"
    }
  }

  /// What is wrong and where.
  package var message: String {
    switch self {
    case .interrupted: return "interrupted; everything up to here is saved"
    case .notFinite(let what, let step, _):
      return "\(what) is not finite" + (step.map { " (step \($0))" } ?? "")
    case .outputExists(let path): return "\(path) exists already"
    case .cannotMakeFolder: return "the folder cannot be made"
    case .notARun(let missing): return "this is not a run folder, \(missing) is missing"
    case .unfinished: return "the run has not finished"
    case .differs(let list):
      return "the run was started differently: " + list.joined(separator: "; ")
    case .noCaptions:
      return "the data set has no captions, which E6 compares prompts with and TaI-DPT learns from"
    }
  }

  /// What to do.
  package var hint: String {
    switch self {
    case .interrupted(let resume?): return "continue with '\(resume)'"
    case .interrupted: return "the same command continues where this one stopped"
    case .notFinite(_, _, let last?): return "lower --lr; the last good state is \(last)"
    case .notFinite: return "check the weights and the inputs for NaN, or lower --lr"
    case .outputExists: return "choose another --out, or continue that run with --resume"
    case .cannotMakeFolder: return "check the path and its permissions"
    case .notARun: return "give the folder that 'lmpt train --out' wrote"
    case .unfinished(let resume): return "continue with '\(resume)'"
    case .differs: return "give the same data, weights and options, or start a new run"
    case .noCaptions:
      return "add a caption file, or tune another method without E6 (--cseloss none)"
    }
  }
}
