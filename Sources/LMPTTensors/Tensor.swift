// Tensor - the one tensor type: contiguous, row-major Float with value semantics.
// SPDX-License-Identifier: Apache-2.0

/// A contiguous, row-major array of 32-bit floats, possibly a result on the tape.
///
/// Tensors are values: no operation changes one in place. A tensor made from numbers is a constant
/// and costs no gradient; one that came from a `tracked()` leaf carries the tape node it came from
/// (Tape.swift), and `gradient(of:in:)` walks back along those.
///
/// Shape letters, the same everywhere: B batch, C classes, T tokens, M context tokens, D text
/// width, E joint width, H heads, P patches, N images.
public struct Tensor: Sendable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// The size of each axis, outermost first; empty for a scalar.
  public let shape: [Int]
  let storage: Storage
  let node: Node?

  init(shape: [Int], storage: Storage, node: Node? = nil) {
    self.shape = shape
    self.storage = storage
    self.node = node
  }

  /// A tensor with the given elements, copied from where they lie.
  ///
  /// - Precondition: the shape's product is the number of values.
  public init(_ values: Span<Float>, shape: [Int]) {
    require(
      shape.reduce(1, *) == values.count, "\(values.count) values do not fill shape \(shape)")
    self.init(shape: shape) { base in
      values.withUnsafeBufferPointer { source in
        if let first = source.baseAddress { base.update(from: first, count: source.count) }
      }
    }
  }

  /// A tensor whose elements `fill` writes, every one of them.
  package init(shape: [Int], fill: (UnsafeMutablePointer<Float>) throws -> Void) rethrows {
    require(shape.allSatisfy { $0 >= 0 }, "a tensor of shape \(shape)")
    let storage = Storage(count: shape.reduce(1, *))
    try fill(storage.base)
    self.init(shape: shape, storage: storage)
  }

  /// A tensor with the given elements.
  ///
  /// - Precondition: the shape's product is the number of values.
  public init(_ values: [Float], shape: [Int]) {
    require(
      shape.reduce(1, *) == values.count, "\(values.count) values do not fill shape \(shape)")
    self.init(shape: shape) { base in
      values.withUnsafeBufferPointer { source in
        if let first = source.baseAddress { base.update(from: first, count: source.count) }
      }
    }
  }

  /// A vector.
  public init(_ values: [Float]) {
    self.init(values, shape: [values.count])
  }

  /// A scalar.
  public init(_ value: Float) {
    self.init(shape: []) { $0[0] = value }
  }

  /// A scalar, so that `1 - y` reads as in the paper.
  public init(floatLiteral value: Float) { self.init(value) }
  /// A scalar, so that `1 - y` reads as in the paper.
  public init(integerLiteral value: Int) { self.init(Float(value)) }

  /// Wraps memory that `owner` keeps alive, such as a mapped weight file, without a copy.
  ///
  /// - Precondition: `base` holds the shape's product of floats and they do not change.
  package init(borrowing base: UnsafePointer<Float>, shape: [Int], owner: AnyObject) {
    self.init(
      shape: shape,
      storage: Storage(borrowing: base, count: shape.reduce(1, *), owner: owner))
  }

  /// Values that take no memory before they are wanted, and none beside a packed form of theirs.
  package init(deferring values: DeferredValues, shape: [Int]) {
    self.init(
      shape: shape, storage: Storage(deferring: values, count: shape.reduce(1, *)))
  }

  /// A tensor of one repeated value.
  public static func full(_ shape: [Int], _ value: Float) -> Tensor {
    Tensor(shape: shape) { $0.update(repeating: value, count: shape.reduce(1, *)) }
  }

  /// A tensor of zeros.
  public static func zeros(_ shape: [Int]) -> Tensor { full(shape, 0) }
  /// A tensor of ones.
  public static func ones(_ shape: [Int]) -> Tensor { full(shape, 1) }

  /// Number of elements.
  public var count: Int { storage.count }
  /// Number of axes.
  public var rank: Int { shape.count }

  /// The index of an axis in the shape; negative axes count from the end.
  func index(ofAxis axis: Int) -> Int {
    let index = axis < 0 ? axis + rank : axis
    require(shape.indices.contains(index), "axis \(axis) of a tensor of shape \(shape)")
    return index
  }

  /// The elements in row-major order.
  public var values: [Float] { withUnsafeBufferPointer { Array($0) } }

  /// The only element of a tensor with one element.
  public var item: Float {
    require(count == 1, "item needs one element, the shape is \(shape)")
    return storage.base[0]
  }

  /// Calls `body` with the elements in row-major order.
  package func withUnsafeBufferPointer<R>(
    _ body: (UnsafeBufferPointer<Float>) throws -> R
  ) rethrows -> R {
    try withExtendedLifetime(storage) {
      try body(UnsafeBufferPointer(start: storage.base, count: count))
    }
  }

  /// One element by its index along each axis.
  public subscript(indices: Int...) -> Float {
    require(indices.count == rank, "\(indices.count) indices for shape \(shape)")
    var offset = 0
    for (index, size) in zip(indices, shape) {
      require(index >= 0 && index < size, "index \(indices) outside shape \(shape)")
      offset = offset * size + index
    }
    return storage.base[offset]
  }

  /// Whether no element is NaN or infinite.
  public var isFinite: Bool {
    withUnsafeBufferPointer { values in values.allSatisfy { $0.isFinite } }
  }
}

extension Tensor: CustomStringConvertible {
  /// The shape and the first elements.
  public var description: String {
    let first = withUnsafeBufferPointer { $0.prefix(8).map(\.description) }
    let rest = count > first.count ? ", ..." : ""
    return "Tensor(shape: \(shape), values: [\(first.joined(separator: ", "))\(rest)])"
  }
}

/// A shape that does not fit an operation, found where arguments come from outside.
package struct ShapeError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The argument's name.
  package let name: String
  /// The shape it should have had.
  package let expected: [Int]
  /// The shape it had.
  package let found: [Int]

  /// An error about the argument `name`.
  package init(name: String, expected: [Int], found: [Int]) {
    self.name = name
    self.expected = expected
    self.found = found
  }

  /// The name and both shapes.
  package var description: String { "\(name) has shape \(found), expected \(expected)" }
}

extension Tensor {
  /// Throws a `ShapeError` unless the tensor has this shape.
  package func expect(_ expected: [Int], _ name: String) throws(ShapeError) {
    guard shape == expected else {
      throw ShapeError(name: name, expected: expected, found: shape)
    }
  }
}
