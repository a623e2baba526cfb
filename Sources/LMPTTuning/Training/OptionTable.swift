// OptionTable - every option of a run: config.json, command lines, pages and sweeps ask this list.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP

extension TrainingOptions {
  /// Every option in the order of `config.json`; those of single losses and methods come with these.
  package static let table: [AnyTrainingOption] = {
    let lists: [[AnyTrainingOption]] = [
      [
        .method, .contextCount, .instanceOffset, .contextInit, .position, .sharing, .loss, .reading,
        .embedding, .alignment, .captionCut, .weightNormalization, .weightGamma, .margin, .lambda,
      ],
      Loss.dbl.constants.map(\.option), Loss.all.flatMap { $0.constants.map(\.option) },
      [.sampling], Method.all.flatMap(\.options),
      [
        .optimizer, .learningRate, .momentum, .weightDecay, .schedule, .batch, .epochs, .seed,
        .selection, .validationFraction, .scores,
      ],
    ]
    var seen: Set<String> = []
    return lists.joined().filter { $0.group != .equation && seen.insert($0.name).inserted }
  }()

  /// Every option with its value: what `config.json` holds and what resuming compares.
  package var fields: [(key: String, value: JSON)] { Self.table.map { ($0.name, $0.get(self)) } }

  /// Reads options back from their fields; an option of a single method or a newer loss that an older
  /// file does not know has its declared value.
  ///
  /// - Throws: `RunError.notARun` naming the first field that is missing or has no such value,
  ///   `MethodError.parameter` for a number outside its range.
  public init(json: JSON) throws {
    self.init()
    for option in Self.table {
      if json[option.name] == nil, option.group.isOpen { continue }
      guard let value = json[option.name], try option.accept(value, &self) else {
        throw RunError.notARun(missing: "option '\(option.name)'")
      }
    }
  }

  /// Checks every range.
  ///
  /// - Throws: `MethodError.parameter` naming the first option outside its range.
  func validate() throws(MethodError) {
    var copy = self
    for option in Self.table { _ = try option.accept(option.get(self), &copy) }
  }

  /// Sets options by words, as a command line or a sweep gives them.
  ///
  /// - Parameter words: options with their words, each option once; the order does not matter.
  /// - Throws: `OptionError` for a word that an option does not take, or for options that do not go
  ///   together; `TokenizerError` for words that are no start of a context.
  package mutating func apply(_ words: [(option: AnyTrainingOption, word: String)]) throws {
    func set(_ chosen: (AnyTrainingOption) -> Bool, implying: Bool) throws(OptionError) {
      for (option, word) in words where chosen(option) {
        guard option.set(word, in: &self) else {
          throw OptionError.badValue(option.flag, found: word, expected: option.expected)
        }
        if implying { option.imply(&self) }
      }
    }
    try set({ $0.group == .method }, implying: false)
    if let (option, _) = words.first(where: { !self.method.groups.contains($0.option.group) }) {
      throw OptionError.meaningless(option.flag, method: self.method.name)
    }
    for (index, (option, word)) in words.enumerated() {
      guard let other = words[..<index].first(where: { $0.option.name == option.name }) else {
        continue
      }
      func name(_ word: String) -> String {
        option.switches.first { $0.word == word }?.name ?? option.flag
      }
      throw OptionError.exclusive(name(other.word), name(word))
    }
    // What comes with a reading gives way to what is said.
    try set({ $0.name == AnyTrainingOption.reading.name }, implying: true)
    try set({ _ in true }, implying: false)
    if !self.contextInit.isEmpty {  // words bring their own number
      self.contextCount = try ContextStart.words(self.contextInit).count(reading: self.reading)
    }
    if self.contextInit.isEmpty, self.instanceOffset > self.contextCount {
      throw OptionError.offsetBehindContext(offset: self.instanceOffset, context: self.contextCount)
    }
  }

  /// The settings of VOC-LT, of COCO-LT, and of each method on VOC-LT.
  private static let published: [(name: String, options: TrainingOptions)] =
    ["voc-lt", "coco-lt"].map { ($0, TrainingOptions(dataset: $0)) }
    + Method.all.map { ($0.name, TrainingOptions(dataset: "voc-lt", method: $0)) }

  /// What a page of help says about an option's value where nothing is given, with the one data set or
  /// method that has another.
  package static func defaultText(_ option: AnyTrainingOption) -> String {
    let declared = option.text(in: published[0].options)
    guard option.group != .method else { return declared }
    var others = [("coco-lt", option.text(in: published[1].options))].filter { $0.1 != declared }
    let methods = published.dropFirst(2).map { ($0.name, option.text(in: $0.options)) }
      .filter { $0.1 != declared }
    if methods.count == 1 { others += methods }
    return ([declared] + others.map { "\($0.0) \($0.1)" }).joined(separator: "; ")
  }
}

extension AnyTrainingOption {
  fileprivate func accept(
    _ value: JSON, _ options: inout TrainingOptions
  ) throws(MethodError) -> Bool {
    if set(value, &options) { return true }
    if let found = value.double {
      throw .parameter(name: name, found: found, expected: expected)
    }
    return false
  }
}
