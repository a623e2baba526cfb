// TrainingOptionsTests - no option decides numbers in secret: each is in the table, written and read.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSelfTest
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite("options of a run")
struct TrainingOptionsTests {
  /// Another value for every option than the default's.
  static let others: [(name: String, value: JSON)] = [
    ("method", "coop"), ("n_ctx", 8), ("m_ctx", 3), ("ctx_init", "a photo"),
    ("class_token_position", "middle"), ("context", "shared"), ("loss_function", "asl"),
    ("variant", "released"), ("cseloss", "hinge"), ("alignment", "tokens"),
    ("captions", "released"), ("weights_sum", "mean"), ("weight_gamma", 1.5), ("margin", 0.3),
    ("lam", 0.25), ("alpha", 0.2), ("beta", 9.5), ("gamma", 0.4), ("neg_scale", 4.5),
    ("kappa", 0.1), ("focal", 1.5), ("gamma_neg", 3.5), ("gamma_pos", 1.5),
    ("smoothing", 0.2), ("rarity", 1.5), ("sampling", "class-aware"), ("consistency", 0.5),
    ("templates", "ensemble"), ("residual_scale", 0.25), ("adapter_ratio", 0.5),
    ("prior_strength", 2.5), ("cache_weight", 3.5), ("cache_sharpness", 4.5),
    ("contrast", 0.5), ("cls_weight", 0.6), ("optimizer", "adam"), ("lr", 0.001),
    ("momentum", 0.8), ("weight_decay", 0.001), ("schedule", "cosine"), ("batch_size", 32),
    ("epochs", 49), ("seed", 1), ("select", "test"), ("validation", 0.25), ("scores", "logit"),
  ]

  @Test("the table holds every option once, in the order of config.json")
  func complete() {
    #expect(Set(TrainingOptions.table.map(\.name)).count == Self.others.count)
    #expect(TrainingOptions().fields.map(\.key) == Self.others.map(\.name))
    #expect(TrainingOptions.table.map(\.name) == Self.others.map(\.name))
  }

  @Test("changing one option changes its own entry of config.json and no other", arguments: others)
  func oneByOne(name: String, value: JSON) throws {
    let start = TrainingOptions()
    var options = start
    let field = try #require(TrainingOptions.table.first { $0.name == name })
    #expect(field.set(value, &options))
    #expect(options != start)
    for (found, before) in zip(options.fields, start.fields) {
      #expect(found.key == before.key)
      #expect((found.value == before.value) == (found.key != name), "\(found.key)")
    }
    #expect(options.fields.first { $0.key == name }?.value == value)
    // As the file gives it back.
    let text = JSON.object(options.fields).text(pretty: true)
    #expect(try TrainingOptions(json: JSON.parse(Array(text.utf8))) == options)
  }

  @Test("the released reading alone brings its captions; upstream has another E7 and no more")
  func readings() throws {
    let variant = try #require(TrainingOptions.table.first { $0.name == "variant" })
    for (name, alignment, cut) in [
      ("paper", "sentence", "tokens"), ("upstream", "sentence", "tokens"),
      ("released", "tokens-all", "released"),
    ] {
      var options = TrainingOptions()
      try options.apply([(variant, .string(name))])
      let fields = options.fields
      #expect(fields.first { $0.key == "alignment" }?.value == .string(alignment), "\(name)")
      #expect(fields.first { $0.key == "captions" }?.value == .string(cut), "\(name)")
    }
  }

  @Test("a configuration without an option, or with a value it cannot have, is refused by name")
  func missing() throws {
    let fields = TrainingOptions().fields
    let open = Set(TrainingOptions.table.filter(\.group.isOpen).map(\.name))
    #expect(open.isSuperset(of: ["consistency", "smoothing", "rarity", "contrast", "cls_weight"]))
    #expect(open.isDisjoint(with: ["method", "lam", "gamma_neg", "sampling", "lr", "scores"]))
    for index in fields.indices {
      var some = fields
      let name = some.remove(at: index).key
      if TrainingOptions.table[index].group.isOpen {
        // An option of one method or newer loss, which older files may not know, has its declared
        // value.
        #expect(try TrainingOptions(json: .object(some)) == TrainingOptions())
      } else {
        #expect(throws: RunError.notARun(missing: "option '\(name)'")) {
          try TrainingOptions(json: .object(some))
        }
      }
      some = fields
      some[index].value = .bool(true)
      #expect(throws: RunError.notARun(missing: "option '\(name)'")) {
        try TrainingOptions(json: .object(some))
      }
    }
  }

  @Test("without held-out images `validation` keeps the last epoch, and the others what they say")
  func effectiveSelection() {
    var options = TrainingOptions()
    for (selection, fraction, expected) in [
      (EpochSelection.validation, 0.2, EpochSelection.validation), (.validation, 0, .last),
      (.test, 0, .test), (.test, 0.2, .test), (.last, 0, .last), (.last, 0.2, .last),
    ] {
      (options.selection, options.validationFraction) = (selection, fraction)
      #expect(options.effectiveSelection == expected)
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
    let twin = try MethodTwin()
    func total(_ options: TrainingOptions) throws -> Float {
      let method = try options.makeMethod(model: twin.training.model, classes: twin.classes)
      return try method.losses(of: twin.batch(0, options)).total.item
    }
    let before = try total(options)
    // A margin below every distance would change nothing.
    #expect(field.take(name == "margin" ? "2" : "0.45", in: &options))
    #expect(try total(options) != before)
    let kept = options
    for word in ["-1e9", "nan", "0.45x", ""] {
      #expect(!field.take(.string(word), in: &options), "\(word)")
    }
    #expect(options == kept)
  }

  @Test("options of which one side alone was set are compared with the default, from both sides")
  func oneSide() throws {
    let start = TrainingOptions()
    var same = start
    same.lambda = start.lambda
    #expect(same == start && start == same)
    var other = start
    other.lambda = start.lambda + 0.125
    #expect(other != start && start != other)
  }
}
