// TrainingArguments - the options of `lmpt train`: those of the source, and those of a run's table.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging
import LMPTTuning

extension Option {
  /// Options that say which pictures and which weights.
  static let source: [Option] = under(
    .data,
    [
      .value("dataset", "NAME", "voc-lt, coco-lt, mini or a description.json", fallback: "mini"),
      .value("data", "DIR", "folder with the lists beside VOCdevkit or train2017"),
      .value("weights", "FILE", "CLIP weights: .pt or .safetensors"),
      .value("activation", "quickgelu|gelu", "the weights' activation, where the file is silent"),
      .value("preprocess", "lmpt|clip", "from pixels to the model's input", fallback: "lmpt"),
      .value("cache", "DIR", "where image features are kept", fallback: "~/.cache/lmpt"),
      .value("on-bad-image", "fail|skip", "a picture that cannot be decoded", fallback: "fail"),
      .flag("allow-outside", "accept list paths that leave the data folder"),
      .flag(
        "orient", "turn pictures as their EXIF orientation asks; Pillow, and the default, do not"),
    ])

  /// Options that decide the numbers of a run: those of the library's table.
  static let training = TrainingOptions.table.flatMap { option -> [Option] in
    let section = section(of: option.group)
    guard option.switches.isEmpty else {
      let initial = option.text(in: TrainingOptions())
      return option.switches.map {
        .flag($0.name, $0.help + ($0.word == initial ? " (lmpt's default)" : "")).in(section)
      }
    }
    let own = Option(
      name: option.flag, aliases: option.aliases, value: option.placeholder,
      words: option.words, fallback: TrainingOptions.defaultText(option), help: option.help)
    return [own.in(section)]
  }

  private static func section(of group: OptionGroup) -> Section {
    switch group {
    case .method, .context: .prompts
    case .embedding, .loss, .own, .added, .equation: .loss
    case .optimizer: .optimizer
    case .training: .run
    }
  }
}

extension Arguments {
  /// The options of a run that the command line gives, with their words.
  var trainingWords: [(option: AnyTrainingOption, word: String)] {
    TrainingOptions.table.flatMap { option in
      let switches = option.switches.filter { flag($0.name) }.map { (option, $0.word) }
      guard option.switches.isEmpty, let word = string(option.flag) else { return switches }
      return [(option, word)]
    }
  }
}

extension TrainingOptions {
  /// The options of a command line over the defaults of a data set.
  init(_ arguments: Arguments, dataset: String) throws {
    let words = arguments.trainingWords
    let name = words.first { $0.option.group == .method }?.word
    self.init(dataset: dataset, method: name.flatMap(Method.named) ?? .lmpt)
    try apply(arguments)
  }

  /// Sets what the command line gives and leaves the rest.
  mutating func apply(_ arguments: Arguments) throws {
    let words = arguments.trainingWords
    do {
      try apply(words)
    } catch OptionError.badValue(let option, let found, let expected) {
      throw UsageError.badValue(option: "--\(option)", found: found, expected: expected)
    } catch OptionError.meaningless(let option, let method) {
      let shown = words.first { $0.option.flag == option }
      let name = shown?.option.switches.first { $0.word == shown?.word }?.name ?? option
      throw UsageError.conflict("--\(name) has no meaning for --method \(method)")
    } catch OptionError.exclusive(let one, let other) {
      throw UsageError.conflict("--\(one) and --\(other) exclude each other")
    } catch OptionError.offsetBehindContext(let offset, let context) {
      throw UsageError.conflict("--m-ctx \(offset) is greater than --n-ctx \(context)")
    }
  }
}
