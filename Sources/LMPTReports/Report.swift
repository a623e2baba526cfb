// Report - everything that a page shows, as plain numbers.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics

/// The content of a report.
///
/// Whoever measured fills it in; this module only shows it.
/// Every part may be missing, and a part without data leaves no trace on the page. Fractions are in
/// [0, 1] and become percentages on the page. `Report.parse` and `json` give it a file form
/// (`docs/schemas/report.schema.json`), and `Report.merged` puts several runs on one page.
package struct Report: Sendable, Equatable {
  /// The heading.
  package var title: String
  /// One paragraph below the heading.
  package var summary: String?
  /// A warning in a frame, for instance that the figures are a demonstration.
  package var notice: String?
  /// The data set.
  package var dataset: Dataset?
  /// How the epoch that the figures belong to was chosen.
  package var selection: String?
  /// When the figures were measured, as `2026-11-30T12:00:00Z`.
  package var date: String?
  /// The table of results, in the order of the page.
  package var results: [Row] = []
  /// Names of the methods of `ClassResult.ap`; the last one gets the bars.
  package var methods: [String] = []
  /// Slots of the palette that methods ask for, so that they have one colour on every page.
  package var palette: [String: Int] = [:]
  /// Figures per class, in any order.
  package var classes: [ClassResult] = []
  /// Training curves, one per run.
  package var runs: [Run] = []
  /// What explains the figures, one entry per run.
  package var diagnostics: [Diagnostics] = []
  /// Precision-recall curves, in the order of the page.
  package var curves: [ClassCurves] = []
  /// What each part of the method adds.
  package var ablation: Ablation?
  /// The runs of a comparison and the settings in which they differ.
  package var comparison: Comparison?
  /// Images with their labels and scores.
  package var examples: [Example] = []
  /// What the numbers of the examples are, where they are no shares in %.
  package var scoreRemark: String?
  /// Where features lie before and after tuning.
  package var map: FeatureMap?
  /// Vocabulary words nearest to the learned context.
  package var words: [ContextWords] = []
  /// Facts about the machine, the program and its inputs.
  package var environment: [Fact] = []
  /// Command lines that repeat the figures.
  package var commands: [String] = []

  /// A report with a heading and nothing else.
  package init(title: String) { self.title = title }
}

extension Report {
  /// A name and a value.
  package struct Fact: Sendable, Equatable {
    /// What the value is.
    package var name: String
    /// The value.
    package var value: String

    /// A fact.
    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The groups of a long-tailed data set by training images.
  package typealias Group = ClassGroup

  /// What the data set is.
  package struct Dataset: Sendable, Equatable {
    /// Its name.
    package var name: String
    /// Training images.
    package var train: Int
    /// Test images.
    package var test: Int
    /// Classes in all.
    package var classes: Int
    /// Classes per group, in the groups' order.
    package var groups: [Int]
    /// Classes that no test image shows; by convention their AP counts as 0.
    package var untested: [String] = []

    /// Facts about a data set.
    package init(name: String, train: Int, test: Int, classes: Int, groups: [Int]) {
      self.name = name
      self.train = train
      self.test = test
      self.classes = classes
      self.groups = groups
    }
  }

  /// A mean over repetitions; a single run has no deviation.
  package struct Measure: Sendable, Equatable {
    /// The mean, a fraction.
    package var mean: Double
    /// The standard deviation, a fraction.
    package var deviation: Double?

    /// A figure.
    package init(_ mean: Double, deviation: Double? = nil) {
      self.mean = mean
      self.deviation = deviation
    }

    /// Percentages: `85.44` or `85.44 ± 0.31`.
    package var text: String {
      let mean = NumberText.percent(mean)
      return deviation.map { mean + " \u{00B1} " + NumberText.percent($0) } ?? mean
    }
  }

  /// Where a figure comes from.
  ///
  /// A figure that nobody checked against a source has no place in a report.
  package enum Evidence: Sendable, Equatable {
    /// Measured by this program; the report says how to repeat it.
    case measured
    /// Read in the named source.
    case read(String)
  }

  /// A row of the results table.
  package struct Row: Sendable, Equatable {
    /// The method.
    package var method: String
    /// Heading of the block in which the row stands; rows of a block follow each other.
    package var block: String?
    /// mAP of all classes and of each group; a figure that is not known has no entry.
    package var figures: [ResultColumn: Measure]
    /// mAP of the classes that test images show, where there are others.
    package var present: Measure?
    /// Where the figures come from.
    package var evidence: Evidence
    /// A remark.
    package var note: String?

    /// A row.
    package init(
      method: String, block: String? = nil, figures: [ResultColumn: Measure] = [:],
      evidence: Evidence = .measured, note: String? = nil
    ) {
      self.method = method
      self.block = block
      self.figures = figures
      self.evidence = evidence
      self.note = note
    }

    /// A figure.
    package subscript(column: ResultColumn) -> Measure? { figures[column] }

    /// The figures in the order of the columns.
    package var measures: [Measure?] { ResultColumn.all.map { figures[$0] } }
  }
}

extension Report {
  /// Whether a method is the one that others are compared with: zero-shot CLIP, perhaps numbered,
  /// and no method that adjusts it.
  static func isReference(_ method: String) -> Bool {
    method.wholeMatch(of: #/zero-shot( CLIP)?( \(\d+\))?/#) != nil
  }

  /// The row that others are compared with; nil where rows are about different data sets.
  var reference: Row? {
    let own = results.filter { $0.evidence == .measured }
    guard Set(own.map(\.block)).count == 1 else { return nil }
    return own.first { Report.isReference($0.method) }
  }

  /// The row that a row is compared with: of its block, which is its data set.
  func reference(of row: Row) -> Row? {
    results.first {
      $0.evidence == .measured && $0.block == row.block && Report.isReference($0.method)
    }
  }
}
