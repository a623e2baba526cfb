// Metrics - `lmpt metrics`: mAP and threshold metrics of stored scores.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import LMPTTuning
import LMPTWeights

extension Command {
  static let metrics = Command(
    name: "metrics",
    summary: "mAP, group means and precision/recall/F1 of stored scores",
    options: [
      .value("scores", "S.npy", "scores, float [images, classes]"),
      .value("labels", "Y.npy", "labels 0 or 1, [images, classes]"),
      .value("counts", "N.npy", "training images per class, for head, medium and tail"),
    ] + Option.evaluation,
    examples: [
      "lmpt metrics --scores scores.npy --labels labels.npy --json",
      "lmpt metrics --scores scores.npy --labels labels.npy --counts counts.npy --bootstrap 1000",
    ],
    run: runMetrics)
}

/// What can be wrong between the arrays given to `lmpt metrics`.
enum MetricsError: DiagnosticError {
  case notMatrix(shape: [Int])
  case empty(shape: [Int])
  case shapesDiffer(found: [Int], expected: [Int])
  case notFinite(row: Int, column: Int, value: Double)
  case notLabel(row: Int, column: Int, value: Double)
  case badCount(column: Int, value: Double)

  /// Code, what is wrong and where, and what to do.
  var diagnostic: Diagnostic {
    switch self {
    case .notMatrix(let shape):
      Diagnostic(
        "metrics.not-a-matrix", "the array has shape \(shape), not [images, classes]",
        hint: "scores and labels are [images, classes], counts [classes]")
    case .empty(let shape):
      Diagnostic(
        "metrics.empty", "the array is empty, shape \(shape)",
        hint: "scores and labels are [images, classes], counts [classes]")
    case .shapesDiffer(let found, let expected):
      Diagnostic(
        "metrics.shapes-differ", "the array has shape \(found), the scores need \(expected)",
        hint: "scores and labels are [images, classes], counts [classes]")
    case .notFinite(let row, let column, let value):
      Diagnostic(
        "metrics.not-finite",
        "the score of image \(row) for class \(column) is \(value)"
          + " (row \(row), column \(column), both from 0)",
        hint: "scores must be finite; a model that diverged has none to rank")
    case .notLabel(let row, let column, let value):
      Diagnostic(
        "metrics.not-a-label",
        "the label of image \(row) for class \(column) is \(value)"
          + " (row \(row), column \(column), both from 0)", hint: "labels are 0 or 1")
    case .badCount(let column, let value):
      Diagnostic(
        "metrics.bad-count", "the count of class \(column) is \(value) (from 0)",
        hint: "counts are numbers of images, 0 or more")
    }
  }
}

private func runMetrics(_ arguments: Arguments) throws -> Output {
  try arguments.expectNoOperands()
  let scoresPath = try arguments.required("scores")
  let labelsPath = try arguments.required("labels")
  let threshold = try arguments[Option.threshold]

  let scoreArray = try NPY.read(scoresPath)
  let labelArray = try NPY.read(labelsPath)
  let scores = scoreArray.doubles()
  let labels = labelArray.doubles()
  let shape = scoreArray.shape
  try inFile(scoresPath) {
    guard shape.count == 2 else { throw MetricsError.notMatrix(shape: shape) }
    guard !scores.isEmpty else { throw MetricsError.empty(shape: shape) }
    if let bad = scores.firstIndex(where: { !$0.isFinite }) {
      throw MetricsError.notFinite(row: bad / shape[1], column: bad % shape[1], value: scores[bad])
    }
  }
  try inFile(labelsPath) {
    guard labelArray.shape == shape else {
      throw MetricsError.shapesDiffer(found: labelArray.shape, expected: shape)
    }
    if let bad = labels.firstIndex(where: { $0 != 0 && $0 != 1 }) {
      throw MetricsError.notLabel(row: bad / shape[1], column: bad % shape[1], value: labels[bad])
    }
  }
  let counts = try arguments.string("counts").map { path in
    let array = try NPY.read(path)
    let counts = array.doubles()
    try inFile(path) {
      guard array.shape == [shape[1]] else {
        throw MetricsError.shapesDiffer(found: array.shape, expected: [shape[1]])
      }
      if let bad = counts.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
        throw MetricsError.badCount(column: bad, value: counts[bad])
      }
    }
    return counts
  }

  let map = MeanAveragePrecision(
    scores: scores, labels: labels, classes: shape[1], counts: counts)
  // In the scores' precision, as NumPy compares.
  let limit =
    switch scoreArray.dtype {
    case .f16: Double(HalfFloat.widen(half: HalfFloat.narrowToHalf(Float(threshold))))
    case .bf16: Double(HalfFloat.widen(bfloat: HalfFloat.narrowToBFloat(Float(threshold))))
    case .f32: Double(Float(threshold))
    default: threshold
    }
  let metrics = PredictionMetrics(
    scores: scores, labels: labels, classes: shape[1], rule: .threshold(limit))
  let extras = try EvaluationExtras(
    arguments, scores: scores, labels: labels, classes: shape[1], counts: counts)
  let checksum = counts.flatMap { map.checksum(counts: $0) }
  let means = ResultColumn.all.compactMap { column in
    map[column].map { "\(column.key.padded(to: 7)) \(percent($0))\n" }
  }
  return Output(
    json: JSON.object(
      map.fields + [
        ("ap", .array(map.perClass.map { .number($0) })),
        ("checksum", checksum.map { .number($0) } ?? .null),
      ] + metrics.fields + [("threshold", .number(threshold))] + extras.fields),
    text: means.joined() + "at score > \(threshold):\n\(predictionText(metrics))\n\(extras.text)")
}
