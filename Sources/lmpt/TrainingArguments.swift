// TrainingArguments - the options of `lmpt train` and what they set.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import CLIP
import Imaging
import PromptTuning

extension Option {
  /// Options that say which pictures and which weights.
  static let source: [Option] = [
    .value("dataset", "NAME", "voc-lt, coco-lt, mini or a description.json", standard: "mini"),
    .value("data", "DIR", "folder with the lists beside VOCdevkit or train2017"),
    .value("weights", "FILE", "CLIP weights: .pt or .safetensors"),
    .value("activation", "quickgelu|gelu", "the weights' activation, where the file is silent"),
    .value("preprocess", "lmpt|clip", "from pixels to the model's input", standard: "lmpt"),
    .value("cache", "DIR", "where image features are kept", standard: "~/.cache/lmpt"),
    .value("on-bad-image", "fail|skip", "a picture that cannot be decoded", standard: "fail"),
    .flag("allow-outside", "accept list paths that leave the data folder"),
  ]

  /// Options that only methods which tune prompts understand.
  static let ofPrompts = [
    "n-ctx", "m-ctx", "ctx-init", "class-token-position", "csc", "shared", "cseloss", "alignment",
    "captions", "weights-sum", "weight-gamma", "margin", "lam",
  ]

  /// Options that decide the numbers of a run; names and defaults are the released code's.
  static let training: [Option] = [
    .value(
      "method", MethodKind.allCases.map(\.rawValue).joined(separator: "|"),
      "what is trained; the defaults below are lmpt's, others start from their papers'",
      standard: "lmpt"),
    .value("n-ctx", "M", "learnable context tokens", standard: "16", aliases: ["context-length"]),
    .value(
      "m-ctx", "m", "where the instance tokens begin (alignment tokens, tokens-all)", standard: "2",
      aliases: ["split"]),
    .value("ctx-init", "WORDS", "words that start the context; empty: random", standard: "\"\""),
    .value(
      "class-token-position", "end|middle|front", "where the class name stands", standard: "end",
      aliases: ["position"]),
    .flag("csc", "a context for every class (lmpt, dualcoop: the default)"),
    .flag("shared", "one context for all classes"),
    .value(
      "loss-function", "NAME", "dbl, asl, bce, mls, FL, CBloss, ... or softmax", standard: "dbl",
      aliases: ["loss"]),
    .value(
      "variant", "paper|upstream|released",
      "the reading of the equations; released also sets tokens-all and 75 characters",
      standard: "paper"),
    .value(
      "cseloss", "none|hinge|margin|weighted|softmargin", "which parts of E6 count",
      standard: "softmargin", aliases: ["cse"]),
    .value(
      "alignment", "sentence|tokens|tokens-all", "what E3 compares", standard: "sentence"),
    .value(
      "captions", "tokens|released", "whole, up to 77 tokens, or cut at 75 characters",
      standard: "tokens"),
    .value("weights-sum", "sum|mean", "E5's weights sum to 1 or average 1", standard: "sum"),
    .value("weight-gamma", "GAMMA", "E5: exponent of the inverse count", standard: "2"),
    .value("margin", "MU", "E4's constant", standard: "0.2"),
    .value(
      "lam", "LAMBDA", "E8: weight of the classification loss", standard: "0.5", aliases: ["lambda"]
    ),
    .value("alpha", "ALPHA", "E7: floor of the rebalancing weight", standard: "0.1"),
    .value("beta", "BETA", "E7: steepness of the rebalancing weight", standard: "10"),
    .value("gamma", "MU", "E7: centre of the rebalancing weight", standard: "0.3; coco-lt 0.2"),
    .value("neg-scale", "S", "E7: scale of the negatives", standard: "5; coco-lt 2"),
    .value("kappa", "KAPPA", "E7: scale of the class bias", standard: "0.05"),
    .value("focal", "GAMMA", "exponent of the focal term, 0 for none", standard: "2"),
    .value("gamma-neg", "GAMMA", "asl: exponent of the negatives", standard: "4; dualcoop 2"),
    .value("gamma-pos", "GAMMA", "asl: exponent of the positives", standard: "0; dualcoop 1"),
    .value(
      "sampling", "uniform|class-aware", "images of an epoch: each once, or classes in turn",
      standard: "uniform"),
    .value("consistency", "W", "ltml: weight of the branches' disagreement", standard: "0.1"),
    .value("optimizer", "sgd|adam|adamw", "the update rule", standard: "sgd"),
    .value("lr", "RATE", "learning rate", standard: "5e-4"),
    .value("momentum", "P", "SGD's momentum", standard: "0.9"),
    .value("weight-decay", "W", "weight decay", standard: "1e-4"),
    .value(
      "schedule", "plateau|cosine|warmup-cosine|constant", "learning rate over epochs",
      standard: "plateau"),
    .value("batch-size", "B", "images per step", standard: "64", aliases: ["batch"]),
    .value("epochs", "N", "passes over the training images", standard: "50"),
    .value("seed", "N", "seeds context, order and mirroring", standard: "0"),
    .value(
      "select", "validation|test|last", "which epoch is kept", standard: "validation"),
    .value("validation", "SHARE", "training images held out", standard: "0.2"),
    .value("scores", "softmax|sigmoid|logit", "what images are ranked by", standard: "softmax"),
  ]
}

extension TrainingOptions {
  /// Other words for a value: the released name of an arm, and what the released cut counts.
  private static let spelling = [
    "cseloss": ["nn_hinge": EmbeddingTerm.hinge.rawValue],
    "captions": ["characters": CaptionCut.characters.rawValue],
  ]

  /// The options of a command line over the defaults of a data set.
  init(_ arguments: Arguments, dataset: String) throws {
    self.init(dataset: dataset, method: try arguments.choice("method") ?? .lmpt)
    try apply(arguments)
  }

  /// Sets what the command line gives and leaves the rest.
  mutating func apply(_ arguments: Arguments) throws {
    if let option = Option.ofPrompts.first(where: { arguments.string($0) != nil }),
      !method.tunesPrompts
    {
      throw UsageError.conflict("--\(option) has no meaning for --method \(method.rawValue)")
    }
    guard !arguments.flag("csc") || !arguments.flag("shared") else {
      throw UsageError.conflict("--csc and --shared exclude each other")
    }
    if arguments.flag("shared") { sharing = .shared }
    if arguments.flag("csc") { sharing = .classSpecific }
    if arguments.string("variant") == Reading.released.rawValue {
      // What the released loop compares, unless another is asked for.
      (alignment, captionCut) = (.tokensAll, .characters)
    }
    for field in Self.table {
      let option = field.name.replacing("_", with: "-")
      guard let text = arguments.string(option) else { continue }
      guard field.set(Self.spelling[option]?[text] ?? text, in: &self) else {
        throw UsageError.badValue(option: "--\(option)", found: text, expected: field.expected)
      }
    }
    if !contextInit.isEmpty {  // words bring their own number
      contextCount = try ContextStart.words(contextInit).count(variant: self.reading.variant)
    }
    if contextInit.isEmpty, split > contextCount {
      throw UsageError.conflict("--m-ctx \(split) is greater than --n-ctx \(contextCount)")
    }
  }
}
