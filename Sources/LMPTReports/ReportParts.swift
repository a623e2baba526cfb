// ReportParts - the parts of a report that explain its figures.
// SPDX-License-Identifier: Apache-2.0

extension Report {
  /// Figures of one class.
  package struct ClassResult: Sendable, Equatable {
    /// The class.
    package var name: String
    /// Training images that show it.
    package var count: Int
    /// Its group.
    package var group: Group
    /// Average precision per method, in the order of `Report.methods`; fractions.
    package var ap: [Double?]
    /// The class-aware soft margin (E4).
    package var margin: Double?
    /// The class weight (E5).
    package var weight: Double?

    /// Figures of a class.
    package init(
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
  package struct Run: Sendable, Equatable {
    /// The run.
    package var name: String
    /// Its epochs in order.
    package var epochs: [Epoch]
    /// The epoch that was kept; nil where nobody says.
    package var kept: Int?

    /// A run.
    package init(name: String, epochs: [Epoch], kept: Int? = nil) {
      self.name = name
      self.epochs = epochs
      self.kept = kept
    }

    /// How long it took, in seconds.
    var seconds: Double? { epochs.last?.seconds }
  }

  /// The runs of a comparison, and the settings in which they differ.
  package struct Comparison: Sendable, Equatable {
    /// A run.
    package struct Entry: Sendable, Equatable {
      /// Its folder's name and its figures.
      package var result: Row
      /// Its settings, in the order of `settings`; nil where it has none of that name.
      package var values: [String?]
      /// The epoch that was kept.
      package var kept: Int?
      /// How long it took.
      package var seconds: Double?

      /// A run.
      package init(result: Row, values: [String?], kept: Int? = nil, seconds: Double? = nil) {
        (self.result, self.values, self.kept, self.seconds) = (result, values, kept, seconds)
      }
    }

    /// Names of the settings that differ.
    package var settings: [String]
    /// The runs, in the order in which they were given.
    package var runs: [Entry]

    /// A comparison.
    package init(settings: [String], runs: [Entry]) {
      (self.settings, self.runs) = (settings, runs)
    }
  }

  /// Precision-recall curves of one class.
  package struct ClassCurves: Sendable, Equatable {
    /// A point of a curve.
    package struct Point: Sendable, Equatable {
      /// Share of the class's images found.
      package var recall: Double
      /// Share of the found images that show the class.
      package var precision: Double

      /// A point.
      package init(recall: Double, precision: Double) {
        self.recall = recall
        self.precision = precision
      }
    }

    /// The curve of one method.
    package struct Curve: Sendable, Equatable {
      /// The method.
      package var method: String
      /// Average precision, a fraction.
      package var ap: Double?
      /// Points by rising recall.
      package var points: [Point]

      /// A curve.
      package init(method: String, ap: Double? = nil, points: [Point]) {
        self.method = method
        self.ap = ap
        self.points = points
      }
    }

    /// The class.
    package var name: String
    /// Its group.
    package var group: Group
    /// One curve per method.
    package var curves: [Curve]

    /// A class's curves.
    package init(name: String, group: Group, curves: [Curve]) {
      self.name = name
      self.group = group
      self.curves = curves
    }
  }

  /// An ablation: which parts of the method each arm uses, and what it reaches.
  package struct Ablation: Sendable, Equatable {
    /// One arm.
    package struct Arm: Sendable, Equatable {
      /// Which components it uses, in the order of `components`.
      package var uses: [Bool]
      /// Its row.
      package var result: Row

      /// An arm.
      package init(uses: [Bool], result: Row) {
        self.uses = uses
        self.result = result
      }
    }

    /// Names of the components.
    package var components: [String]
    /// The arms in order.
    package var arms: [Arm]

    /// An ablation.
    package init(components: [String], arms: [Arm]) {
      self.components = components
      self.arms = arms
    }
  }

  /// An image with its labels and what the methods say about it.
  package struct Example: Sendable, Equatable {
    /// A class and its score in [0, 1].
    package struct Score: Sendable, Equatable {
      /// The class.
      package var name: String
      /// The score, for instance the softmax probability, and the length of its bar; none where it
      /// is no number.
      package var value: Double
      /// What a page prints instead of the score in %; a report's file does not keep it.
      package var text: String?

      /// A score.
      package init(_ name: String, _ value: Double) {
        self.name = name
        self.value = value
      }
    }

    /// The best scores of one method.
    package struct Decision: Sendable, Equatable {
      /// The method.
      package var method: String
      /// Scores, the best first.
      package var scores: [Score]

      /// A decision.
      package init(method: String, scores: [Score]) {
        self.method = method
        self.scores = scores
      }
    }

    /// Bytes of a JPEG or PNG file; anything else is not shown.
    package var image: [UInt8]
    /// The file's name or another way to find the image again.
    package var name: String
    /// True labels.
    package var labels: [String]
    /// Labels whose score is above a threshold; nil where scores only rank.
    package var predicted: [String]?
    /// One decision per method.
    package var decisions: [Decision]

    /// An example.
    package init(
      image: [UInt8], name: String, labels: [String], predicted: [String]? = nil,
      decisions: [Decision]
    ) {
      (self.image, self.name) = (image, name)
      (self.labels, self.predicted) = (labels, predicted)
      self.decisions = decisions
    }
  }

  /// Vocabulary words nearest to a learned context.
  package struct ContextWords: Sendable, Equatable {
    /// The word nearest to one context token.
    package struct Word: Sendable, Equatable {
      /// The word.
      package var text: String
      /// Its distance from the token.
      package var distance: Double

      /// A word.
      package init(_ text: String, distance: Double) {
        self.text = text
        self.distance = distance
      }
    }

    /// The class whose context this is, or a name for a shared one.
    package var owner: String
    /// One word per context token.
    package var words: [Word]

    /// The words of a context.
    package init(owner: String, words: [Word]) {
      self.owner = owner
      self.words = words
    }
  }
}
