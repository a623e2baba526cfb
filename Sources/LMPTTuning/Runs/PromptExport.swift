// PromptExport - tuned prompts as arrays that CoOp's and the paper's PyTorch code load.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTensors
import LMPTWeights

/// Tuned prompts with the fixed tokens around them, as a CoOp prompt learner keeps them.
package struct PromptExport: Sendable {
  /// The tuned vectors: [M, D] shared by all classes, or [C, M, D].
  package let context: Tensor
  /// The embedding of the start of text for each class, [C, 1, D].
  package let prefix: Tensor
  /// The embeddings behind the context, class name to padding, [C, T - 1 - M, D].
  package let suffix: Tensor

  /// Puts the fixed tokens around tuned vectors.
  ///
  /// - Parameters:
  ///   - context: shape [M, D] or [C, M, D].
  ///   - placeholders: for each class the ids of its prompt with M placeholders behind the start,
  ///     unpadded or padded with 0, inside the vocabulary.
  ///   - text: the text tower whose embeddings they are.
  package init(context: Tensor, placeholders: [[Int32]], text: TextTransformer) {
    let m = context.shape[context.rank - 2]
    let (positions, width) = (text.contextLength, text.architecture.width)
    let rows = placeholders.map { ids in
      text.embed(
        ids.prefix(positions) + [Int32](repeating: 0, count: max(0, positions - ids.count))
      )
      .reshaped([1, positions, width])
    }
    let all = concatenate(rows)  // [C, T, D]
    self.context = context.detached
    prefix = all.slice(0..<1, axis: 1)
    suffix = all.slice(1 + m..<positions, axis: 1)
  }

  /// The tuned vectors alone: one array `ctx`, for safetensors and npy.
  package var tuned: [NamedArray] { [NamedArray("ctx", context)] }

  /// The state dict of CoOp's prompt learner: `ctx`, `token_prefix`, `token_suffix`.
  package var coOp: [NamedArray] {
    [
      NamedArray("ctx", context), NamedArray("token_prefix", prefix),
      NamedArray("token_suffix", suffix),
    ]
  }

  /// The state dict of the paper's whole model, as its `load_state_dict` wants it: the prompt
  /// learner, both towers without the token embedding, and the scale.
  ///
  /// - Parameter model: the model that the prompts were tuned for.
  /// - Returns: the arrays, the towers in their stored number formats.
  /// - Throws: `ModelError` when the model's file cannot be rewritten.
  package func authors(_ model: CLIPModel) throws(ModelError) -> [NamedArray] {
    var arrays = coOp.map { $0.renamed("prompt_learner.\($0.name)") }
    for array in try model.tensors.arrays(in: .openAI) {
      if array.name.hasPrefix("visual.") {
        arrays.append(array.renamed("image_encoder." + array.name.dropFirst(7)))
        if array.name.hasSuffix(".running_var") {
          // torch's BatchNorm2d has a counter too; it plays no part with frozen statistics.
          let norm = array.name.dropFirst(7).dropLast("running_var".count)
          arrays.append(
            NamedArray("image_encoder.\(norm)num_batches_tracked", integers: [0], shape: []))
        }
      } else if array.name == "logit_scale" {
        arrays.append(array)
      } else if array.name != "token_embedding.weight" {
        arrays.append(array.renamed("text_encoder." + array.name))
      }
    }
    return arrays
  }
}
