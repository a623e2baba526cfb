// Report - everything that a page shows, as plain numbers.
// SPDX-License-Identifier: Apache-2.0

/// The content of a report.
///
/// Whoever measured fills it in; this room only shows it.
/// Every part may be missing, and a part without data leaves no trace on the page. Fractions are in
/// [0, 1] and become percentages on the page. `Report.parse` and `json` give it a file form
/// (`docs/schemas/report.schema.json`), and `Report.merged` puts several runs on one page.
public struct Report: Sendable, Equatable {
  /// The heading.
  public var title: String
  /// One paragraph below the heading.
  public var summary: String?
  /// A warning in a frame, for instance that the figures are a demonstration.
  public var notice: String?
  /// The data set.
  public var dataset: Dataset?
  /// How the epoch that the figures belong to was chosen.
  public var selection: String?
  /// The table of results, in the order of the page.
  public var results: [Row] = []
  /// Names of the methods of `ClassResult.ap`; the last one gets the bars.
  public var methods: [String] = []
  /// Figures per class, in any order.
  public var classes: [ClassResult] = []
  /// Training curves, one per run.
  public var runs: [Run] = []
  /// Precision-recall curves, in the order of the page.
  public var curves: [ClassCurves] = []
  /// What each part of the method adds.
  public var ablation: Ablation?
  /// Images with their labels and scores.
  public var examples: [Example] = []
  /// Where features lie before and after tuning.
  public var map: FeatureMap?
  /// Vocabulary words nearest to the learned context.
  public var words: [ContextWords] = []
  /// Facts about the machine, the program and its inputs.
  public var environment: [Fact] = []
  /// Command lines that repeat the figures.
  public var commands: [String] = []

  /// A report with a heading and nothing else.
  public init(title: String) { self.title = title }
}

extension Report {
  /// A name and a value.
  public struct Fact: Sendable, Equatable {
    /// What the value is.
    public var name: String
    /// The value.
    public var value: String

    /// A fact.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The groups of a long-tailed data set by training images: head from 100, medium from 20, tail.
  public enum Group: String, Sendable, CaseIterable {
    /// 100 training images and more.
    case head
    /// 20 to 99.
    case medium
    /// Fewer than 20.
    case tail
  }

  /// What the data set is.
  public struct Dataset: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Training images.
    public var train: Int
    /// Test images.
    public var test: Int
    /// Classes in all.
    public var classes: Int
    /// Classes per group: head, medium, tail.
    public var groups: [Int]

    /// Facts about a data set.
    public init(name: String, train: Int, test: Int, classes: Int, groups: [Int]) {
      self.name = name
      self.train = train
      self.test = test
      self.classes = classes
      self.groups = groups
    }
  }

  /// A mean over repetitions; a single run has no deviation.
  public struct Measure: Sendable, Equatable {
    /// The mean, a fraction.
    public var mean: Double
    /// The standard deviation, a fraction.
    public var deviation: Double?

    /// A figure.
    public init(_ mean: Double, deviation: Double? = nil) {
      self.mean = mean
      self.deviation = deviation
    }

    /// Percentages: `85.44` or `85.44 ± 0.31`.
    public var text: String {
      let mean = NumberText.percent(mean)
      return deviation.map { mean + " \u{00B1} " + NumberText.percent($0) } ?? mean
    }
  }

  /// Where a figure comes from.
  ///
  /// A figure that nobody checked against a source has no place in a report.
  public enum Evidence: Sendable, Equatable {
    /// Measured by this program; the report says how to repeat it.
    case measured
    /// Read in the named source.
    case read(String)
  }

  /// A row of the results table.
  public struct Row: Sendable, Equatable {
    /// The method.
    public var method: String
    /// Heading of the block in which the row stands; rows of a block follow each other.
    public var block: String?
    /// mAP of all classes.
    public var total: Measure?
    /// mAP of the head classes.
    public var head: Measure?
    /// mAP of the medium classes.
    public var medium: Measure?
    /// mAP of the tail classes.
    public var tail: Measure?
    /// Where the figures come from.
    public var evidence: Evidence
    /// A remark.
    public var note: String?

    /// A row.
    public init(
      method: String, block: String? = nil, total: Measure? = nil, head: Measure? = nil,
      medium: Measure? = nil, tail: Measure? = nil, evidence: Evidence = .measured,
      note: String? = nil
    ) {
      self.method = method
      self.block = block
      self.total = total
      self.head = head
      self.medium = medium
      self.tail = tail
      self.evidence = evidence
      self.note = note
    }

    /// Total, head, medium, tail.
    public var measures: [Measure?] { [total, head, medium, tail] }
  }
}
