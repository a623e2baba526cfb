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
    "captions", "weights-sum", "margin", "lam",
  ]

  /// Options that decide the numbers of a run; names and defaults are the released code's.
  static let training: [Option] = [
    .value(
      "method", MethodName.allCases.map(\.rawValue).joined(separator: "|"),
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
    .value("margin", "MU", "E4's constant", standard: "0.2"),
    .value(
      "lam", "LAMBDA", "E8: weight of the classification loss", standard: "0.5", aliases: ["lambda"]
    ),
    .value("gamma", "MU", "E7: centre of the rebalancing weight", standard: "0.3; coco-lt 0.2"),
    .value("neg-scale", "S", "E7: scale of the negatives", standard: "5; coco-lt 2"),
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
  /// The options of a command line over the defaults of a data set.
  init(_ arguments: Arguments, dataset: String) throws {
    self.init(dataset: dataset, method: try arguments.choice("method") ?? .lmpt)
    try apply(arguments)
  }

  /// Sets what the command line gives and leaves the rest.
  mutating func apply(_ arguments: Arguments) throws {
    func set<Value>(_ target: inout Value, _ value: Value?) {
      if let value { target = value }
    }
    if let option = Option.ofPrompts.first(where: { arguments.string($0) != nil }),
      !method.tunesPrompts
    {
      throw UsageError.conflict("--\(option) has no meaning for --method \(method.rawValue)")
    }
    set(&sampling, try arguments.choice("sampling"))
    set(&consistency, try arguments.double("consistency", in: 0...1e6))
    set(&contextCount, try arguments.int("n-ctx", in: 1...64))
    set(&split, try arguments.int("m-ctx", in: 0...63))
    set(&contextInit, arguments.string("ctx-init"))
    set(&position, try arguments.choice("class-token-position"))
    guard !arguments.flag("csc") || !arguments.flag("shared") else {
      throw UsageError.conflict("--csc and --shared exclude each other")
    }
    if arguments.flag("shared") { sharing = .shared }
    if arguments.flag("csc") { sharing = .classSpecific }
    set(&loss, try arguments.choice("loss-function"))
    if let reading: Reading = try arguments.choice("variant") {
      self.reading = reading
      if reading == .released {  // what the released loop compares, unless another is asked for
        alignment = .tokensAll
        captionCut = .characters
      }
    }
    // The released names of the same arm.
    if arguments.string("cseloss") == "nn_hinge" {
      embedding = .hinge
    } else {
      set(&embedding, try arguments.choice("cseloss"))
    }
    set(&alignment, try arguments.choice("alignment"))
    if arguments.string("captions") == "characters" {  // what the released cut counts
      captionCut = .characters
    } else {
      set(&captionCut, try arguments.choice("captions"))
    }
    set(&weightNormalization, try arguments.choice("weights-sum"))
    set(&margin, try arguments.double("margin", in: 0.0...2))
    set(&lambda, try arguments.double("lam", in: 0...1))
    set(&mu, try arguments.double("gamma", in: -100...100))
    set(&negativeScale, try arguments.double("neg-scale", in: 1e-6...1e6))
    set(&optimizer, try arguments.choice("optimizer"))
    set(&learningRate, try arguments.double("lr", in: 0...1e3))
    set(&momentum, try arguments.double("momentum", in: 0...1))
    set(&weightDecay, try arguments.double("weight-decay", in: 0...1e3))
    set(&schedule, try arguments.choice("schedule"))
    set(&batch, try arguments.int("batch-size", in: 1...1_000_000))
    set(&epochs, try arguments.int("epochs", in: 0...1_000_000))
    set(&seed, try arguments.int("seed", in: 0...Int(Int32.max)))
    set(&selection, try arguments.choice("select"))
    set(&validationFraction, try arguments.double("validation", in: 0...0.9))
    set(&scores, try arguments.choice("scores"))
    if contextInit.isEmpty, split > contextCount {
      throw UsageError.conflict("--m-ctx \(split) is greater than --n-ctx \(contextCount)")
    }
  }
}
