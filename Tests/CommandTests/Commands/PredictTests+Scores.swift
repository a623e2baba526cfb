// PredictTests+Scores - which numbers `lmpt predict` prints.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTSupport
import Testing

extension PredictTests {
  @Test("shares that sum to 1 are printed where they are asked for; zero-shot ranks by logits")
  func shares() throws {
    let folder = try TemporaryFolder()
    let words = [
      "predict", Fixtures.path("mini/images/test/000001.jpg"), "--weights",
      Fixtures.path("mini/clip.safetensors"), "--classes", "cat, dog, red bus",
    ]
    func found(_ more: [String]) throws -> (scores: [Double], text: [Substring]) {
      let json = try Program.run(words + more + ["--json"]).json
      let text = try Program.run(words + more, environment: ["LC_ALL": "C"])
      #expect(text.code == 0, "\(text.errors)")
      let scores = try #require(json["images"]?[0]?["scores"]?.array)
      return (scores.compactMap { $0["score"]?.double }, text.output.split(separator: "\n"))
    }
    func number(_ line: Substring) -> Double? {
      line.split(separator: " ").last.flatMap { Double($0) }
    }
    let logits = try found(["--scores", "logit"])
    let plain = try found([])
    #expect(plain.text.count == 5 && plain.text[4].hasPrefix("The numbers are logits."))
    for (line, logit) in zip(plain.text[1...3], logits.scores) {
      #expect(abs(try #require(number(line)) - logit) <= 0.00501, "\(line)")
      #expect(!line.contains("#"))
    }
    let shares = try found(["--scores", "softmax"])
    #expect(shares.text.count == 4 && shares.scores == plain.scores)
    for (line, share) in zip(shares.text[1...3], shares.scores) {
      #expect(abs(try #require(number(line)) - share) <= 0.0000501, "\(line)")
    }
    // With a threshold a number says on which side of it a class is; half a bar is the threshold.
    let page = "\(folder.path)/page.html"
    let limit = (shares.scores[0] + shares.scores[1]) / 2
    let above = try found(["--threshold", "\(limit)", "--html", page])
    for (line, share) in zip(above.text[1...3], shares.scores) {
      let multiple = try #require(number(line))
      #expect(abs(multiple - share / limit) <= 0.00501, "\(line)")
      #expect((multiple > 1) == (line.count { $0 == "#" } > 15), "\(line)")
    }
    #expect(above.text[4].contains("above 1 the class is a label"), "\(above.text)")
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("Each number is the score divided by the threshold"))
    #expect(html.contains("<dt>date</dt>") && html.contains("<dt>program</dt>"))
    #expect(html.contains("a label. The bars of labels have a colour.</p>"))
    #expect(!html.contains("softmax scores"))
  }
}
