// Arithmetic - elementwise + - * / with broadcasting, and their gradients.
// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// Elementwise sum.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    let (m, n) = (a.shape, b.shape)
    return primitive(
      zipMap(a, b) { $0 + $1 },
      (a, { $0.summed(to: m) }),
      (b, { $0.summed(to: n) }))
  }

  /// Elementwise difference.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    let (m, n) = (a.shape, b.shape)
    return primitive(
      zipMap(a, b) { $0 - $1 },
      (a, { $0.summed(to: m) }),
      (b, { (-$0).summed(to: n) }))
  }

  /// Elementwise product.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    let (x, y) = (a.detached, b.detached)
    return primitive(
      zipMap(a, b) { $0 * $1 },
      (a, { ($0 * y).summed(to: x.shape) }),
      (b, { ($0 * x).summed(to: y.shape) }))
  }

  /// Elementwise quotient.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    let (x, y) = (a.detached, b.detached)
    return primitive(
      zipMap(a, b) { $0 / $1 },
      (a, { ($0 / y).summed(to: x.shape) }),
      (b, { g in (g * zipMap(x, y) { -$0 / ($1 * $1) }).summed(to: y.shape) }))
  }

  /// Elementwise negation.
  public static prefix func - (a: Tensor) -> Tensor {
    primitive(map(a) { -$0 }, (a, { -$0 }))
  }

  /// Product with a number.
  public static func * (a: Tensor, b: Float) -> Tensor {
    primitive(map(a) { $0 * b }, (a, { $0 * b }))
  }
  /// Product with a number.
  public static func * (a: Float, b: Tensor) -> Tensor { b * a }

  /// Quotient by a number.
  public static func / (a: Tensor, b: Float) -> Tensor {
    primitive(map(a) { $0 / b }, (a, { $0 / b }))
  }

  /// Sum with a number.
  public static func + (a: Tensor, b: Float) -> Tensor {
    primitive(map(a) { $0 + b }, (a, { $0 }))
  }

  /// Sum with a number.
  public static func + (a: Float, b: Tensor) -> Tensor { b + a }

  /// A number minus each element.
  public static func - (a: Float, b: Tensor) -> Tensor {
    primitive(map(b) { a - $0 }, (b, { -$0 }))
  }

  /// Each element minus a number.
  public static func - (a: Tensor, b: Float) -> Tensor { a + (-b) }

  /// A number divided by each element.
  public static func / (a: Float, b: Tensor) -> Tensor { Tensor(a) / b }
}
