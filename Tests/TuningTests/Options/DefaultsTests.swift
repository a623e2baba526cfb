// DefaultsTests - published settings and constants, written down here and compared with the code's.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTMetrics
import LMPTImaging
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite("defaults")
struct DefaultsTests {
  private func setting(_ value: JSON) -> Setting? {
    value.string.map(Setting.word) ?? value.double.map(Setting.number)
  }

  @Test("every option of every method on every data set", arguments: Method.all)
  func options(method: Method) {
    #expect(PublishedSettings.methods.count == Method.all.count)
    for dataset in PublishedSettings.datasets {
      let fields = TrainingOptions(dataset: dataset, method: method).fields
      let found = Dictionary(uniqueKeysWithValues: fields.map { ($0.key, setting($0.value)) })
      let expected = PublishedSettings.of(method.name, on: dataset)
      #expect(found.keys.sorted() == expected.keys.sorted())
      for (key, value) in expected {
        #expect(found[key] == value, "\(method.name) on \(dataset): \(key)")
      }
    }
  }

  @Test("no data set and no method named: LMPT on VOC-LT")
  func bare() {
    #expect(TrainingOptions() == TrainingOptions(dataset: "voc-lt", method: .lmpt))
    #expect(TrainingOptions(dataset: "voc-lt") == TrainingOptions())
  }

  @Test("the mini benchmark's own settings and arms")
  func mini() {
    #expect(MiniBenchmark.arms.map(\.embedding) == [.none, .hinge, .margin, .softmargin])
    let changed: [String: Setting] = [
      "optimizer": "adam", "lr": 0.01, "schedule": "constant", "epochs": 30, "lam": 0.1,
      "weights_sum": "mean", "validation": 0.25, "seed": 7,
    ]
    for arm in MiniBenchmark.arms {
      var expected = PublishedSettings.lmpt.merging(changed) { $1 }
      expected["cseloss"] = .word(arm.embedding.rawValue)
      for (key, value) in MiniBenchmark.options(arm, seed: 7).fields {
        #expect(setting(value) == expected[key], "\(arm.name): \(key)")
      }
    }
  }

  @Test("what each method looks at, how its second batch is drawn, and where it is kept")
  func methods() {
    let views: [Method: ImageDetail] = [
      .dualcoop: .places(.added), .taiDPT: .places(.omitted), .cprfl: .places(.omitted),
      .mlcNC: .places(.omitted), .finetune: .pixels,
    ]
    for method in Method.all {
      #expect(method.sees == views[method] ?? .features, "\(method)")
      let second: [Method: Sampling] = [.ltml: .classAware, .bbn: .reversed]
      #expect(method.secondSampling == second[method])
      #expect(method.learnsFromCaptions == (method == .taiDPT))
      let prompts = [Method.lmpt, .coop, .cocoop, .dualcoop, .taiDPT, .lmclip].contains(method)
      #expect(method.tunesPrompts == prompts)
      #expect(method.resultFile == (prompts ? "prompts" : "classifier") + ".safetensors")
    }
  }

  @Test("the constants of the methods that no option changes")
  func constants() {
    #expect(DualCoOp.sharpness == 20 && DualCoOp.gain == 5 && DualCoOp.lossWeight == 0.03)
    #expect(TaIDPT.scale == 4)
    #expect(TaIDPT.captionSharpness == 50 && TaIDPT.imageSharpness == 40)
    #expect(LabelGraph.slope == 0.2 && LabelGraph.scale == 10 && LabelGraph.share == 0.2)
    #expect(LabelGraph.threshold == 0.4 && LabelGraph.edges == 0.25)
    #expect(CPRFL.heads == 8 && MLCNC.heads == 8)
    #expect(MLCNC.dimensions == 20 && MLCNC.alignment == 0.5)
    #expect(OLTR.reach == 10 && OLTR.nearest == 1e-4 && OLTR.scale == 16)
    #expect(ZeroShot.template == "a photo of a {}." && ZeroShot.imageNetTemplates.count == 80)
    #expect(TemplateSet.allCases.map { $0.texts(for: "cat").count } == [1, 80, 1])
    #expect(TemplateSet.released.texts(for: "cat")[0].count == 76)
    #expect(Tokenizer.contextLength == 77)
  }

