// Methods - `lmpt methods`: what can be trained, on which losses, and where each is written down.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning

extension Command {
  static let methods = Command(
    name: "methods",
    summary: "the methods and losses of training: what they need, their papers, their settings",
    options: [],
    examples: ["lmpt methods", "lmpt methods --json"],
    run: runMethods)
}

private func runMethods(_ arguments: Arguments) throws -> Output {
  try arguments.expectNoOperands()
  let methods = Method.all.map { Entry($0) }
  return Output(
    json: .object([
      ("methods", .array(methods.map(\.json))), ("losses", .array(Loss.all.map(\.json))),
    ]),
    text: "Methods (--method)\n" + methods.map(\.text).joined()
      + "\nLosses (--loss-function)\n" + Loss.all.map(\.text).joined())
}

/// A method as the list shows it.
private struct Entry {
  let method: Method
  /// Its options where its authors' settings are not the declared ones.
  private let published: [AnyTrainingOption]
  private let options: TrainingOptions

  init(_ method: Method) {
    self.method = method
    let options = TrainingOptions(dataset: KnownDataset.vocLT.name, method: method)
    let declared = TrainingOptions()
    published = TrainingOptions.table.filter { option in
      option.group != .method && method.understands(option)
        && option.text(in: options) != option.text(in: declared)
    }
    self.options = options
  }

  var json: JSON {
    .object([
      ("name", .string(method.name)), ("title", .string(method.title)),
      ("source", .string(method.source)), ("sees", .string(sight)),
      ("needs", .array(needs.map(JSON.string))),
      (
        "options",
        .array(
          TrainingOptions.table.filter(method.understands).map { .string($0.flag) })
      ),
      ("defaults", .object(published.map { ($0.flag, .string($0.text(in: options))) })),
      (
        "search",
        .object(method.search.dimensions.map { ($0.option.flag, .string($0.range)) })
      ),
      ("file", .string(method.file)),
    ])
  }

  /// What it looks at, in a word.
  private var sight: String {
    switch method.sees {
    case .features: "features"
    case .places: method.learnsFromCaptions ? "captions, then places" : "places"
    case .pixels: "pixels"
    }
  }

  /// What else a training set must have, and what is drawn beside its batches.
  private var needs: [String] {
    (options.readsCaptions ? ["a caption of every training image"] : [])
      + (method.secondSampling.map { ["a second batch, drawn \($0.rawValue)"] } ?? [])
  }

  var text: String {
    let settings = published.map { option in
      let word = option.text(in: options)
      return option.switches.first { $0.word == word }?.name ?? "\(option.flag) \(word)"
    }
    let title = TextWidth.lines("\(method.name): \(method.title); \(method.source)", width: 76)
    let place = (["sees \(sight)"] + needs.map { "needs \($0)" } + [method.file])
    return "  \(title.joined(separator: "\n    "))\n"
      + TextWidth.lines(place.joined(separator: "; "), width: 76).map { "    \($0)\n" }.joined()
      + (settings.isEmpty
        ? "    starts from the declared settings (lmpt train --help)\n"
        : TextWidth.list(["starts from \(settings[0])"] + settings.dropFirst(), width: 76)
          .map { "    \($0)\n" }.joined())
  }
}

extension Loss {
  fileprivate var json: JSON {
    .object([
      ("name", .string(name)), ("equation", equation.map(JSON.string) ?? .null),
      ("tag", .string(tag)),
      ("summary", .string(summary)), ("source", .string(source)),
      ("needs", .array(needs.map(JSON.string))),
      ("constants", .array(constants.map { .string($0.symbol) })),
      ("file", .string(file)),
    ])
  }

  fileprivate var text: String {
    let constants =
      constants.isEmpty ? [] : ["reads " + constants.map(\.symbol).joined(separator: ", ")]
    let place = ([tag] + needs.map { "needs \($0)" } + constants + [file]).joined(separator: "; ")
    return
      (TextWidth.lines("\(name): \(summary); \(source)", width: 76)
      + TextWidth.lines(place, width: 76))
      .enumerated().map { $0 == 0 ? "  \($1)\n" : "    \($1)\n" }.joined()
  }

  /// What it reads of a training set.
  private var needs: [String] {
    switch reads {
    case .nothing: []
    case .counts: ["images per class"]
    case .countsAndTotal: ["images per class", "the number of images"]
    }
  }
}
