// Commands - the list of commands, in the order of `lmpt --help`, and how one is found.
// SPDX-License-Identifier: Apache-2.0

import LMPTTuning

extension Command {
  /// Every command.
  static let all: [Command] = [
    .demo, .train, .evaluate, .sweep, .tune, .methods, .zeroshot, .predict, .report, .features,
    .data, .metrics, .equation, .selftest, .tokenize, .pixels, .encode, .inspect, .convert, .export,
    .doctor, .verify, .paper, .completions, .man,
  ]

  /// The command of a name; the error says the nearest.
  static func named(_ name: String) throws -> Command {
    guard let command = all.first(where: { $0.name == name }) else {
      throw UsageError.unknownCommand(name, nearest: nearest(name, in: all.map(\.name)))
    }
    return command
  }
}
