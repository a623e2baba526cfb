// BaselineTests - what must hold of the compared methods, whatever the numbers.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import CLIP
import Support
import Tensors
import Testing
import Weights

@testable import PromptTuning

@Suite("baselines")
struct BaselineTests {
  private func method(_ name: Method) throws -> (any Trainable, BaselineTwin) {
    let twin = try BaselineTwin()
    var options = TrainingOptions(dataset: "voc-lt", method: name)
    options.contextCount = 4
    return (try options.makeMethod(model: twin.training.model, classes: twin.classes), twin)
  }

  @Test("places that match equally well are averaged, padding is not")
  func pooling() {
    let values = Tensor([1, 2, 3, 10], shape: [1, 4, 1])
    let equal = Tensor([0.3, 0.3, 0.3, 0.3], shape: [1, 4, 1])
    #expect(pooled(values, by: equal, sharpness: 50).values == [4])
    let present = Tensor([1, 1, 1, 0], shape: [1, 4, 1])
    #expect(pooled(values, by: equal, sharpness: 50, present: present).values == [2])
    // e^(50 (0.9 - 0.3)) = e^30: the best place takes all.
    let sharp = Tensor([0.3, 0.9, 0.3, 0.3], shape: [1, 4, 1])
    #expect(abs(pooled(values, by: sharp, sharpness: 50)[0, 0] - 2) < 1e-6)
  }

  @Test("DualCoOp with the same prompt on both sides is undecided")
  func undecided() throws {
    var (dual, twin) = try method(.dualcoop)
    dual.parameters = [dual.parameters[0], dual.parameters[0].detached.tracked()]
    var options = TrainingOptions(dataset: "voc-lt", method: .dualcoop)
    options.contextCount = 4
    let z = try dual.predictor()(twin.batch(0, options).images)
    #expect(z.values.allSatisfy { $0 == 0 })
  }

  @Test("CoCoOp whose net says nothing is CoOp with that context")
  func unconditional() throws {
    var (conditional, twin) = try method(.cocoop)
    for index in 3...4 {
      conditional.parameters[index] = Tensor.zeros(conditional.parameters[index].shape).tracked()
    }
    var options = TrainingOptions(dataset: "voc-lt", method: .coop)
    options.contextInit = "a photo of a"
    let plain = try options.makeMethod(model: twin.training.model, classes: twin.classes)
    let images = try twin.batch(0, options).images
    #expect(try conditional.predictor()(images).values == plain.predictor()(images).values)
  }

  @Test("LTML's branches that agree cost what they classify, and predict as either")
  func agreement() throws {
    var (branches, twin) = try method(.ltml)
    branches.parameters = (0..<8).map { branches.parameters[$0 % 4].detached.tracked() }
    let options = TrainingOptions(dataset: "voc-lt", method: .ltml)
    let batch = try twin.batch(0, options)
    let losses = try branches.losses(of: batch)
    #expect(losses.total.item == losses.cls.item)
    let z = try branches.predictor()(batch.images)
    let (weight, bias) = (branches.parameters[0].detached, branches.parameters[1].detached)
    #expect(z.values == linear(batch.images.features, weight: weight, bias: bias).values)
  }

  @Test("a caption's tokens end in its feature")
  func everyPosition() throws {
    let twin = try BaselineTwin()
    let (tower, tokenizer) = (twin.training.model.text, try Tokenizer.clip())
    let captions = try Captions(
      twin.training.captions, alignment: .sentence, detail: .everyToken, tokenizer: tokenizer,
      tower: tower)
    let plain = try Captions(
      twin.training.captions, alignment: .sentence, tokenizer: tokenizer, tower: tower)
    // The last layer runs on all rows at once, or on the end rows alone.
    expectClose(
      try #require(captions.features).values, try #require(plain.features).values, atol: 2e-6,
      rtol: 1e-6)
    let present = try #require(captions.present)
    #expect(present.values.reduce(0, +) == Float(captions.tokens.joined().count))
  }

  @Test("a fine-tuned tower starts as the frozen one")
  func towerReplaced() throws {
    let (tuned, twin) = try method(.finetune)
    let options = TrainingOptions(dataset: "voc-lt", method: .finetune)
    let images = try twin.batch(0, options).images
    let pixels = try #require(images.pixels)
    let parameters = tuned.parameters.suffix(2).map(\.detached)
    let expected = linear(
      twin.training.model.encodeImages(pixels), weight: parameters[0], bias: parameters[1])
    #expect(try tuned.predictor()(images).values == expected.values)
  }

