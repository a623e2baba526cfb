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
  /// - Throws: `RunError.notARun` naming the first field that is missing or of another kind,
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

  /// Sets options as a command line or a sweep gives them.
  ///
  /// - Parameter given: options with their values, each option once; the order does not matter. A
  ///   text is the word that a command line has for the value.
  /// - Throws: `OptionError` for a value that an option does not take, or for options that do not go
  ///   together; `TokenizerError` for words that are no start of a context.
  package mutating func apply(_ given: [(option: AnyTrainingOption, value: JSON)]) throws {
    func set(_ chosen: (AnyTrainingOption) -> Bool, implying: Bool) throws(OptionError) {
      for (option, value) in given where chosen(option) {
        guard option.take(value, in: &self) else {
          throw OptionError.badValue(
            option.flag, found: value.string ?? value.text(), expected: option.expected)
        }
        if implying { option.imply(&self) }
      }
    }
    try set({ $0.group == .method }, implying: false)
    if let (option, _) = given.first(where: { !self.method.groups.contains($0.option.group) }) {
      throw OptionError.meaningless(option.flag, method: self.method.name)
    }
    for (index, (option, value)) in given.enumerated() {
      guard let other = given[..<index].first(where: { $0.option.name == option.name }) else {
        continue
      }
      func name(_ value: JSON) -> String {
        option.switches.first { $0.word == value.string }?.name ?? option.flag
      }
      throw OptionError.exclusive(name(other.value), name(value))
    }
    // A reading sets some options; those that are given win.
    try set({ $0.name == AnyTrainingOption.reading.name }, implying: true)
    try set({ _ in true }, implying: false)
    if !self.contextInit.isEmpty {  // the words decide how many tokens there are
      self.contextCount = try ContextStart.words(self.contextInit).count(reading: self.reading)
    }
    if self.contextInit.isEmpty, self.instanceOffset > self.contextCount {
      throw OptionError.offsetBehindContext(offset: self.instanceOffset, context: self.contextCount)
    }
  }

  /// Settings by the name of a data set or a method.
  private typealias Settings = [(name: String, options: TrainingOptions)]

  /// LMPT's settings of each published data set.
  private static let ofDatasets: Settings = KnownDataset.published.map {
    ($0.name, TrainingOptions(dataset: $0.name))
  }

  /// The settings of each method on VOC-LT.
  private static let ofMethods: Settings = Method.all.map {
    ($0.name, TrainingOptions(dataset: KnownDataset.vocLT.name, method: $0))
  }

  /// The default of an option as a page of help shows it, with the data sets that have another, and
  /// with the method that has another where it is the only one.
  package static func defaultText(_ option: AnyTrainingOption) -> String {
    let declared = option.text(in: TrainingOptions())
    guard option.group != .method else { return declared }
    func others(_ settings: Settings) -> [String] {
      settings.compactMap { name, options in
        let text = option.text(in: options)
        return text == declared ? nil : "\(name) \(text)"
      }
    }
    let methods = others(ofMethods)
    return ([declared] + others(ofDatasets) + (methods.count == 1 ? methods : []))
      .joined(separator: "; ")
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
