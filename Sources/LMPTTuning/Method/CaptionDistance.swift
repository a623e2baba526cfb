// CaptionDistance - E3: how far the prompt of a class is from the caption of an image.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Which parts of a caption and of a prompt E3 compares: an open decision of the paper.
public enum CaptionAlignment: String, Sendable, CaseIterable {
  /// End-of-text feature of the caption against that of the prompt: what the paper's Fig. 2 draws.
  case sentence
  /// Each learnable instance token against the caption token that it meets; no padding.
  case tokens
  /// Every position of the padded rows, shifted by m, as released.
  case tokensAll = "tokens-all"
}

/// Caption distance between sentence features, the default of `paper`.
///
/// Equation E3:  d_ki = 1 - cos(e_k, p_i)
///
/// - Parameters:
///   - captions: e, features of the captions from the frozen text tower, shape [B, E].
///   - prompts: p, features of the class prompts from the same tower, shape [C, E].
/// - Returns: d, shape [B, C], in [0, 2].
/// - Throws: `ShapeError` when E disagrees.
///
/// Edge cases: a zero vector has distance 1 and no gradient.
/// Source: reconstructed from Fig. 2; the released code compares input tokens instead.
public func captionDistance(sentences captions: Tensor, prompts: Tensor) throws -> Tensor {
  try expectPair(captions, prompts, rank: 2)
  return cosineDistance(captions, prompts)  // [B, C]
}

/// Caption distance between token embeddings, every caption position against a shifted prompt one.
///
/// Equation E3-tokens-all:  d_ki = 1/(T-m) sum_{t < T-m} 1 - cos(e_k[t], p_i[t + m])
///
/// - Parameters:
///   - captions: e, token embeddings of padded captions, shape [B, T, D].
///   - prompts: p, token embeddings of padded prompts, shape [C, T, D].
///   - offset: m, tokens of the prompt that are not compared.
///   - reduction: mean over positions, or their sum as the released loss takes it.
/// - Returns: d, shape [B, C].
/// - Throws: `ShapeError` when T or D disagree; `MethodError.parameter` unless 0 <= m < T.
///
/// Edge cases: at m = 2 the caption's start token meets context token 1, and context token 0 gets
/// no gradient. Two padding tokens have distance 0.
/// Source: the released training loop.
public func captionDistance(
  tokens captions: Tensor, prompts: Tensor, offset: Int, reduction: Reduction = .mean
) throws -> Tensor {
  try expectPair(captions, prompts, rank: 3)
  let length = captions.shape[1]
  guard offset >= 0, offset < length else {
    throw MethodError.parameter(
      name: "offset", found: Double(offset), expected: "0 to \(length - 1)")
  }
  let e = captions.slice(0..<length - offset, axis: 1)  // [B, T-m, D]
  let p = prompts.slice(offset..<length, axis: 1)  // [C, T-m, D]
  let d = cosineDistance(e, p)  // [B, C, T-m]
  return reduction == .mean ? mean(d, axis: -1) : sum(d, axis: -1)  // [B, C]
}

/// Caption distance between instance tokens and the caption tokens they meet.
///
/// Equation E3-tokens:  d_ki = mean over j of 1 - cos(e_k[j - m + 1], v_i[j]),  m <= j < M,
/// as far as caption k has a token at position j - m + 1
///
/// - Parameters:
///   - captions: e, token embeddings of captions, start token first, shape [B, T, D].
///   - lengths: number of tokens of each caption, start and end included, shape B.
///   - instance: v, the instance tokens m...M-1 of each class, shape [C, M-m, D].
/// - Returns: d, shape [B, C].
/// - Throws: `ShapeError` when B or D disagree, or when T leaves no position to compare;
///   `MethodError.parameter` for a length below 2.
///
/// Edge cases: a caption without words still has its end token to compare with.
/// Source: the paper's split into general and instance tokens, with the released token alignment.
public func captionDistance(
  tokens captions: Tensor, lengths: [Int], instance: Tensor
) throws -> Tensor {
  guard captions.rank == 3, captions.shape[1] > 1, instance.rank == 3, instance.shape[1] > 0,
    instance.shape[2] == captions.shape[2], lengths.count == captions.shape[0]
  else {
    throw ShapeError(
      name: "captions", expected: [lengths.count, 77, instance.shape.last ?? 0],
      found: captions.shape)
  }
  if let short = lengths.first(where: { $0 < 2 }) {
    throw MethodError.parameter(
      name: "lengths", found: Double(short), expected: "2 or more: start and end token")
  }
  let positions = min(instance.shape[1], captions.shape[1] - 1)
  let e = captions.slice(1..<1 + positions, axis: 1)  // [B, J, D]
  let v = instance.slice(0..<positions, axis: 1)  // [C, J, D]
  let present = Tensor(
    lengths.flatMap { length in (0..<positions).map { $0 + 1 < length ? 1 : 0 as Float } },
    shape: [lengths.count, 1, positions])  // [B, 1, J]
  let d = cosineDistance(e, v) * present  // [B, C, J]
  return sum(d, axis: -1) / sum(present, axis: -1)  // [B, C]
}

/// Throws unless both have this rank and agree in all but the first axis.
private func expectPair(_ captions: Tensor, _ prompts: Tensor, rank: Int) throws {
  guard captions.rank == rank else {
    throw ShapeError(
      name: "captions", expected: [Int](repeating: 0, count: rank), found: captions.shape)
  }
  guard prompts.rank == rank, prompts.shape.dropFirst() == captions.shape.dropFirst() else {
    throw ShapeError(
      name: "prompts", expected: [prompts.shape.first ?? 0] + captions.shape.dropFirst(),
      found: prompts.shape)
  }
}

extension AnyTrainingOption {
  /// What E3 compares.
  public static var alignment: TrainingOption<CaptionAlignment> {
    TrainingOption(
      "alignment", CaptionAlignment.sentence, group: .embedding, tag: "E3",
      help: "E3: what is compared"
    )
  }
  /// m, where the instance tokens begin (`--m_ctx`).
  public static var instanceOffset: TrainingOption<Int> {
    TrainingOption(
      "m_ctx", "m", 2, in: 0...63, aliases: ["split"], group: .context, tag: "E3-tokens",
      help: "E3: where the instance tokens begin, for tokens and tokens-all")
  }
}
