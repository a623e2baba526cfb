// Commands - the list of commands, in the order of `lmpt --help`.
// SPDX-License-Identifier: Apache-2.0

extension Command {
  /// Every command.
  static let all: [Command] = [
    .demo, .train, .evaluate, .sweep, .tune, .methods, .zeroshot, .predict, .report, .features,
    .data, .metrics, .equation, .selftest, .tokenize, .pixels, .encode, .inspect, .convert, .export,
    .doctor, .verify, .paper, .completions, .man,
  ]
}
