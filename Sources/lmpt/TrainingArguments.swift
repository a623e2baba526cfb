// TrainingArguments - the options of `lmpt train`: those of the source, and those of a run's table.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging
import LMPTTuning

extension Option {
  /// Which data set, one of a list or described.
  static func anyDataset(orElse initial: String) -> DefaultOption<String> {
    DefaultOption("dataset", "NAME", initial, "\(KnownDataset.names) or a description.json")
  }
  /// Which data set runs learn from.
  static let dataset = anyDataset(orElse: RunData.Request().datasetName)
  /// From pixels to the model's input.
  static let preprocess = DefaultOption(
    "preprocess", Preprocessing.lmpt, "from pixels to the model's input")
  /// What to do with a bad picture.
  static let onBadImage = DefaultOption(
    "on-bad-image", BadImagePolicy.fail, "a picture that cannot be decoded")
  /// Where image features are kept.
  static let cache = Option.value(
    "cache", "DIR", "where image features are kept", fallback: "~/.cache/lmpt")

  /// Options that say which pictures and which weights.
  static let source: [Option] = under(
    .data,
    [
      dataset.option,
      .value("data", "DIR", "folder with the lists beside VOCdevkit or train2017"),
      .value("weights", "FILE", "CLIP weights: .pt or .safetensors"),
      .choice("activation", Activation.self, "the weights' activation, where the file is silent"),
      preprocess.option, cache, onBadImage.option,
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
      words: option.words, fallback: { TrainingOptions.defaultText(option) }, help: option.help)
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
  var trainingOptions: [(option: AnyTrainingOption, value: JSON)] {
    TrainingOptions.table.flatMap { option in
      let words =
        option.switches.isEmpty
        ? [string(option.flag)].compactMap(\.self)
        : option.switches.filter { flag($0.name) }.map(\.word)
      return words.map { (option, JSON.string($0)) }
    }
  }
}

extension TrainingOptions {
  /// The options of a command line over the defaults of a data set.
  init(_ arguments: Arguments, dataset: String) throws {
    let given = arguments.trainingOptions
    let name = given.first { $0.option.group == .method }?.value.string
    self.init(dataset: dataset, method: name.flatMap(Method.named) ?? .lmpt)
    try apply(arguments)
  }

  /// Sets what the command line gives and leaves the rest.
  mutating func apply(_ arguments: Arguments) throws {
    let given = arguments.trainingOptions
    do {
      try apply(given)
    } catch OptionError.badValue(let option, let found, let expected) {
      throw UsageError.badValue(option: "--\(option)", found: found, expected: expected)
    } catch OptionError.meaningless(let option, let method) {
      let shown = given.first { $0.option.flag == option }
      let name = shown?.option.switches.first { $0.word == shown?.value.string }?.name ?? option
      throw UsageError.conflict("--\(name) has no meaning for --method \(method)")
    } catch OptionError.exclusive(let one, let other) {
      throw UsageError.conflict("--\(one) and --\(other) exclude each other")
    } catch OptionError.offsetBehindContext(let offset, let context) {
      throw UsageError.conflict("--m-ctx \(offset) is greater than --n-ctx \(context)")
    }
  }
}
