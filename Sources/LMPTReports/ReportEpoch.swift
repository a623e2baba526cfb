// ReportEpoch - what a page knows of an epoch.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

extension Report {
  /// What a run reports at the end of an epoch; a figure that a method does not have is nil.
  package struct Epoch: Sendable, Equatable {
    /// Number of finished epochs, from 1; 0 is the state before training.
    package var epoch: Int
    /// Mean of the total objective (E8).
    package var loss: Double?
    /// Mean of the classification loss (E7 or its replacement).
    package var cls: Double?
    /// Mean of the class-specific embedding loss (E6).
    package var cse: Double?
    /// Learning rate of the epoch's first step.
    package var learningRate: Double?
    /// mAP on the validation part of the training images, a fraction.
    package var validation: Double?
    /// mAP on the test images, a fraction.
    package var test: Double?
    /// Seconds since the run began.
    package var seconds: Double?
    /// mAP of each group on the validation part, fractions.
    package var validationGroups: [Group: Double] = [:]
    /// mAP of each group on the test images, fractions.
    package var testGroups: [Group: Double] = [:]
    /// Of the negatives of each group, the share with an active hinge in E6.
    package var activeMargins: [Group: Double] = [:]

    /// An epoch's record.
    package init(
      epoch: Int, loss: Double? = nil, cls: Double? = nil, cse: Double? = nil,
      learningRate: Double? = nil, validation: Double? = nil, test: Double? = nil,
      seconds: Double? = nil
    ) {
      self.epoch = epoch
      self.loss = loss
      self.cls = cls
      self.cse = cse
      self.learningRate = learningRate
      self.validation = validation
      self.test = test
      self.seconds = seconds
    }
  }
}

extension Report.Epoch {
  /// What is known of each group: the first word of its name in files, and where it is kept.
  package static let groupFigures:
    [(
      name: String, path: WritableKeyPath<Report.Epoch, [Report.Group: Double]> & Sendable
    )] = [
      ("val", \.validationGroups), ("test", \.testGroups), ("active", \.activeMargins),
    ]

  /// The figures of the groups under their names in files, such as `test_tail`.
  private var groupMembers: [(String, Double?)] {
    Self.groupFigures.flatMap { name, path in
      Report.Group.allCases.map { ("\(name)_\($0.rawValue)", self[keyPath: path][$0]) }
    }
  }

  /// An object under the names that the logs of a run use; figures that are nil are left out.
  var json: JSON {
    let figures = [
      ("loss", loss), ("cls", cls), ("cse", cse), ("lr", learningRate), ("val_map", validation),
      ("test_map", test), ("seconds", seconds),
    ]
    return .object(
      [("epoch", .integer(epoch))]
        + (figures + groupMembers).compactMap { name, value in value.map { (name, .number($0)) } })
  }
}
