// GroupFigures - what an epoch measured of head, medium and tail.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics

/// What an epoch measured of each group; a group without the figure has no entry.
public struct GroupFigures: Sendable, Equatable {
  /// mAP on the held-out training images; empty without any.
  public var validation: [ClassGroup: Double] = [:]
  /// mAP on the test images.
  public var test: [ClassGroup: Double] = [:]
  /// The share of active hinges in E6 among the negatives of a group's classes, over the epoch's
  /// batches; empty without E6.
  public var activeMargins: [ClassGroup: Double] = [:]
}

extension GroupFigures {
  /// A figure of one group.
  package struct Column: Sendable {
    /// Its name in files: `val_tail`, `test_tail`, `active_tail`.
    package let name: String
    /// Its tag in TensorBoard.
    let tag: String
    /// Where it is kept.
    let figure: WritableKeyPath<GroupFigures, [ClassGroup: Double]> & Sendable
    /// Whose it is.
    let group: ClassGroup
  }

  /// Every figure, in the order of files.
  package static let columns: [Column] =
    columns("val", "map_validation", \.validation) + columns("test", "map_test", \.test)
    + columns("active", "active_margins", \.activeMargins)

  private static func columns(
    _ name: String, _ tag: String,
    _ figure: WritableKeyPath<GroupFigures, [ClassGroup: Double]> & Sendable
  ) -> [Column] {
    ClassGroup.allCases.map { group in
      Column(
        name: "\(name)_\(group.rawValue)", tag: "\(tag)/\(group.rawValue)", figure: figure,
        group: group)
    }
  }

  /// The figure of a column; nil where there is none.
  package subscript(column: Column) -> Double? {
    get { self[keyPath: column.figure][column.group] }
    set { self[keyPath: column.figure][column.group] = newValue }
  }
}
