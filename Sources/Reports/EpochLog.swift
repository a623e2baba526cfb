// EpochLog - one record per epoch, in the three forms that other programs read.
// SPDX-License-Identifier: Apache-2.0

import Bytes

extension Report {
  /// What a run reports at the end of an epoch; a figure that a method does not have is nil.
  ///
  /// One list of columns serves CSV, JSON lines and TensorBoard, so they cannot drift apart.
  public struct Epoch: Sendable, Equatable {
    /// Number of finished epochs, from 1; 0 is the state before training.
    public var epoch: Int
    /// Mean of the total objective (E8).
    public var loss: Double?
    /// Mean of the classification loss (E7 or its replacement).
    public var cls: Double?
    /// Mean of the class-specific embedding loss (E6).
    public var cse: Double?
    /// Learning rate of the epoch's first step.
    public var learningRate: Double?
    /// mAP on the validation part of the training images, a fraction.
    public var validation: Double?
    /// mAP on the test images, a fraction.
    public var test: Double?
    /// Seconds since the run began.
    public var seconds: Double?

    /// An epoch's record.
    public init(
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

/// The forms of an epoch's record.
public enum EpochLog {
  /// A figure: its name in CSV and JSON, its tag in TensorBoard, and where it is kept.
  struct Column: Sendable {
    let name: String
    let tag: String
    let value: @Sendable (Report.Epoch) -> Double?
  }

  static let columns: [Column] = [
    Column(name: "loss", tag: "loss/total") { $0.loss },
    Column(name: "cls", tag: "loss/cls") { $0.cls },
    Column(name: "cse", tag: "loss/cse") { $0.cse },
    Column(name: "lr", tag: "lr") { $0.learningRate },
    Column(name: "val_map", tag: "map/validation") { $0.validation },
    Column(name: "test_map", tag: "map/test") { $0.test },
    Column(name: "seconds", tag: "time/seconds") { $0.seconds },
  ]

  /// The first line of the CSV file.
  public static var csvHeader: String {
    CSV.line([.text("epoch")] + columns.map { .text($0.name) })
  }

  /// A line of the CSV file.
  public static func csvLine(_ epoch: Report.Epoch) -> String {
    CSV.line(
      [.integer(epoch.epoch)] + columns.map { $0.value(epoch).map(CSV.Cell.number) ?? .empty })
  }

  /// An object with the same names; figures that are nil are left out.
  public static func json(_ epoch: Report.Epoch) -> JSON {
    var object = JSON.Object([(key: "epoch", value: .integer(epoch.epoch))])
    for column in columns {
      if let value = column.value(epoch) { object[column.name] = .number(value) }
    }
    return .object(object)
  }

  /// A line of the JSON lines file.
  public static func jsonLine(_ epoch: Report.Epoch) -> String { JSONLines.line(json(epoch)) }

  /// A record to append to a TensorBoard event file that begins with `EventFile.header`.
  public static func events(_ epoch: Report.Epoch, wallTime: Double) -> [UInt8] {
    let values = columns.compactMap { column in
      column.value(epoch).map { (tag: column.tag, value: Float($0)) }
    }
    return EventFile.scalars(values, step: epoch.epoch, wallTime: wallTime)
  }
}
