// RunError - what can stop a run.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// What can stop a training run or the filling of a cache.
package enum RunError: DiagnosticError, Equatable {
  /// Ctrl-C or a termination signal; everything so far is saved.
  case interrupted(folder: String?)
  /// NaN or infinity where there must be none.
  case notFinite(what: String, step: Int?, last: String?)
  /// The output folder is there already.
  case outputExists
  /// A folder could not be made.
  case cannotMakeFolder
  /// The run folder lacks something.
  case notARun(missing: String)
  /// The run has not come to its end.
  case unfinished(folder: String)
  /// The run was made with other data, weights or options.
  case differs([String])
  /// The data set has no captions, but the options need them.
  case noCaptions

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .interrupted(let folder):
      Diagnostic(
        "run.interrupted", "interrupted; everything up to here is saved",
        hint: folder.map { "resume the run in \($0)" } ?? "the same call continues from here",
        kind: .interrupted)
    case .notFinite(let what, let step, let last):
      Diagnostic(
        "run.not-finite", "\(what) is not finite" + (step.map { " (step \($0))" } ?? ""),
        hint: last.map { "lower the learning rate; the last good state is \($0)" }
          ?? "check the weights and the inputs for NaN, or lower the learning rate")
    case .outputExists:
      Diagnostic(
        "run.output-exists", "the folder exists already",
        hint: "choose another folder, or resume the run in it")
    case .cannotMakeFolder:
      Diagnostic(
        "run.cannot-make-folder", "the folder cannot be made",
        hint: "check the path and its permissions")
    case .notARun(let missing):
      Diagnostic(
        "run.not-a-run", "this is not a run folder, \(missing) is missing",
        hint: "give the folder of a finished run")
    case .unfinished(let folder):
      Diagnostic(
        "run.unfinished", "the run has not finished", hint: "resume the run in \(folder)")
    case .differs(let list):
      Diagnostic(
        "run.differs", "the run was started differently: " + list.joined(separator: "; "),
        hint: "give the same data, weights and options, or start a new run")
    case .noCaptions:
      Diagnostic(
        "run.no-captions",
        "the data set has no captions, which E6 compares prompts with and TaI-DPT learns from",
        hint: "add a caption file, or tune another method without E6")
    }
  }
}
