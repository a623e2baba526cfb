// AttentionPool - attention with one query: the mean of all places asks the places.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// The last layer of CLIP's residual networks.
///
/// x = [mean; places] + positions; out = c_proj(softmax(q(x_0) k(x)^T / 8) v(x)), per head.
///
/// With one query, keys and values need not be formed (an exact regrouping of the same sums):
/// q . (K x_t + b) = (K^T q) . x_t + const, and the constant cancels in the softmax; and
/// sum_t p_t (V x_t + b) = V (sum_t p_t x_t) + b. That is 50 times less work for 49 places.
struct AttentionPool: Sendable {
  let heads: Int
  let positionalEmbedding: Tensor  // [1 + P, W]
  let query: Linear
  let keys: [Tensor]  // per head [W / heads, W]
  let value: Linear
  let values: [Tensor]  // per head [W / heads, W]
  let output: Linear

  /// - Parameter x: places after the last residual stage, shape [N, P, W].
  /// - Returns: shape [N, E].
  func callAsFunction(_ x: Tensor) -> Tensor {
    let (count, width) = (x.shape[0], x.shape[2])
    let tokens = withMean(x) + positionalEmbedding  // [N, 1 + P, W]
    let q = query(tokens.slice(0..<1, axis: 1)).reshaped([count, width])  // [N, W]
    let size = width / heads
    let scale = 1 / Float(size).squareRoot()
    let asked = keys.enumerated().map { head, k in  // K^T q per head
      (matmul(q.slice(head * size..<(head + 1) * size, axis: 1), k) * scale)
        .reshaped([count, 1, width])
    }
    let questions = concatenate(asked, axis: 1)  // [N, H, W]
    let gathered = (0..<count).map { n in
      let places = tokens.slice(n..<n + 1).reshaped([tokens.shape[1], width])  // [1 + P, W]
      let question = questions.slice(n..<n + 1).reshaped([heads, width])
      let p = softmax(matmul(question, places, .none, .transposed))  // [H, 1 + P]
      return matmul(p, places).reshaped([1, heads, width])
    }
    let weighted = concatenate(gathered)  // [N, H, W]
    let answers = values.enumerated().map { head, v in
      matmul(
        weighted.slice(head..<head + 1, axis: 1).reshaped([count, width]), v, .none, .transposed)
    }
    return output(concatenate(answers, axis: 1) + value.bias)  // [N, E]
  }

  /// c_proj(v(x)) at the mean and at every place, without attention.
  ///
  /// - Parameters:
  ///   - x: shape [N, P, W].
  ///   - positions: whether the positional embedding is added.
  /// - Returns: shape [N, 1 + P, E].
  func everywhere(_ x: Tensor, positions: ModifiedResNet.Positions) -> Tensor {
    let tokens = withMean(x)
    return output(value(positions == .added ? tokens + positionalEmbedding : tokens))
  }

  /// The mean over all places, then the places: [N, 1 + P, W].
  private func withMean(_ x: Tensor) -> Tensor {
    let average = mean(x, axis: 1).reshaped([x.shape[0], 1, x.shape[2]])
    return concatenate([average, x], axis: 1)
  }
}

extension AttentionPool {
  /// Reads `visual.attnpool`.
  init(_ tensors: ModelTensors, _ architecture: ImageArchitecture) throws(ModelError) {
    let (prefix, width) = ("visual.attnpool", 32 * architecture.width)
    let grid = architecture.size / 32
    heads = architecture.heads
    positionalEmbedding = try tensors.tensor(
      "\(prefix).positional_embedding", [grid * grid + 1, width])
    query = try Linear(tensors, "\(prefix).q_proj", width, width)
    let key = try Linear(tensors, "\(prefix).k_proj", width, width)
    value = try Linear(tensors, "\(prefix).v_proj", width, width)
    output = try Linear(tensors, "\(prefix).c_proj", architecture.embedding, width)
    let size = width / heads
    let ranges = (0..<heads).map { $0 * size..<($0 + 1) * size }
    keys = ranges.map { key.weight.slice($0) }
    values = ranges.map { [value] in value.weight.slice($0) }
  }
}
