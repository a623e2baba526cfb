// Epilogue - what follows a matrix product.
// SPDX-License-Identifier: Apache-2.0

/// What follows a product, done while its tile is still in the cache.
package enum Epilogue {
  case none
  /// Adds bias[j].
  case bias(UnsafePointer<Float>)
  /// x sigmoid(1.702 x) with x the product plus bias[j].
  case biasQuickGELU(UnsafePointer<Float>)
  /// Adds bias[j] and residual[i, j], whose rows lie as far apart as those of C.
  case biasResidual(UnsafePointer<Float>, UnsafePointer<Float>)
  /// max(0, x) with x the product plus bias[j].
  case biasReLU(UnsafePointer<Float>)
  /// max(0, x) with x the product plus bias[j] and residual[i, j].
  case biasResidualReLU(UnsafePointer<Float>, UnsafePointer<Float>)
  /// x Phi(x), the exact GELU, with x the product plus bias[j].
  case biasGELU(UnsafePointer<Float>)
}

extension Epilogue {
  typealias Arguments = (
    kind: Int, bias: UnsafePointer<Float>, residual: UnsafePointer<Float>
  )

  /// The epilogue of a block of C that starts `offset` elements further.
  func movedDown(_ offset: Int) -> Epilogue {
    switch self {
    case .biasResidual(let bias, let residual): .biasResidual(bias, residual + offset)
    case .biasResidualReLU(let bias, let residual): .biasResidualReLU(bias, residual + offset)
    case .none, .bias, .biasQuickGELU, .biasReLU, .biasGELU: self
    }
  }

  /// As the kernels take it: a number, the bias and the residual, or `unused` for what is not there.
  func arguments(_ unused: UnsafePointer<Float>) -> Arguments {
    switch self {
    case .none: (0, unused, unused)
    case .bias(let bias): (1, bias, unused)
    case .biasQuickGELU(let bias): (2, bias, unused)
    case .biasResidual(let bias, let residual): (3, bias, residual)
    case .biasReLU(let bias): (4, bias, unused)
    case .biasResidualReLU(let bias, let residual): (5, bias, residual)
    case .biasGELU(let bias): (6, bias, unused)
    }
  }
}
