// TrainingRun+Selection - the end of an epoch: measured, perhaps kept, and the next learning rate.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTTensors

extension TrainingRun {
  /// Measures the epoch, keeps its tensors if it is the best, and sets the next learning rate.
  mutating func finishEpoch(seconds: Double) throws {
    let count = Double(split.train.count)
    let heldOut = try evaluateHeldOut()?.map
    let tested = try evaluateTest().map
    let (validation, test) = (heldOut?.total, tested.total)
    let losses = state.sums.map { $0 / count }
    state.epoch += 1
    state.step = 0
    state.history.append(
      EpochRecord(
        epoch: state.epoch, losses: losses, learningRate: optimizer.learningRate,
        validation: validation, test: test, seconds: seconds,
        byGroup: GroupFigures(
          validation: heldOut?.groups ?? [:], test: tested.groups,
          activeMargins: state.margins?.shares(features.dataset.groups) ?? [:])))
    state.sums = LossParts(cls: 0, cse: 0, total: 0)
    state.margins = nil
    let metric =
      switch options.effectiveSelection {
      case .validation: validation ?? Double(state.epoch)
      case .test: test
      case .last: Double(state.epoch)
      }
    if metric > state.bestMetric ?? -.infinity {
      state.bestMetric = metric
      state.bestEpoch = state.epoch
      for (index, value) in method.parameters.enumerated() {
        state.tensors[index].best = value.values
      }
    }
    let watched = options.selection == .test ? test : validation ?? losses.total
    optimizer.learningRate = schedule.step(metric: watched, rate: optimizer.learningRate)
  }

  private func evaluate(
    _ table: ImageTable, _ rows: [Int], _ list: [ListedImage]
  ) throws -> Evaluation {
    try Evaluation(
      logits: table.logits(rows, method.predictor()), labels: features.dataset.multiHot(list),
      counts: features.dataset.counts, kind: options.scores,
      limits: features.dataset.spec.groups)
  }

  private func evaluateTest() throws -> Evaluation {
    try evaluate(
      features.testImages, Array(0..<features.testImages.count), features.dataset.test)
  }

  /// The held-out images; nil without any.
  private func evaluateHeldOut() throws -> Evaluation? {
    let held = split.validation
    guard !held.isEmpty else { return nil }
    return try evaluate(
      features.trainImages, held, held.map { features.dataset.train[$0] })
  }

  /// The threshold of labels with the highest F1 on the held-out images; nil without any.
  private func chooseThreshold() throws -> LabelThreshold? {
    try evaluateHeldOut().flatMap { measured in
      LabelThreshold(
        scores: measured.scores.values.map(Double.init),
        labels: measured.labels.values.map(Double.init))
    }
  }

  mutating func result() throws -> TrainingResult {
    method.parameters = state.tensors.map { Tensor($0.best, shape: $0.shape).tracked() }
    let tensors =
      zip(method.names, method.parameters.map(\.detached)).map { ($0, $1) }
      + method.keptBuffers + method.derived
    let evaluation = try evaluateTest()
    return TrainingResult(
      tensors: tensors, epoch: state.bestEpoch, history: state.history, evaluation: evaluation,
      threshold: try chooseThreshold(),
      diagnostics: RunDiagnostics(
        evaluation, tuned: tensors.first { $0.0 == "text_features" }?.1,
        dataset: features.dataset, model: model))
  }
}
