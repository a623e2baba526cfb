// TrainingRunTests - test images decide nothing unless `--select test`; rates and the kept epoch
// follow the metric that the options name.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite("what a run depends on")
struct TrainingRunTests {
  let few: FewPictures

  init() throws { few = try FewPictures() }

  /// Other labels, other pictures, another order of the test list.
  private var changed: [(name: String, dataset: LongTailDataset)] {
    let test = few.dataset.test
    let labels = test.indices.map { index in
      ListedImage(path: test[index].path, labels: test[(index + 7) % test.count].labels)
    }
    return [
      ("labels", few.with(test: labels)), ("pictures", few.with(test: few.others)),
      ("order", few.with(test: test.reversed())),
    ]
  }

  @Test(
    "test labels, pictures and their order change no tensor, no rate and no kept epoch",
    arguments: [(EpochSelection.validation, 0.3), (.validation, 0), (.last, 0.3), (.last, 0)])
  func testImages(selection: EpochSelection, validation: Double) throws {
    let options = FewPictures.options(selection, validation: validation)
    let whole = try few.result(options)
    #expect(Set(whole.rates).count > 2, "the rate never dropped twice, so this would say little")
    for (name, dataset) in changed {
      let other = try few.result(options, on: dataset)
      #expect(other.values == whole.values, "\(name)")
      #expect(other.rates == whole.rates, "\(name)")
      #expect(other.epoch == whole.epoch, "\(name)")
      #expect(other.history.map(\.loss) == whole.history.map(\.loss), "\(name)")
      #expect(other.history.map(\.validation) == whole.history.map(\.validation), "\(name)")
      #expect(other.threshold == whole.threshold, "\(name)")
      if name != "order" {
        #expect(other.history.map(\.test) != whole.history.map(\.test), "\(name)")
      }
    }
  }

  @Test("with `--select test` other test images give other rates, another epoch, other tensors")
  func selectTest() throws {
    let options = FewPictures.options(.test)
    let whole = try few.result(options)
    for (name, dataset) in changed where name != "order" {
      let other = try few.result(options, on: dataset)
      #expect(other.rates != whole.rates, "\(name)")
      #expect(other.epoch != whole.epoch, "\(name)")
      #expect(other.values != whole.values, "\(name)")
    }
  }