  @Test("the constants of every named equation")
  func equations() {
    let balanced = [
      "total": nil, "alpha": "0.1", "beta": "10", "mu": "0.3", "lambda": "5", "kappa": "0.05",
      "focal": "2", "variant": "paper", "focal-term": "the variant's",
      "bias-scale": "the variant's",
      "factor": "the variant's",
    ]
    let focal = ["gamma": "2", "alpha": "0.5"]
    let weight = ["beta": "0.9", "mode": "by_class"]
    let expected: [String: [String: String?]] = [
      "prediction": ["scale": "100"], "sentence-distance": [:],
      "caption-distance": ["offset": "2", "reduction": "mean"], "instance-distance": [:],
      "class-margin": ["scale": "0.2", "counts": "images"],
      "class-weight": ["gamma": "2", "normalization": "sum", "counts": "images"],
      "embedding-loss": [
        "scale": "0.2", "gamma": "2", "normalization": "sum", "variant": "paper",
      ],
      "rebalance-weight": ["alpha": "0.1", "beta": "10", "mu": "0.3"], "class-bias": ["total": nil],
      "distribution-balanced-loss": balanced, "total-objective": ["lambda": "0.5"],
      "binary-cross-entropy": [:], "multilabel-soft-margin": [:], "focal-loss": focal,
      "asymmetric-loss": [
        "gamma_neg": "4", "gamma_pos": "0", "clip": "0.05", "eps": "1e-8", "gradient": "none",
        "reduction": "mean",
      ],
      "balanced-asymmetric-loss": [
        "total": nil, "gamma_neg": "4", "gamma_pos": "0", "clip": "0.05", "eps": "1e-8",
        "smoothing": "0.1", "rarity": "1.35",
      ],
      "class-balanced-weight": weight,
      "class-balanced-focal": weight.merging(focal) { $1 }.merging(["factor": "10"]) { $1 },
      "inverse-frequency-weight": ["total": nil, "power": "1"], "softmax-cross-entropy": [:],
      "ldam": ["margin": "0.5", "scale": "1"], "ranking": ["margin": "1"],
      "named-loss": balanced.merging(["name": "dbl"]) { $1 },
      "prompt-steps": balanced.merging(
        ["steps": "all", "lr": "5e-4", "momentum": "0.9", "weight_decay": "1e-4"]) { $1 },
    ]
    let all = Equation.all + [.promptSteps]
    #expect(all.map(\.name).sorted() == expected.keys.sorted())
    for equation in all {
      let found = Dictionary(
        uniqueKeysWithValues: equation.keys.map { ($0.name, $0.initial) })
      #expect(found == expected[equation.name], "\(equation.name)")
    }
  }

  @Test("calls without constants are calls with the published ones")
  func arguments() throws {
    let z = Tensor([1.5, -2, 0.25, -0.5, 3, -1.25], shape: [2, 3])
    let y = Tensor([1, 0, 0, 0, 1, 1], shape: [2, 3])
    let (n, d) = (Tensor([6, 240, 50]), Tensor([0.01, 0.02, 1, 0.5, 0.03, 0.9], shape: [2, 3]))
    var constants = BalancedConstants()
    (constants.alpha, constants.beta, constants.mu) = (0.1, 10, 0.3)
    (constants.negativeScale, constants.kappa, constants.focal) = (5, 0.05, 2)
    let pairs: [(String, Tensor, Tensor)] = [
      ("E4", try classMargin(n), try classMargin(n, scale: 0.2, counts: .images)),
      (
        "E5", try classWeight(n),
        try classWeight(n, gamma: 2, normalization: .sum, counts: .images)
      ),
      (
        "E6", try embeddingLoss(d, labels: y, margin: classMargin(n), weight: 1),
        try embeddingLoss(d, labels: y, margin: classMargin(n), weight: 1, reading: .paper)
      ),
      (
        "E7 weight", try rebalanceWeight(y, counts: n),
        try rebalanceWeight(y, counts: n, constants: constants)
      ),
      (
        "E7", try distributionBalancedLoss(z, labels: y, counts: n, images: 300),
        try distributionBalancedLoss(
          z, labels: y, counts: n, images: 300, constants: constants, reading: .paper)
      ),
      ("E8", try objective(2, 3), try objective(2, 3, lambda: 0.5)),
      (
        "asl", try asymmetricLoss(z, labels: y),
        try asymmetricLoss(
          z, labels: y, gammaNegative: 4, gammaPositive: 0, clip: 0.05, eps: 1e-8, gradient: .none,
          reduction: .mean)
      ),
      ("focal", try focalLoss(z, labels: y), try focalLoss(z, labels: y, gamma: 2, alpha: 0.5)),
      (
        "ldam", try ldamLoss(z, labels: y, counts: n),
        try ldamLoss(z, labels: y, counts: n, margin: 0.5, scale: 1)
      ),
      (
        "cb", try classBalancedWeight(y, counts: n),
        try classBalancedWeight(y, counts: n, beta: 0.9, mode: .byClass)
      ),
      (
        "inverse", try inverseFrequencyWeight(n, images: 300),
        try inverseFrequencyWeight(n, images: 300, power: 1)
      ),
      (
        "resample", try resampleLoss(z, labels: y),
        try resampleLoss(
          z, labels: y, lambda: 1, gamma: 2, alpha: 0.5, factor: 1, reading: .paper)
      ),
      (
        "bal", try balancedAsymmetricLoss(z, labels: y, counts: n, images: 300),
        try balancedAsymmetricLoss(
          z, labels: y, counts: n, images: 300, gammaNegative: 4, gammaPositive: 0, clip: 0.05,
          smoothing: 0.1, rarity: 1.35, eps: 1e-8)
      ),
      ("ranking", try rankingLoss(z, labels: y), try rankingLoss(z, labels: y, margin: 1)),
    ]
    for (name, bare, full) in pairs { #expect(bare.values == full.values, "\(name)") }
  }

  @Test("a loss by name has the constants of VOC-LT")
  func namedLoss() {
    let data = LossData(counts: Tensor([1]), images: 2)
    let loss = data.options.balanced
    #expect(
      [loss.alpha, loss.beta, loss.mu, loss.negativeScale, loss.kappa, loss.focal]
        == [0.1, 10, 0.3, 5, 0.05, 2])
    #expect([data[.gammaNegative], data[.gammaPositive]] == [4, 0] && data[.reading] == .paper)
  }

