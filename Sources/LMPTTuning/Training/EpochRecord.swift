// EpochRecord - what one epoch of a run measured, and under which names files keep it.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// What one epoch measured.
public struct EpochRecord: Sendable, Equatable {
  /// From 1.
  public let epoch: Int
  /// Means over the training images; that of E6 is 0 when it is not in the loss.
  public internal(set) var losses = LossParts(cls: 0.0, cse: 0.0, total: 0.0)
  /// The learning rate it was trained with.
  public internal(set) var learningRate = 0.0
  /// mAP on the held-out training images; nil without any.
  public internal(set) var validation: Double?
  /// mAP on the test images; it decides nothing unless `--select test` says so.
  public internal(set) var test = 0.0
  /// Seconds since the run began.
  public internal(set) var seconds = 0.0
  /// The same of head, medium and tail; empty in the record of an older version.
  public internal(set) var byGroup = GroupFigures()

  /// What was minimised: E8 for LMPT.
  public var loss: Double { losses.total }
}

extension EpochRecord {
  /// A figure: its names, and where the record keeps it.
  struct Column: Sendable {
    /// In CSV and JSON lines.
    let name: String
    /// In a checkpoint.
    let saved: String
    /// In TensorBoard.
    let tag: String
    /// Whether a record may lack it.
    let isOptional: Bool
    let value: @Sendable (EpochRecord) -> Double?
    let set: @Sendable (inout EpochRecord, Double) -> Void

    fileprivate init(
      _ name: String, tag: String, _ path: WritableKeyPath<EpochRecord, Double> & Sendable
    ) {
      (self.name, saved, self.tag, isOptional) = (name, name, tag, false)
      value = { $0[keyPath: path] }
      set = { $0[keyPath: path] = $1 }
    }

    fileprivate init(
      _ name: String, saved: String, tag: String,
      _ path: WritableKeyPath<EpochRecord, Double?> & Sendable
    ) {
      (self.name, self.saved, self.tag, isOptional) = (name, saved, tag, true)
      value = { $0[keyPath: path] }
      set = { $0[keyPath: path] = $1 }
    }

    fileprivate init(_ group: GroupFigures.Column) {
      (name, saved, tag, isOptional) = (group.name, group.name, group.tag, true)
      value = { $0.byGroup[group] }
      set = { $0.byGroup[group] = $1 }
    }
  }

  /// The figures of all classes.
  static let figures: [Column] = [
    Column("loss", tag: "loss/total", \.losses.total), Column("cls", tag: "loss/cls", \.losses.cls),
    Column("cse", tag: "loss/cse", \.losses.cse), Column("lr", tag: "lr", \.learningRate),
    Column("val_map", saved: "validation_map", tag: "map/validation", \.validation),
    Column("test_map", tag: "map/test", \.test), Column("seconds", tag: "time/seconds", \.seconds),
  ]

  /// Those of head, medium and tail, behind the others, where older files end.
  static let groups = GroupFigures.columns.map { Column($0) }

  /// Reads a record back.
  ///
  /// - Parameters:
  ///   - json: the record.
  ///   - name: which of its names a figure has there.
  /// - Throws: `RunError.notARun` naming a figure that is missing or no number.
  init(json: JSON, by name: (Column) -> String) throws {
    guard let epoch = json["epoch"]?.int else {
      throw RunError.notARun(missing: "'epoch' of an epoch")
    }
    self.init(epoch: epoch)
    for column in Self.figures + Self.groups {
      if let value = json[name(column)]?.double {
        column.set(&self, value)
      } else if !column.isOptional {
        throw RunError.notARun(missing: "'\(name(column))' of an epoch")
      }
    }
  }

  /// The record of a checkpoint.
  package init(json: JSON) throws { try self.init(json: json, by: \.saved) }

  /// The record for a checkpoint.
  var json: JSON {
    var fields: [(key: String, value: JSON)] = [("epoch", .integer(epoch))]
    for column in Self.figures {
      fields.append((column.saved, column.value(self).map(JSON.number) ?? .null))
    }
    for column in Self.groups {
      if let value = column.value(self) { fields.append((column.saved, .number(value))) }
    }
    return .object(fields)
  }
}
