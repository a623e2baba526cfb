// PictureScoresTests - predictions as lines of a table and of JSON.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Testing

@testable import LMPTTuning

@Suite struct PictureScoresTests {
  private func scores(_ picture: String, _ labels: [String]?) -> PictureScores {
    PictureScores(picture: picture, labels: labels, best: [("cat", 0.75), ("red, bus", 0.25)])
  }

  @Test("a row has the picture, its labels where there is a threshold, and its classes")
  func lines() {
    #expect(scores("a.jpg", nil).line(.csv) == "a.jpg,cat,0.75,\"red, bus\",0.25\n")
    #expect(
      scores("a.jpg", ["cat", "red, bus"]).line(.csv)
        == "a.jpg,\"cat;red, bus\",cat,0.75,\"red, bus\",0.25\n")
    #expect(
      scores("a.jpg", []).line(.jsonl)
        == #"{"image":"a.jpg","labels":[],"scores":[{"class":"cat","score":0.75},"#
        + #"{"class":"red, bus","score":0.25}]}"# + "\n")
    #expect(
      PictureScores.heading(.csv, labels: false, best: 2) == "image,class1,score1,class2,score2\n")
    #expect(PictureScores.heading(.csv, labels: true, best: 1) == "image,labels,class1,score1\n")
    #expect(PictureScores.heading(.jsonl, labels: true, best: 1).isEmpty)
  }

  @Test(
    "a name comes back from either form, whatever it holds",
    arguments: [
      "a\"b,c.jpg", "two\nlines.jpg", " space ", "=1+1", "\u{10FEFF}x", "\u{202E}gpj.a", "\r",
    ])
  func hostileNames(_ name: String) throws {
    let line = scores(name, nil).line(.jsonl)
    #expect(line.utf8.count { $0 == 0x0a } == 1)
    #expect(try JSON.parse(Array(line.utf8))["image"]?.string == name)
    let row = scores(name, nil).line(.csv)
    // RFC 4180 by hand: a quoted field ends at a quote that no quote follows.
    var field = ""
    if row.hasPrefix("\"") {
      var rest = row.unicodeScalars.dropFirst()
      while let scalar = rest.popFirst() {
        if scalar == "\"" {
          guard rest.first == "\"" else { break }
          rest.removeFirst()
        }
        field.unicodeScalars.append(scalar)
      }
    } else {
      field = String(String.UnicodeScalarView(row.unicodeScalars.prefix { $0 != "," }))
    }
    #expect(field == name)
  }
}