  @Test("Adam's constants by hand, and torch's defaults of SGD and the plateau")
  func optimisers() {
    for kind in [OptimizerKind.adam, .adamw] {
      // The first step is lr g / (|g| + eps): half of lr where g is eps = 1e-8.
      var optimizer = Optimizer(kind, learningRate: 0.5)
      let p = optimizer.step([Tensor([0])], gradients: [Tensor([1e-8])])
      #expect(abs(p[0][0] + 0.25) < 1e-5, "\(kind)")
      // Moments of one step with g = 1: 1 - 0.9 and 1 - 0.999.
      var other = Optimizer(kind, learningRate: 0.5)
      _ = other.step([Tensor([0])], gradients: [Tensor([1])])
      #expect(abs(other.state.firstMoments[0][0] - 0.1) < 1e-7)
      #expect(abs(other.state.secondMoments[0][0] - 0.001) < 1e-9)
    }
    let optimizer = Optimizer(.sgd, learningRate: 0.1)
    #expect(optimizer.momentum == 0.9 && optimizer.weightDecay == 0)
    let schedule = Schedule(.plateau, initialRate: 0.1, epochs: 3)
    #expect(schedule.mode == .max && schedule.patience == 5)
    #expect(schedule.factor == 0.1 && schedule.minimumRate == 1e-7)
    #expect(Schedule(.warmupCosine, initialRate: 2e-3, epochs: 3).firstRate == 1e-5)
  }

  @Test("groups of classes and the two recipes from pixels to input")
  func groups() {
    let groups = [100, 99, 20, 19, 1].map { ClassGroup(count: $0) }
    #expect(groups == [.head, .medium, .medium, .tail, .tail])
    #expect(Preprocessing.lmpt.mean == [0.485, 0.456, 0.406])
    #expect(Preprocessing.lmpt.standardDeviation == [0.229, 0.224, 0.225])
    #expect(Preprocessing.clip.mean == [0.48145466, 0.4578275, 0.40821073])
    #expect(Preprocessing.clip.standardDeviation == [0.26862954, 0.26130258, 0.27577711])
  }

  @Test("the readings by one name")
  func readings() {
    #expect(Reading.all.map(\.name) == ["paper", "upstream", "released"])
    #expect(Reading.all.map(\.isReleased) == [false, false, true])
    #expect(Reading.all.map(\.focal) == [.cell, .cell, .batch])
    #expect(Reading.all.map(\.bias) == [.kappa, .kappaOverLambda, .kappaOverLambda])
    #expect(Reading.all.map(\.factor) == [1, 2, 2])
  }
}
