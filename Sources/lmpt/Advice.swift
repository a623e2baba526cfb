// Advice - the library's errors in the words of the command line: its options and its commands.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging
import LMPTTuning
import LMPTTensors
import LMPTWeights

/// What to do, where the library's hint speaks of arguments and the command line has options.
func hintInOptions(_ error: any DiagnosticError, _ command: Command?) -> String? {
  func takes(_ option: String) -> Bool {
    command?.table.contains { $0.name == option } ?? true
  }
  return switch error {
  case UsageError.missingValue, UsageError.unexpectedValue, UsageError.badValue,
    UsageError.conflict:
    command.map { "'lmpt \($0.name) --help' shows what each option takes" }
      ?? "'lmpt --help' lists the commands"

  case PNGError.truncated, PNGError.tooLittleData, JPEGError.truncated, PNMError.truncated:
    "copy or download it again; 'lmpt pixels --allow-truncated' shows what is there"

  case WeightFileError.unsupported(let format, _) where format.hasSuffix(" picture"):
    "pictures are given with --image"

  case TokenizerError.tooLong:
    "shorten the text; 'lmpt tokenize' and 'lmpt encode' cut it with --truncate"

  case ModelError.notCLIP:
    "\(error.hint); 'lmpt inspect FILE' lists the tensors"
  case ModelError.missing(let name, _) where name != "token_embedding.weight":
    "\(error.hint); 'lmpt inspect FILE' lists its tensors"
  case ModelError.shape, ModelError.form:
    "\(error.hint); 'lmpt inspect FILE' lists its shapes"
  case ModelError.activation:
    "give --activation quickgelu or --activation gelu"
  case ModelError.unreadable(let path):
    "download it again or move it away"
      + (takes("activation") && path.hasSuffix("config.json")
        ? "; or give --activation quickgelu or --activation gelu" : "")
  case ModelError.contradiction:
    "give --activation quickgelu or --activation gelu, or move the wrong configuration away"
  case ModelError.layout:
    "choose --layout openai"

  case RunError.interrupted(let folder):
    folder.map { "continue with '\(continuing($0))'" }
      ?? "the same command continues where this one stopped"
  case RunError.unfinished(let folder):
    "continue with '\(continuing(folder))'"
  case RunError.notFinite(_, _, let last?):
    "lower --lr; the last good state is \(last)"
  case RunError.notFinite:
    "check the weights and the inputs for NaN, or lower --lr"
  case RunError.outputExists:
    "choose another --out, or continue that run with --resume"
  case RunError.notARun:
    "give the folder that 'lmpt train --out' wrote"
  case RunError.noCaptions:
    "add a caption file, or add --cseloss none"
  case RunMarkError.changed:
    "bring it back from a copy, or let 'lmpt train --resume' write it again from the checkpoint"

  case DatasetError.pathOutsideRoot:
    takes("allow-outside")
      ? "use a path relative to the data folder, or --allow-outside"
      : "use a path relative to the data folder; 'lmpt train' takes others with --allow-outside"
  case DatasetError.missingFile:
    command?.name == "data check"
      ? "docs/Datasets.md says where everything comes from"
      : "'lmpt data check' says what is missing and how to get it"

  case CollectionError.exists: "give another name for the result, or delete it first"
  case CollectionError.unfinished:
    "go on with it by --resume, or delete the folder that ends in .unfinished"

  case AnnotationError.listWithoutNames: "give them with --classes"
  case AnnotationError.ambiguousLabels(_, _, let suggestion):
    suggestion.replacing("name the classes", with: "name the classes with --classes")
  case AnnotationError.unknownClass:
    "use the classes of the training annotations, or leave --classes out"
  case AnnotationError.noCaption:
    "write its caption, or leave --captions or the column out and tune without E6 (--cseloss none)"
  case AnnotationError.listExists: "take another --name, or remove the old lists"
  case AnnotationError.classWithoutImages:
    "take another --seed, a larger --largest, or leave the class out"

  case EquationError.unknownEquation: "'lmpt equation --list' names them all"
  case EquationError.unknownKey, EquationError.notFinite: nil
  case is EquationError: "'lmpt equation --list' shows the arrays and constants of each"
  case MethodError.parameter: "'lmpt equation --list' names the constants of every equation"
  case is ShapeError: "'lmpt equation --list' shows the shape of every array"

  case SweepError.badOption: "'lmpt train --help' shows what each option takes"
  case SweepError.unknownKey(_, nil):
    "options are those of 'lmpt train --help'; docs/schemas/sweep.schema.json"
  case SweepError.failedRuns: "each is named above; the same command tries them again"
  default: nil
  }
}

/// What is wrong, where the library's message names an argument and the command line has options.
func messageInOptions(_ error: any DiagnosticError) -> String? {
  switch error {
  case EquationError.missingKey(let key, let equation):
    "equation '\(equation)' needs --set \(key)=..."
  case EquationError.needsTower(let name): "equation '\(name)' needs --weights and --classes"
  case SweepError.badOption(let place, let error): "--\(error.message) ('\(place)')"
  default: nil
  }
}

/// The command that continues the run in a folder.
private func continuing(_ folder: String) -> String {
  "lmpt train --resume --out\(folder.hasPrefix("-") ? "=" : " ")\(folder.shellQuoted)"
}
