// EpochRecord - what one epoch of a run measured, in memory and in a checkpoint.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// What one epoch measured.
public struct EpochRecord: Sendable, Equatable {
  /// From 1.
  public let epoch: Int
  /// Mean of E8 over the training images.
  public let loss: Double
  /// Mean of the classification loss.
  public let cls: Double
  /// Mean of E6; 0 when it is not in the loss.
  public let cse: Double
  /// The learning rate it was trained with.
  public let learningRate: Double
  /// mAP on the held-out training images; nil without any.
  public let validation: Double?
  /// mAP on the test images; it decides nothing unless `--select test` says so.
  public let test: Double
  /// Seconds since the run began.
  public let seconds: Double
  /// The same of head, medium and tail; empty in the record of an older version.
  public var byGroup = GroupFigures()
}

extension EpochRecord {
  /// The names under which a checkpoint keeps the values.
  static let columns = [
    "epoch", "loss", "cls", "cse", "lr", "validation_map", "test_map", "seconds",
  ]

  /// The values under `columns`.
  var values: [Double?] {
    [Double(epoch), loss, cls, cse, learningRate, validation, test, seconds]
  }

  var json: JSON {
    .object(
      zip(Self.columns, values).map { name, value in
        (name, name == "epoch" ? .integer(epoch) : value.map { .number($0) } ?? .null)
      }
        + GroupFigures.columns.compactMap { column in
          byGroup[column].map { (column.name, .number($0)) }
        })
  }

  /// Reads a record back.
  package init(json: JSON) throws {
    func number(_ key: String) throws -> Double {
      guard let value = json[key]?.double else {
        throw RunError.notARun(missing: "'\(key)' of an epoch")
      }
      return value
    }
    guard let epoch = json["epoch"]?.int else {
      throw RunError.notARun(missing: "'epoch' of an epoch")
    }
    self.init(
      epoch: epoch, loss: try number("loss"), cls: try number("cls"),
      cse: try number("cse"), learningRate: try number("lr"),
      validation: json["validation_map"]?.double, test: try number("test_map"),
      seconds: try number("seconds"), byGroup: GroupFigures { json[$0]?.double })
  }
}
