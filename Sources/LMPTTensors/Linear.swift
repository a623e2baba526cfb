// Linear - matrix products on the tape: matmul, and the affine map with a frozen or tuned weight.
// SPDX-License-Identifier: Apache-2.0

/// The product op(a) op(b) of two matrices.
///
/// - Parameters:
///   - a: shape [m, k], or [k, m] when `ta` is transposed.
///   - b: shape [k, n], or [n, k] when `tb` is transposed.
///   - ta: whether a is transposed.
///   - tb: whether b is transposed.
/// - Returns: shape [m, n].
public func matmul(
  _ a: Tensor, _ b: Tensor, _ ta: Transposition = .none, _ tb: Transposition = .none
) -> Tensor {
  require(a.rank == 2 && b.rank == 2, "matmul needs matrices: \(a.shape), \(b.shape)")
  let (m, k) = ta == .none ? (a.shape[0], a.shape[1]) : (a.shape[1], a.shape[0])
  let (kb, n) = tb == .none ? (b.shape[0], b.shape[1]) : (b.shape[1], b.shape[0])
  require(k == kb, "matmul: inner sizes \(k) and \(kb) differ (\(a.shape), \(b.shape))")
  let value = Tensor(shape: [m, n]) { out in
    gemm(
      ta, tb, m: m, n: n, k: k, a: a.storage.base, lda: a.shape[1],
      b: b.storage.base, ldb: b.shape[1], c: out, ldc: n, accumulate: .store)
  }
  let (x, y) = (a.detached, b.detached)
  return primitive(
    value,
    (
      a,
      { g in  // dA = dC op(B)^T, laid out as A is
        ta == .none ? matmul(g, y, .none, tb.opposite) : matmul(y, g, tb, .transposed)
      }
    ),
    (
      b,
      { g in  // dB = op(A)^T dC, laid out as B is
        tb == .none ? matmul(x, g, ta.opposite, .none) : matmul(g, x, .transposed, ta)
      }
    ))
}

/// The affine map x W^T + bias of torch's `Linear`, added to a residual where there is one.
///
/// - Parameters:
///   - x: shape [..., k].
///   - weight: shape [n, k]; packed once when it is frozen (not tracked).
///   - bias: shape [n], or none.
///   - residual: shape [..., n], or none; added in the same pass over memory.
/// - Returns: shape [..., n].
public func linear(
  _ x: Tensor, weight: Tensor, bias: Tensor? = nil, addedTo residual: Tensor? = nil
) -> Tensor {
  require(weight.rank == 2 && x.rank > 0, "linear: input \(x.shape), weight \(weight.shape)")
  let (n, k) = (weight.shape[0], weight.shape[1])
  require(x.shape[x.rank - 1] == k, "linear: input \(x.shape), weight \(weight.shape)")
  require(bias?.count ?? n == n, "linear: bias \(bias?.shape ?? []), weight \(weight.shape)")
  let rows = x.count / max(k, 1)
  guard weight.node == nil, bias?.node == nil else {
    let product = matmul(x.reshaped([rows, k]), weight, .none, .transposed)
    let value = (bias.map { product + $0 } ?? product).reshaped(x.shape.dropLast() + [n])
    return residual.map { $0 + value } ?? value
  }
  let packed = weight.packed(.transposed)
  let back: Node.Pullback = {
    frozenProduct($0, weight.packed(.none), columns: k, epilogue: .none)
  }
  guard let residual, let bias else {
    let value = frozenProduct(
      x, packed, columns: n, epilogue: bias.map { .bias($0.storage.base) } ?? .none)
    let product = primitive(value, (x, back))
    return residual.map { $0 + product } ?? product
  }
  require(residual.count == rows * n, "linear: residual \(residual.shape), input \(x.shape)")
  let value = frozenProduct(
    x, packed, columns: n,
    epilogue: .biasResidual(bias.storage.base, residual.storage.base))
  return primitive(value, (residual, { $0 }), (x, back))
}

/// A linear layer followed by QuickGELU, in one pass over memory where nothing is trained.
package func linearQuickGELU(_ x: Tensor, weight: Tensor, bias: Tensor) -> Tensor {
  activated(x, weight, bias, quickGELU, fused: Epilogue.biasQuickGELU)
}

/// A linear layer followed by the exact GELU, in the same way.
package func linearGELU(_ x: Tensor, weight: Tensor, bias: Tensor) -> Tensor {
  activated(x, weight, bias, gelu, fused: Epilogue.biasGELU)
}

private func activated(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ activation: (Tensor) -> Tensor,
  fused: (UnsafePointer<Float>) -> Epilogue
) -> Tensor {
  guard x.node == nil, weight.node == nil, bias.node == nil else {
    return activation(linear(x, weight: weight, bias: bias))
  }
  require(
    x.shape[x.rank - 1] == weight.shape[1] && bias.count == weight.shape[0],
    "linear: input \(x.shape), weight \(weight.shape), bias \(bias.shape)")
  return frozenProduct(
    x, weight.packed(.transposed), columns: weight.shape[0],
    epilogue: fused(bias.storage.base))
}

/// x times a packed matrix, with what follows it.
private func frozenProduct(
  _ x: Tensor, _ packed: PackedMatrix, columns: Int, epilogue: Epilogue
) -> Tensor {
  let inner = x.shape[x.rank - 1]
  return Tensor(shape: x.shape.dropLast() + [columns]) { out in
    gemm(
      m: x.count / max(inner, 1), a: x.storage.base, lda: inner, packed: packed,
      c: out, ldc: columns, accumulate: .store, epilogue: epilogue)
  }
}

extension Tensor {
  /// The packed form of op(self), made at first use and kept with the storage.
  func packed(_ transposition: Transposition) -> PackedMatrix {
    storage.packed.withLock { forms in
      if let form = forms[transposition] { return form }
      let (rows, columns) = (shape[0], shape[1])
      let form = storage.withElements {
        PackedMatrix(
          transposition, k: transposition == .none ? rows : columns,
          n: transposition == .none ? columns : rows, b: $0, ldb: columns)
      }
      forms[transposition] = form
      storage.giveBackIfRereadable()
      return form
    }
  }
}

extension Transposition {
  /// The other one.
  var opposite: Transposition { self == .none ? .transposed : .none }
}
