// Encoder - image features of ViT-B/16, and the text tower forward and back to the context.
// SPDX-License-Identifier: Apache-2.0

import CLIP
import Tensors

enum EncoderWork {
  /// One image of 224 x 224 through ViT-B/16: 17.56 billion multiply-adds.
  static let imageOperations = 35.1e9
  /// One prompt of 77 positions through the text tower: 2.98 billion multiply-adds.
  static let promptOperations = 5.96e9

  /// Image features at batch 1 and 16.
  static func images() throws -> [Work] {
    let path = try RandomModel.vitB16()
    let model = try CLIPModel.load(path: path)
    return [1, 16].map { batch in
      let pixels = random([batch, 3, 224, 224])
      return Work(
        name: "encoder ViT-B/16 batch \(batch)",
        amount: .operations(imageOperations * Double(batch)),
        run: { _ = model.encodeImages(pixels) }, request: "encoder \(path) \(batch)")
    }
  }

  /// Text features and the gradient of the shared context: 16 context tokens, a class name of two
  /// tokens, so 21 positions; the twin as released runs 77, truncated it runs ours.
  static func textSteps() throws -> [Work] {
    let path = try RandomModel.vitB16()
    let tower = try CLIPModel.load(path: path).text
    let (context, length, end) = (16, 22, 21)
    let width = tower.architecture.width
    return [20, 80].flatMap { classes -> [Work] in
      let prefix = random([classes, 1, width])
      let suffix = random([classes, length - 1 - context, width])
      let start = random([context, width])
      let upstream = random([classes, 512])
      let ends = [Int](repeating: end, count: classes)
      let run = {
        let leaf = start.tracked()
        let shared = leaf.reshaped([1, context, width]).expanded(to: [classes, context, width])
        let features = tower(concatenate([prefix, shared, suffix], axis: 1), endPositions: ends)
        _ = gradients(of: features, in: [leaf], upstream: upstream)
      }
      // Backward to the input only, so twice the forward; the positions that are computed.
      let operations = 2 * promptOperations * Double(classes) * Double(length) / 77
      return [77, length].map { positions in
        Work(
          name: "text-step \(classes) classes, peer at \(positions)",
          amount: .operations(operations),
          run: run, request: "text-step \(path) \(classes) \(positions) \(end)")
      }
    }
  }

  static func random(_ shape: [Int]) -> Tensor {
    let values = Operand(shape.reduce(1, *))
    return Tensor(shape: shape) { $0.update(from: values.base, count: values.count) }
  }
}