  @Test("a batch without what the method looks at is an error, not a trap")
  func missingInputs() throws {
    for (name, code) in [
      (Method.dualcoop, "method.input-missing"), (.finetune, "method.input-missing"),
      (.ltml, "method.second-batch-missing"), (.taiDPT, "method.captions-not-prepared"),
    ] {
      let (trained, _) = try method(name)
      let batch = TrainingBatch(
        images: ImageBatch(features: .ones([2, 32])), labels: .zeros([2, 5]))
      let error = #expect(throws: MethodError.self) { try trained.losses(of: batch) }
      #expect(error?.code == code)
    }
  }

  @Test("options are the same after a way through JSON", arguments: Method.all)
  func optionsRoundTrip(name: Method) throws {
    let options = TrainingOptions(dataset: "coco-lt", method: name)
    #expect(try TrainingOptions(json: .object(options.fields)) == options)
    #expect(options.mu == 0.2)
  }

  @Test(
    "every constant of a loss acts, and outside its range it is named",
    arguments: [
      ("alpha", Loss.dbl), ("beta", .dbl), ("gamma", .dbl), ("neg_scale", .dbl),
      ("kappa", .dbl), ("focal", .dbl), ("gamma_neg", .asl), ("gamma_pos", .asl),
      ("margin", .dbl), ("weight_gamma", .dbl), ("lam", .dbl),
    ])
  func constants(name: String, loss: Loss) throws {
    var options = TrainingOptions(dataset: "voc-lt")
    (options.loss, options.contextCount) = (loss, 4)
    let field = try #require(TrainingOptions.table.first { $0.name == name })
    let twin = try BaselineTwin()
    func total(_ options: TrainingOptions) throws -> Float {
      let method = try options.makeMethod(model: twin.training.model, classes: twin.classes)
      return try method.losses(of: twin.batch(0, options)).total.item
    }
    let before = try total(options)
    // A margin below every distance would change nothing.
    #expect(field.set(name == "margin" ? "2" : "0.45", in: &options))
    #expect(try total(options) != before)
    let kept = options
    for word in ["-1e9", "nan", "0.45x", ""] { #expect(!field.set(word, in: &options), "\(word)") }
    #expect(options == kept)
  }

  @Test("CoOp's schedule: one epoch at 1e-5, then a cosine")
  func warmup() {
    var schedule = Schedule(.warmupCosine, initialRate: 2e-3, epochs: 50)
    var rates = [schedule.firstRate]
    for _ in 0..<3 { rates.append(schedule.step(metric: 0, rate: rates.last ?? 0)) }
    // Dassl: epoch e >= 1 has lr (1 + cos(pi (e - 1) / 50)) / 2.
    let expected = [1e-5, 2e-3, 0.0019980267284282716, 0.0019921147013144782]
    expectClose(rates, expected, atol: 0, rtol: 1e-12)
  }
}

@Suite("the order of an epoch")
struct EpochOrderTests {
  @Test("class-aware sampling draws torch's numbers")
  func againstTorch() throws {
    let file = try Safetensors.read(Fixtures.path("training/baselines.safetensors"))
    let members = try #require(try JSON.parse(file.metadata["members"] ?? "").array).map {
      ($0.array ?? []).compactMap(\.int)
    }
    var (order, mirroring) = (Generator(seed: 5), Generator(seed: 6))
    let drawn = EpochOrder(
      .classAware, count: 60, members: members, order: &order, mirroring: &mirroring)
    #expect(drawn.rows == (try #require(file["class-aware"]).integers()))
    // Four classes in turn: each exactly a quarter of the draws.
    #expect(drawn.rows.filter { $0 == 1 }.count >= 15)
  }

  @Test("uniform sampling shows each image once")
  func uniform() {
    var (order, mirroring) = (Generator(seed: 1), Generator(seed: 2))
    let drawn = EpochOrder(
      .uniform, count: 50, members: [], order: &order, mirroring: &mirroring)
    #expect(drawn.rows.sorted() == Array(0..<50))
    #expect(drawn.mirrored.contains(true) && drawn.mirrored.contains(false))
  }
}

@Suite("written prompts")
struct TemplateTests {
  @Test("eighty templates with the whole name, or the released cut with its first word")
  func texts() {
    let all = TemplateSet.ensemble.texts(for: "traffic light")
    #expect(all.count == 80 && Set(all).count == 80)
    #expect(all[1] == "a photo of many traffic light.")
    #expect(TemplateSet.single.texts(for: "dog") == ["a photo of a dog."])
    #expect(
      TemplateSet.released.texts(for: "traffic light") == [
        "a bad photo of a traffic. a photo of many traffic. a sculpture of a traffic."
      ])
  }
}
