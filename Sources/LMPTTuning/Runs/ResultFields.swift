// ResultFields - results under the names of metrics.json and of the command contract.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import LMPTTensors

extension TrainingResult {
  /// The result as `metrics.json` and `--json` give it.
  package func json(options: TrainingOptions, features: DatasetFeatures) -> JSON {
    var fields = evaluation.fields(features.dataset.classNames)
    fields.append(("epoch", .integer(epoch)))
    fields.append(("selection", .string(options.effectiveSelection.label)))
    fields.append(("kernel", .string(KernelSet.current.name)))
    fields.append(("train_images", .integer(features.dataset.train.count)))
    fields.append(("test_images", .integer(features.dataset.test.count)))
    fields.append(("skipped_images", .array(features.skipped.map { .string($0) })))
    if let threshold {
      fields.append(
        (
          "label_threshold",
          .object([
            ("value", .number(threshold.value)), ("of1", .number(threshold.overallF1)),
          ])
        ))
    }
    if let best = history.max(by: { $0.test < $1.test }) {
      // The released rule's figure, named as what it is.
      fields.append(
        (
          "best_test_epoch_overstates",
          .object([("epoch", .integer(best.epoch)), ("map", .number(best.test))])
        ))
    }
    fields.append(("diagnostics", diagnostics.json(features.dataset.classNames)))
    return .object(fields)
  }
}

extension Evaluation {
  /// The metrics of an evaluation, under the names of the command contract.
  package func fields(_ classNames: [String]) -> [(key: String, value: JSON)] {
    [("scores", .string(kind.rawValue))] + map.fields
      + [
        ("ap", .array(map.perClass.map { .number($0) })),
        ("map_of_present", map.ofPresent.map { .number($0) } ?? .null),
        ("classes_without_test_images", .array(map.absent.map { .string(classNames[$0]) })),
      ] + predictions.fields
  }
}

extension ResultColumn {
  /// The column's name in metrics.json and in the command contract.
  package var key: String { self == .total ? "map" : name }
}

extension MeanAveragePrecision {
  /// The mean of all classes and of each group, null for a group without classes.
  package var fields: [(key: String, value: JSON)] {
    ResultColumn.all.map { column in (column.key, self[column].map { .number($0) } ?? .null) }
  }
}

extension PredictionMetrics {
  /// CP to OF1 under the names of the command contract.
  package var fields: [(key: String, value: JSON)] {
    [
      ("cp", .number(classPrecision)), ("cr", .number(classRecall)), ("cf1", .number(classF1)),
      ("op", .number(overallPrecision)), ("or", .number(overallRecall)),
      ("of1", .number(overallF1)),
    ]
  }
}
