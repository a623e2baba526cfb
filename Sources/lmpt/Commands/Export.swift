// Export - `lmpt export`: a run's prompts as files for other programs.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTTuning
import LMPTTensors
import LMPTWeights

/// What an export holds.
enum ExportLayout: String, CaseIterable {
  /// `ctx` alone.
  case ctx
  /// `ctx`, `token_prefix`, `token_suffix`, as CoOp's prompt learner keeps them.
  case coop
  /// The whole state dict that the paper's `model.load_state_dict` asks for.
  case authors
}

extension Command {
  static let export = Command(
    name: "export",
    summary: "write a run's tuned prompts for other programs",
    options: [
      .value("run", "DIR", "the run folder"),
      contents.option,
      .value("output", "FILE", "where to write: .safetensors, .pt, .npy or .npz"),
      .value("weights", "FILE", "the weights, where they moved"),
    ],
    examples: [
      "lmpt export --run runs/voc --output ctx.npy",
      "lmpt export --run runs/voc --layout authors --output lmpt_ViT16_voc-lt.pt",
    ],
    run: runExport)
}

private let contents = DefaultOption("layout", ExportLayout.ctx, "what the file holds")

private func runExport(_ arguments: Arguments) throws -> Output {
  try arguments.expectNoOperands()
  let layout = try arguments[contents]
  let output = try arguments.output()
  let progress = ProgressLine(arguments)
  progress.begin("opening run and weights")
  let run = try openRun(try arguments.required("run"))
  let model = try run.configuration.model(weights: arguments.string("weights"))
  guard run.options.method.isContext else {
    throw UsageError.conflict(
      "export writes CoOp's layout, which a run of \(run.options.method.name) has no place in")
  }
  let context = try run.tensor("ctx")
  let tokenizer = try Tokenizer.clip()
  // The released code tokenises "X X ... X name." and puts the context where the X stand.
  let length = context.shape[context.rank - 2]
  let marks = [String](repeating: "X", count: length).joined(separator: " ")
  let export = PromptExport(
    context: context,
    placeholders: try run.classNames.map {
      try tokenizer.tokenize("\(marks) \($0).", contextLength: model.text.contextLength)
    },
    text: model.text)
  let arrays: [NamedArray]
  switch layout {
  case .ctx: arrays = export.tuned
  case .coop: arrays = export.coOp
  case .authors: arrays = try export.authors(model)
  }
  try WeightFile.write(arrays, to: output)
  progress.finish()
  return Output(
    json: JSON.object([
      ("output", .string(output)), ("tensors", .array(arrays.map { .string($0.name) })),
    ]), confirmation: ["\(Terminal.shown(output)): \(arrays.count) tensors"])
}
