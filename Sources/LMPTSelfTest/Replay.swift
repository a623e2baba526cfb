// Replay - stored outputs of independent implementations, by topic, in the order of a reader.
// SPDX-License-Identifier: Apache-2.0

import LMPTTuning

/// A part of the `Fixtures` folder and how it is computed again.
package struct Replay {
  /// Tag in docs/Equations.md, or the topic.
  package let tag: String
  /// What is computed again.
  package let name: String
  /// Computes and compares.
  package let run: () throws -> FixtureResult

  /// Everything that the fixtures of an installed program can show, in the paper's order and then
  /// from the pixels up.
  package static func all(_ fixtures: String) throws -> [Replay] {
    let equations = try ["equations", "losses"].flatMap {
      try equationFixtures("\(fixtures)/\($0)")
    }
    return equations.map { file in
      Replay(tag: file.equation.tag, name: file.equation.name) { file.replay() }
    } + [
      Replay(tag: "A1", name: "training") {
        try TrainingFixture("\(fixtures)/training").replay()
      },
      Replay(tag: "A1", name: "whole runs") {
        let model = try TrainingFixture("\(fixtures)/training").model
        return try RunFixture("\(fixtures)/runs", model: model).replay()
      },
      Replay(tag: "scores", name: "predictors") { try PredictorFixture(fixtures).replay() },
      Replay(tag: "pixels", name: "decode and resize") { try replayPixels(fixtures) },
      Replay(tag: "tokens", name: "tokenizer") { try replayTokens("\(fixtures)/tokenizer") },
      Replay(tag: "CLIP", name: "features of every file format") {
        try replayFeatures("\(fixtures)/clip/small")
      },
    ]
  }
}
