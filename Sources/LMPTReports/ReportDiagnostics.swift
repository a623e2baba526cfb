// ReportDiagnostics - what explains the figures of a run: its trend over counts, movement, company.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTNumbers

extension Report {
  /// What explains the figures of one run.
  package struct Diagnostics: Sendable, Equatable {
    /// The straight line through AP over log10 of the training count.
    package struct Trend: Sendable, Equatable {
      /// Difference of AP, a fraction, for ten times as many training images.
      package var slope: Double
      /// AP of the line at one training image.
      package var intercept: Double
      /// Share of the variance of AP that the line explains.
      package var explained: Double?

      /// A line.
      package init(slope: Double, intercept: Double, explained: Double?) {
        (self.slope, self.intercept, self.explained) = (slope, intercept, explained)
      }

      /// AP of the line at a number of training images.
      func callAsFunction(_ count: Double) -> Double { intercept + slope * log10(count) }
    }

    /// A tail class with and without its most frequent partner in the picture.
    package struct Partner: Sendable, Equatable {
      /// The class.
      package var name: String
      /// The class that most often stands beside it in training images.
      package var partner: String
      /// Share of the class's training images that show the partner.
      package var together: Double
      /// AP over all test images, a fraction; nil with too few positives.
      package var ap: Double?
      /// Test images that show the class.
      package var positives: Int
      /// AP over the test images that do not show the partner; nil with too few positives.
      package var apWithout: Double?
      /// Test images that show the class without the partner.
      package var positivesWithout: Int

      /// A class.
      package init(
        name: String, partner: String, together: Double, ap: Double?, positives: Int,
        apWithout: Double?, positivesWithout: Int
      ) {
        (self.name, self.partner, self.together) = (name, partner, together)
        (self.ap, self.positives) = (ap, positives)
        (self.apWithout, self.positivesWithout) = (apWithout, positivesWithout)
      }
    }

    /// The run, as tables call it.
    package var run: String
    /// AP over the training count; nil where all counts are alike.
    package var trend: Trend?
    /// How far prompts moved from zero-shot, 1 - cos, a mean for each group; empty for a method
    /// without prompts.
    package var shift: [Group: Double] = [:]
    /// The tail classes, the rarest first.
    package var partners: [Partner] = []

    /// A run of which nothing is known.
    package init(run: String) { self.run = run }
  }
}

extension Report.Diagnostics {
  var json: JSON {
    var out = JSON.Object([(key: "run", value: .string(run))])
    out["count_trend"] = trend.map { trend in
      var line = JSON.Object([
        (key: "slope", value: .number(trend.slope)),
        (key: "intercept", value: .number(trend.intercept)),
      ])
      line["explained"] = trend.explained.map(JSON.number)
      return .object(line)
    }
    let moved = Report.Group.allCases.compactMap { group in
      shift[group].map { (group.rawValue, JSON.number($0)) }
    }
    out["prompt_shift"] = moved.isEmpty ? nil : .object(moved)
    let company = partners.map { partner -> JSON in
      var row = JSON.Object([
        (key: "class", value: .string(partner.name)),
        (key: "partner", value: .string(partner.partner)),
        (key: "together", value: .number(partner.together)),
        (key: "positives", value: .integer(partner.positives)),
        (key: "positives_without", value: .integer(partner.positivesWithout)),
      ])
      row["ap"] = partner.ap.map(JSON.number)
      row["ap_without"] = partner.apWithout.map(JSON.number)
      return .object(row)
    }
    out["partners"] = company.isEmpty ? nil : .array(company)
    return .object(out)
  }

  /// What `metrics.json` of a run says under the same names; nothing where it says nothing.
  package init(run: String, _ stored: JSON?) throws(ReportError) {
    self.init(run: run)
    if let stored { try read(Members(stored, "diagnostics")) }
  }

  init(_ members: Members) throws(ReportError) {
    self.init(run: try members.requiredText("run"))
    try read(members)
  }

  private mutating func read(_ members: Members) throws(ReportError) {
    trend = try members.member("count_trend") { (line) throws(ReportError) in
      Trend(
        slope: try line.requiredNumber("slope"),
        intercept: try line.requiredNumber("intercept"), explained: try line.number("explained"))
    }
    let moved = try members.member("prompt_shift") { (moved) throws(ReportError) in
      try Report.Group.allCases.map { (group) throws(ReportError) in
        try moved.number(group.rawValue)
      }
    }
    for (group, value) in zip(Report.Group.allCases, moved ?? []) { shift[group] = value }
    partners = try members.list("partners") { (row) throws(ReportError) in
      Partner(
        name: try row.requiredText("class"), partner: try row.requiredText("partner"),
        together: try row.requiredNumber("together"), ap: try row.number("ap"),
        positives: try row.requiredInteger("positives"), apWithout: try row.number("ap_without"),
        positivesWithout: try row.requiredInteger("positives_without"))
    }
  }
}
