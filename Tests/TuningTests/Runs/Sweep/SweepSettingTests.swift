// SweepSettingTests - which values the settings of a sweep take, and what they set.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging
import Testing

@testable import LMPTTuning

@Suite struct SweepSettingTests {
  /// The one run of a sweep with these options.
  private func run(_ options: [(key: String, value: JSON)]) throws -> SweepPlan.Run {
    let file = try SweepFile(json: .object([("name", "x"), ("options", .object(options))]))
    return try #require(SweepPlan(file).runs.first)
  }

  @Test("numbers and texts set options, the data's too; a text is the command line's word")
  func values() throws {
    let found = try run([
      ("lam", 0.25), ("epochs", 3), ("lr", "1e-3"), ("captions", "characters"), ("csc", true),
      ("method", "lmpt"), ("preprocess", "clip"), ("activation", "gelu"), ("weights", "a.pt"),
    ])
    var expected = TrainingOptions(dataset: "mini")
    (expected.lambda, expected.epochs, expected.learningRate) = (0.25, 3, 1e-3)
    (expected.captionCut, expected.sharing) = (.characters, .classSpecific)
    #expect(found.options == expected)
    #expect(found.data.preprocessing == .clip && found.data.activation == .gelu)
    #expect(found.data.weights == "a.pt" && found.data.dataset == "mini")
    #expect(found.settings.map(\.value).prefix(5) == ["0.25", "3", "1e-3", "characters", ""])
    // A switch that is off is not set, and a later one wins.
    #expect(try run([("csc", false)]).settings.isEmpty)
    #expect(try run([("epochs", 3), ("epochs", 4)]).options.epochs == 4)
  }

  @Test("what is said about a data set goes before what is said about any")
  func datasets() throws {
    func epochs(_ names: [String]) throws -> Int {
      let entries = names.enumerated().map {
        (key: $0.element, value: JSON.object([("epochs", .integer($0.offset + 2))]))
      }
      let file = try SweepFile(json: .object([("name", "x"), ("datasets", .object(entries))]))
      return try #require(SweepPlan(file).runs.first).options.epochs
    }
    #expect(try epochs(["any", "mini"]) == 3)
    #expect(try epochs(["mini", "any"]) == 2)
    #expect(try epochs(["voc-lt", "any"]) == 3)
    #expect(throws: SweepError.noSuchDataset(name: "mini", known: ["voc-lt"])) {
      _ = try epochs(["voc-lt"])
    }
  }

  @Test("what the command line sets is varied no more, by whichever of its names")
  func fixed() throws {
    for name in ["lam", "lambda"] {
      let file = try SweepFile(
        json: .object([("name", "x"), ("grid", .object([(name, .array([0.1, 0.2]))]))]))
      #expect(try SweepPlan(file).runs.map(\.options.lambda) == [0.1, 0.2])
      var changes = SweepPlan.Changes()
      changes.settings = [try SweepFile.setting("lam", 0.3, "--set", shown: "--set")]
      #expect(try SweepPlan(file, changes).runs.map(\.options.lambda) == [0.3], "\(name)")
    }
  }

  @Test(
    "a value that the option does not take is refused with its place",
    arguments: [
      ("epochs", 2.5, "epochs is '2.5', expected a whole number from 0 to 1000000"),
      ("epochs", 5.0, "epochs is '5.0', expected a whole number from 0 to 1000000"),
      ("lam", 1.5, "lam is '1.5', expected a number from 0.0 to 1.0"),
      ("lam", "half", "lam is 'half', expected a number from 0.0 to 1.0"),
      ("ctx-init", 5, "ctx-init is '5', expected text"),
      ("preprocess", "squash", "preprocess is 'squash', expected one of lmpt, clip"),
      ("weights", 7, "weights is '7', expected text"),
    ] as [(String, JSON, String)])
  func refused(key: String, value: JSON, message: String) {
    #expect { try run([(key, value)]) } throws: {
      ($0 as? SweepError)?.message == "\(message) ('options.\(key)')"
    }
  }
}
