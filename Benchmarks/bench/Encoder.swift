// Encoder - pictures through ViT-B/16, and the text tower forward and back to the context.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTuning
import LMPTTensors

enum EncoderWork {
  /// One image of 224 x 224 through ViT-B/16: 17.56 billion multiply-adds.
  static let imageOperations = 35.1e9

  /// ViT-B/16 at a batch size, for the topic "growth"; "encoder" has work of its own (`TowerWork`).
  static func transformer(_ batch: Int) throws -> Work {
    let tower = try ImageEncoder.load(path: try RandomModel.vitB16()).encoder
    let pixels = random([batch, 3, 224, 224])
    return Work(
      name: "encoder ViT-B/16 batch \(batch)",
      amount: .operations(imageOperations * Double(batch)),
      run: { _ = tower(pixels) })
  }

  /// Text features and the gradient of the context, with the twin as released, at 77 positions,
  /// and truncated to the longest prompt as ours.
  static func textSteps() throws -> [Work] {
    try [ContextSharing.shared, .classSpecific].flatMap { sharing in
      try [20, 80].flatMap { classes in
        try [77, 0].map { try textStep(classes, context: 16, sharing, peerPositions: $0) }
      }
    }
  }

  /// Class features forward, and back to the context; the twin runs `peerPositions`, or with 0 as
  /// many as the longest prompt has.
  static func textStep(
    _ classes: Int, context: Int, _ sharing: ContextSharing, peerPositions: Int
  ) throws -> Work {
    let path = try RandomModel.vitB16()
    let tower = try CLIPModel.load(path: path).text
    let learner = try learner(classes, context: context, sharing, tower)
    let upstream = random([classes, 512])
    let positions = peerPositions == 0 ? learner.length : peerPositions
    let owner = sharing == .shared ? "shared" : "own"
    let ends = learner.endPositions.map(String.init).joined(separator: ",")
    return Work(
      name: "text-step \(classes) classes, \(owner) context of \(context), peer at \(positions)",
      amount: .items(Double(classes)),
      run: {
        let features = tower(
          learner.prompts(), endPositions: learner.endPositions,
          sharedPrefix: learner.sharedPrefix)
        _ = gradients(of: features, in: [learner.context], upstream: upstream)
      }, request: "text-step \(path) \(classes) \(context) \(owner) \(positions) \(ends)",
      // The overview has no peer: without one both numbers of its positions are the same work.
      isLong: peerPositions == 0 || (classes == 80 && sharing == .classSpecific))
  }

  /// Prompts of the first published names, repeated where there are more classes.
  private static func learner(
    _ classes: Int, context: Int, _ sharing: ContextSharing, _ tower: TextTransformer
  ) throws -> PromptLearner {
    let names = classes <= 20 ? ClassNames.voc : ClassNames.coco
    var generator = Generator(seed: 0)
    return try PromptLearner(
      classNames: (0..<classes).map { names[$0 % names.count] }, start: .random(count: context),
      sharing: sharing, tokenEmbedding: tower.tokenEmbedding, tokenizer: try Tokenizer.clip(),
      generator: &generator)
  }

  static func random(_ shape: [Int]) -> Tensor {
    let values = Operand(shape.reduce(1, *))
    return Tensor(shape: shape) { $0.update(from: values.base, count: values.count) }
  }
}
