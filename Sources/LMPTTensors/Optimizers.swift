// Optimizers - SGD, Adam and AdamW with torch's exact update rules.
// SPDX-License-Identifier: Apache-2.0

import LMPTNumbers

/// The update rule that turns gradients into new parameters.
public enum OptimizerKind: String, Sendable, CaseIterable {
  /// torch.optim.SGD with momentum (no dampening, no Nesterov).
  case sgd
  /// torch.optim.Adam: weight decay is added to the gradient.
  case adam
  /// torch.optim.AdamW: weight decay shrinks the parameter itself.
  case adamw
}

/// An optimiser over a fixed list of parameters, with torch's order of operations. By
/// default the momentum is 0.9 and nothing decays, for every rule.
///
/// Adam's constants are torch's: beta1 0.9, beta2 0.999, eps 1e-8.
public struct Optimizer: Sendable {
  /// The update rule.
  public let kind: OptimizerKind
  /// The step size; schedules change it between epochs.
  public var learningRate: Double
  /// SGD's momentum.
  public let momentum: Double
  /// Weight decay.
  public let weightDecay: Double
  /// What earlier steps left behind.
  public struct State: Sendable, Equatable {
    /// Steps taken.
    package var steps = 0
    /// SGD's momentum buffers or Adam's first moments, one per parameter; empty before the first step.
    package var firstMoments: [[Float]] = []
    /// Adam's second moments, one per parameter; empty for SGD.
    package var secondMoments: [[Float]] = []

    /// No step was taken.
    package init() {}
  }
  /// What earlier steps left behind; an interrupted run goes on from it.
  public var state = State()

  /// An optimiser that has taken no step.
  public init(
    _ kind: OptimizerKind, learningRate: Double, momentum: Double = 0.9, weightDecay: Double = 0
  ) {
    self.kind = kind
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
  }

  /// Takes one step.
  ///
  /// - Parameters:
  ///   - parameters: the current leaves, always in the same order.
  ///   - gradients: their gradients, in the same shapes.
  /// - Returns: the new leaves, tracked.
  public mutating func step(_ parameters: [Tensor], gradients: [Tensor]) -> [Tensor] {
    require(
      parameters.map(\.shape) == gradients.map(\.shape),
      "gradients \(gradients.map(\.shape)) of parameters \(parameters.map(\.shape))")
    state.steps += 1
    if state.firstMoments.isEmpty {
      state.firstMoments = parameters.map { [Float](repeating: 0, count: $0.count) }
      if kind != .sgd { state.secondMoments = state.firstMoments }
    }
    return zip(parameters, gradients).enumerated().map { index, pair in
      var values = pair.0.values
      pair.1.withUnsafeBufferPointer { gradient in
        switch kind {
        case .sgd: sgd(&values, gradient, index)
        case .adam, .adamw: adam(&values, gradient, index)
        }
      }
      return Tensor(values, shape: pair.0.shape).tracked()
    }
  }

  /// buf = momentum buf + (g + wd p), the first time buf = g + wd p; p = p - lr buf.
  private mutating func sgd(_ p: inout [Float], _ g: UnsafeBufferPointer<Float>, _ index: Int) {
    let (momentum, decay, rate) = (Float(momentum), Float(weightDecay), Float(learningRate))
    for i in p.indices {
      let d = g[i] + decay * p[i]
      let buffer = state.steps == 1 ? d : momentum * state.firstMoments[index][i] + d
      state.firstMoments[index][i] = buffer
      p[i] -= rate * (momentum == 0 ? d : buffer)
    }
  }

  /// m = b1 m + (1-b1) g; v = b2 v + (1-b2) g^2; p = p - lr/(1-b1^t) m / (sqrt(v/(1-b2^t)) + eps).
  private mutating func adam(_ p: inout [Float], _ g: UnsafeBufferPointer<Float>, _ index: Int) {
    let (beta1, beta2, eps) = (0.9, 0.999, Float(1e-8))
    let stepSize = Float(learningRate / (1 - pow(beta1, Double(state.steps))))
    let correction = Float((1 - pow(beta2, Double(state.steps))).squareRoot())
    let shrink = kind == .adamw ? Float(1 - learningRate * weightDecay) : 1
    let decay = kind == .adam ? Float(weightDecay) : 0
    for i in p.indices {
      let d = g[i] + decay * p[i]
      state.firstMoments[index][i] += (d - state.firstMoments[index][i]) * Float(1 - beta1)
      state.secondMoments[index][i] =
        state.secondMoments[index][i] * Float(beta2) + d * d * Float(1 - beta2)
      let denominator = state.secondMoments[index][i].squareRoot() / correction + eps
      p[i] = p[i] * shrink - stepSize * state.firstMoments[index][i] / denominator
    }
  }
}