  @Test(
    "rates are torch's ReduceLROnPlateau on held-out mAP, on the training loss, or on test mAP",
    arguments: [
      (EpochSelection.validation, 0.3), (.validation, 0), (.test, 0.3), (.test, 0), (.last, 0.3),
      (.last, 0),
    ])
  func watched(selection: EpochSelection, validation: Double) throws {
    let result = try few.result(FewPictures.options(selection, validation: validation))
    let history = result.history
    #expect(history.allSatisfy { ($0.validation == nil) == (validation == 0) })
    let expected: [Double]
    if selection == .test {
      expected = plateau(history.map(\.test), from: 0.1)
    } else if validation > 0 {
      expected = plateau(try history.map { try #require($0.validation) }, from: 0.1)
    } else {
      expected = plateau(history.map { -$0.loss }, from: 0.1)
    }
    // The product of the same two numbers on both sides.
    #expect(result.rates == expected)
    #expect(Set(expected).count > 2, "the rate never dropped twice")
  }

  /// The rate of each epoch, as torch's page describes it: mode `max`, threshold 1e-4 relative to the
  /// best, patience 5, factor 0.1, minimum 1e-7. A loss comes with its sign turned.
  private func plateau(_ metrics: [Double], from rate: Double) -> [Double] {
    var rates = [rate]
    var (best, bad) = (-Double.infinity, 0)
    for metric in metrics.dropLast() {
      if best == -.infinity || metric - best > 1e-4 * abs(best) {
        (best, bad) = (metric, 0)
      } else {
        bad += 1
      }
      guard let last = rates.last else { continue }
      rates.append(bad > 5 ? max(last * 0.1, 1e-7) : last)
      if bad > 5 { bad = 0 }
    }
    return rates
  }

  @Test(
    "the kept epoch is the first best one, and its tensors are those of a run that ends there",
    arguments: [(EpochSelection.validation, 0.3), (.test, 0.3), (.test, 0), (.last, 0.3)])
  func kept(selection: EpochSelection, validation: Double) throws {
    let options = FewPictures.options(selection, validation: validation)
    let result = try few.result(options)
    let metrics: [Double] =
      switch selection {
      case .validation: try result.history.map { try #require($0.validation) }
      case .test: result.history.map(\.test)
      case .last: result.history.map { Double($0.epoch) }
      }
    let best = try #require(metrics.max())
    let first = try #require(metrics.firstIndex(of: best)) + 1
    #expect(result.epoch == first)
    if selection != .last { #expect(first < options.epochs, "the last epoch says little") }
    // Neither the order nor a plateau depends on how many epochs are left.
    var short = options
    (short.epochs, short.schedule) = (first, .plateau)
    var ended = try TrainingRun(
      model: few.model, features: few.features(), options: short, folder: nil)
    _ = try ended.run()
    #expect(result.values == ended.state.tensors.map(\.value))
    #expect(result.evaluation.map.total == result.history[first - 1].test)
  }

  @Test("without an epoch nothing is kept but the start")
  func noEpoch() throws {
    var run = try TrainingRun(
      model: few.model, features: few.features(), options: FewPictures.options(epochs: 0),
      folder: nil)
    let start = run.method.parameters.map(\.values)
    let result = try run.run()
    #expect(result.epoch == 0 && result.history.isEmpty && result.values == start)
  }

  @Test("an epoch's losses are means over images, with an uneven last batch")
  func losses() throws {
    var options = FewPictures.options(validation: 0.3, epochs: 2)
    options.batch = 12
    var run = try TrainingRun(
      model: few.model, features: few.features(), options: options, folder: nil)
    let count = run.split.train.count
    #expect(count % 12 > 1 && count % 12 < 11, "\(count)")
    var sums: [[Double]] = [[0, 0, 0], [0, 0, 0]]
    let result = try run.run { progress in
      #expect(progress.epochs == 2 && progress.steps == (count + 11) / 12)
      // What is left of the run at the speed so far, nothing after the last step.
      let left = (3 - progress.epoch) * count - min(progress.step * 12, count)
      let told = progress.secondsLeft * progress.imagesPerSecond
      #expect(abs(told - Double(left)) <= 1e-9 * Double(left), "step \(progress.step)")
      let images = Double(progress.step == progress.steps ? count % 12 : 12)
      let parts = [progress.losses.cls, progress.losses.cse, progress.losses.total]
      for (index, part) in parts.enumerated() {
        sums[progress.epoch - 1][index] += Double(part) * images
      }
    }
    for (record, sum) in zip(result.history, sums) {
      // The same additions in the same order.
      #expect(
        [record.losses.cls, record.losses.cse, record.losses.total]
          == sum.map { $0 / Double(count) })
    }
  }

  @Test("the validation figure is the mAP of held-out pictures as they are, by brute force")
  func validationFigure() throws {
    let features = try few.features()
    var run = try TrainingRun(
      model: few.model, features: features, options: FewPictures.options(epochs: 3), folder: nil)
    let result = try run.run()
    let held = run.split.validation
    let logits = try features.trainImages.logits(held, run.method.predictor())
    let classes = few.dataset.classNames.count
    var sum = 0.0
    for c in 0..<classes {
      let scores = held.indices.map { logits.values[$0 * classes + c] }
      let shows = held.map { few.dataset.train[$0].labels.contains(c) }
      // Mean over the positives of the precision among those that score as high.
      let precisions = held.indices.filter { shows[$0] }.map { positive in
        let above = held.indices.filter { scores[$0] >= scores[positive] }
        return Double(above.filter { shows[$0] }.count) / Double(above.count)
      }
      if !precisions.isEmpty { sum += precisions.reduce(0, +) / Double(precisions.count) }
    }
    let best = result.history[result.epoch - 1]
    // Double sums of the same ratios in another order.
    #expect(abs(try #require(best.validation) - sum / Double(classes)) < 1e-12)
  }

  @Test("groups are those of the whole training list, with the borders that the description says")
  func groups() throws {
    let few = few.dataset
    // The rarest count that is above the least; held-out images would move its class down.
    let border = try #require(Set(few.counts).sorted().dropFirst().first)
    let spec = DatasetSpec(
      name: "few", train: few.spec.train, test: few.spec.test, captions: few.spec.captions,
      labels: few.spec.labels, groups: GroupLimits(head: border + 1, medium: border))
    let dataset = LongTailDataset(
      spec, root: few.root, classNames: few.classNames, train: few.train, test: few.test,
      captions: few.captions)
    let result = try self.few.result(FewPictures.options(.last, epochs: 2), on: dataset)
    let last = try #require(result.history.last)
    let perClass = result.evaluation.map.perClass
    for (group, isMember) in [
      (ClassGroup.head, { $0 > border }), (.medium, { $0 == border }), (.tail, { $0 < border }),
    ] as [(ClassGroup, (Int) -> Bool)] {
      let members = perClass.indices.filter { isMember(few.counts[$0]) }
      try #require(!members.isEmpty, "no class of \(group) says little")
      let mean = members.reduce(0) { $0 + perClass[$1] } / Double(members.count)
      #expect(abs(try #require(last.byGroup.test[group]) - mean) < 1e-12, "\(group)")
      #expect(last.byGroup.validation[group] != nil)
    }
  }

  @Test("start, order, mirroring and split have seeds of their own: s, s + 1, s + 2, s + 3")
  func seeds() throws {
    var options = FewPictures.options()
    options.seed = 41
    let run = try TrainingRun(
      model: few.model, features: few.features(), options: options, folder: nil)
    let (classes, width) = (few.dataset.classNames.count, few.model.architecture.embedding)
    // torch.nn.Linear's range, 1 / sqrt(E), for W [C, E] and then b [C].
    var start = Generator(seed: 41)
    let bound = 1 / Float(width).squareRoot()
    let drawn = (0..<classes * (width + 1)).map { _ in (start.uniform() * 2 - 1) * bound }
    expectClose(run.method.parameters.flatMap(\.values), drawn, atol: 1e-8, rtol: 1e-6)
    #expect(run.state.order == Generator(seed: 42).snapshot)
    #expect(run.state.mirroring == Generator(seed: 43).snapshot)
    var fourth = Generator(seed: 44)
    #expect(
      run.split
        == ValidationSplit(few.dataset.train, classes: classes, fraction: 0.3, generator: &fourth))
    for other in [41, 42, 43] {
      var generator = Generator(seed: other)
      #expect(
        run.split
          != ValidationSplit(
            few.dataset.train, classes: classes, fraction: 0.3, generator: &generator))
    }
  }
}
