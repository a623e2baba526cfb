// PaperFigureTests+Numbers - what the figures print, by the formulas alone.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@testable import LMPTPaper

/// Numbers are printed with five digits, so that 1e-4 of each is allowed.
@Suite struct FigureNumbersTests {
  let example: WorkedExample
  init() throws { example = try WorkedExampleTests.example.get() }

  private func rows(_ name: String) throws -> [[String]] {
    let figure = try #require(try PaperFigures.figure(name, example))
    return Array(try #require(figure.table).dropFirst())
  }

  private func number(_ text: String) throws -> Double {
    try #require(Double(text.replacingOccurrences(of: "\u{2212}", with: "-")), "\(text)")
  }

  private func near(_ text: String, _ expected: Double, _ place: String) throws {
    #expect(abs(try number(text) - expected) <= 1e-4 * abs(expected) + 1e-9, "\(place): \(text)")
  }

  @Test func marginsAndWeightsAreE4AndE5OfTheCounts() throws {
    let rows = try rows("margin-weight")
    for (set, members) in Dictionary(grouping: rows, by: { $0[0] }) {
      let counts = try members.map { try number($0[2]) }
      let total = counts.reduce(0) { $0 + 1 / ($1 * $1) }
      for (row, n) in zip(members, counts) {
        try near(row[3], 0.2 / pow(n, 0.25), "\(set), margin of \(row[1])")
        try near(row[4], 1 / (n * n) / total, "\(set), weight of \(row[1])")
      }
    }
    #expect(rows.count == 100)
  }

  @Test func theHingesAreThoseOfTheirReading() throws {
    let rows = try rows("hinge")
    #expect(rows.count == 8)
    for row in rows {
      let margin = try number(row[3])
      for (column, d) in [(4, 0.0), (5, 0.4)] {
        // E6; the released code has the hinge for captions of the class, too.
        let expected =
          switch (row[0], row[1]) {
          case ("paper", "1"): d
          case ("paper", _): max(0, margin - d)
          case (_, "1"): max(0, margin - d)
          default: margin + d
          }
        try near(row[column], expected, "\(row)")
      }
    }
  }

  @Test func theCurvesOfE7AreItsParts() throws {
    let rows = try rows("balanced")
    let focal = rows.filter { $0[0] == "focal cost at t" }
    #expect(try focal.map { try number($0[1]) } == (0...48).map { -6 + Double($0) / 4 })
    for row in focal {
      let t = try number(row[1])
      let miss = 1 / (1 + exp(t))
      try near(row[2], miss * miss * log1p(exp(-t)), "\(row)")
    }
    let weights = rows.filter { $0[0] == "w at r" }
    try near(try #require(weights.first)[1], 0.02, "the first ratio")
    try near(try #require(weights.last)[1], 1.5, "the last ratio")
    // A ratio is printed with five digits; the weight changes by up to 2.5 times as much.
    for row in weights {
      let expected = 0.1 + 1 / (1 + exp(-10 * (try number(row[1]) - 0.3)))
      #expect(abs(try number(row[2]) - expected) < 4e-4 * expected, "\(row)")
    }
    let biases = rows.filter { $0[0].hasPrefix("kappa b") }
    #expect(biases.count == 20)
    for row in biases {
      try near(row[2], -0.05 * log(1142 / (try number(row[1])) - 1), "\(row)")
    }
  }

  @Test func averagePrecisionIsTheAreaOfTheBoxes() throws {
    // By hand: positives at ranks 1, 3, 4 and 7; with ties 2 of 3 and then 4 of 7.
    let expected = [
      (1 + 2.0 / 3 + 3.0 / 4 + 4.0 / 7) / 4, (2.0 / 3 + 4.0 / 7) / 2,
    ]
    let figure = try #require(try PaperFigures.figure("average-precision", example))
    let rows = try #require(figure.table).dropFirst()
    var names: [String] = []
    for row in rows where row[0] != names.last { names.append(row[0]) }
    for (name, area) in zip(names, expected) {
      for row in rows where row[0] == name { try near(row[3], area, name) }
    }
    // Boxes side by side are as wide as the axis: from 52 to 338 of 350.
    let panels = figure.svg.components(separatedBy: "</svg>").filter { $0.contains("<svg") }
    #expect(panels.count == 2 && names.count == 2)
    for panel in panels {
      let widths = panel.matches(of: /class="box"[^>]*width="([0-9.]+)"/).compactMap {
        Double($0.1)
      }
      // Printed to a hundredth at least.
      #expect(abs(widths.reduce(0, +) - 286) < 0.01 * Double(widths.count), "\(widths)")
    }
  }

  @Test func theTapeSharesTheLossByLambda() throws {
    let norms = Dictionary(
      uniqueKeysWithValues: try rows("tape").map { ($0[0], try number($0[2])) })
    // E8 = lambda E7 + (1 - lambda) E6, lambda = 0.5.
    #expect(norms["E8 loss"] == 1 && norms["E7 loss"] == 0.5 && norms["E6 loss"] == 0.5)
    // What arrives at the context is the sum of what the two terms send there.
    let step = example.paper.step
    let sum = zip(step.classification.values, step.embedding.values).reduce(0.0) {
      $0 + Double($1.0 + $1.1) * Double($1.0 + $1.1)
    }
    let found = try #require(norms["E1 context v"])
    #expect(abs(found - sum.squareRoot()) < 1e-4 * found)
  }

  @Test func theSharesOfTheGradientAreOfTheirSum() throws {
    let rows = try rows("gradient")
    #expect(rows.count == 6)
    for row in rows {
      let (cls, cse) = (try number(row[2]), try number(row[3]))
      #expect(abs(try number(row[4]) - cse / (cls + cse)) < 2e-4, "\(row)")
    }
  }

  @Test func theDistancesAreThoseOfE3AndTheSameBehindTheStep() throws {
    let rows = try rows("distances")
    let before = try #require(try example.step("E3")?.value("distance")).printed
    let after = try #require(try example.step("A1")?.value("after")).printed
    #expect(rows.map { $0[2] } == before && rows.map { $0[3] } == after && before != after)
  }
}
