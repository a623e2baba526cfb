// ReportParts - the parts of a report that explain its figures.
// SPDX-License-Identifier: Apache-2.0

extension Report {
  /// Figures of one class.
  public struct ClassResult: Sendable, Equatable {
    /// The class.
    public var name: String
    /// Training images that show it.
    public var count: Int
    /// Its group.
    public var group: Group
    /// Average precision per method, in the order of `Report.methods`; fractions.
    public var ap: [Double?]
    /// The class-aware soft margin (E4).
    public var margin: Double?
    /// The class weight (E5).
    public var weight: Double?

    /// Figures of a class.
    public init(
      name: String, count: Int, group: Group, ap: [Double?] = [], margin: Double? = nil,
      weight: Double? = nil
    ) {
      self.name = name
      self.count = count
      self.group = group
      self.ap = ap
      self.margin = margin
      self.weight = weight
    }
  }

  /// A run's training curves.
  public struct Run: Sendable, Equatable {
    /// The run.
    public var name: String
    /// Its epochs in order.
    public var epochs: [Epoch]

    /// A run.
    public init(name: String, epochs: [Epoch]) {
      self.name = name
      self.epochs = epochs
    }
  }

  /// Precision-recall curves of one class.
  public struct ClassCurves: Sendable, Equatable {
    /// A point of a curve.
    public struct Point: Sendable, Equatable {
      /// Share of the class's images found.
      public var recall: Double
      /// Share of the found images that show the class.
      public var precision: Double

      /// A point.
      public init(recall: Double, precision: Double) {
        self.recall = recall
        self.precision = precision
      }
    }

    /// The curve of one method.
    public struct Curve: Sendable, Equatable {
      /// The method.
      public var method: String
      /// Average precision, a fraction.
      public var ap: Double?
      /// Points by rising recall.
      public var points: [Point]

      /// A curve.
      public init(method: String, ap: Double? = nil, points: [Point]) {
        self.method = method
        self.ap = ap
        self.points = points
      }
    }

    /// The class.
    public var name: String
    /// Its group.
    public var group: Group
    /// One curve per method.
    public var curves: [Curve]

    /// A class's curves.
    public init(name: String, group: Group, curves: [Curve]) {
      self.name = name
      self.group = group
      self.curves = curves
    }
  }

  /// An ablation: which parts of the method each arm uses, and what it reaches.
  public struct Ablation: Sendable, Equatable {
    /// One arm.
    public struct Arm: Sendable, Equatable {
      /// Which components it uses, in the order of `components`.
      public var uses: [Bool]
      /// Its row.
      public var result: Row

      /// An arm.
      public init(uses: [Bool], result: Row) {
        self.uses = uses
        self.result = result
      }
    }

    /// Names of the components.
    public var components: [String]
    /// The arms in order.
    public var arms: [Arm]

    /// An ablation.
    public init(components: [String], arms: [Arm]) {
      self.components = components
      self.arms = arms
    }
  }

  /// An image with its labels and what the methods say about it.
  public struct Example: Sendable, Equatable {
    /// A class and its score in [0, 1].
    public struct Score: Sendable, Equatable {
      /// The class.
      public var name: String
      /// The score, for instance the softmax probability.
      public var value: Double

      /// A score.
      public init(_ name: String, _ value: Double) {
        self.name = name
        self.value = value
      }
    }

    /// The best scores of one method.
    public struct Decision: Sendable, Equatable {
      /// The method.
      public var method: String
      /// Scores, the best first.
      public var scores: [Score]

      /// A decision.
      public init(method: String, scores: [Score]) {
        self.method = method
        self.scores = scores
      }
    }

    /// Bytes of a JPEG or PNG file; anything else is not shown.
    public var image: [UInt8]
    /// The file's name or another way to find the image again.
    public var name: String
    /// True labels.
    public var labels: [String]
    /// One decision per method.
    public var decisions: [Decision]

    /// An example.
    public init(image: [UInt8], name: String, labels: [String], decisions: [Decision]) {
      self.image = image
      self.name = name
      self.labels = labels
      self.decisions = decisions
    }
  }

  /// Vocabulary words nearest to a learned context.
  public struct ContextWords: Sendable, Equatable {
    /// The word nearest to one context token.
    public struct Word: Sendable, Equatable {
      /// The word.
      public var text: String
      /// Its distance from the token.
      public var distance: Double

      /// A word.
      public init(_ text: String, distance: Double) {
        self.text = text
        self.distance = distance
      }
    }

    /// The class whose context this is, or a name for a shared one.
    public var owner: String
    /// One word per context token.
    public var words: [Word]

    /// The words of a context.
    public init(owner: String, words: [Word]) {
      self.owner = owner
      self.words = words
    }
  }
}
