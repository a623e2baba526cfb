// Tape - reverse-mode differentiation: one vector-Jacobian product per primitive.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A primitive's result on the tape: which tracked values it came from, and how a gradient of the
/// result becomes a gradient of each of them.
final class Node: Sendable {
  typealias Pullback = @Sendable (Tensor) -> Tensor

  /// Position on the tape; inputs always have smaller ones.
  let order: Int
  // safety: written in `init`, and in `deinit` by the only owner.
  nonisolated(unsafe) private(set) var inputs: [(node: Node, pullback: Pullback)]

  private static let counter = Atomic<Int>(0)

  init(_ inputs: [(node: Node, pullback: Pullback)]) {
    order = Node.counter.add(1, ordering: .relaxed).newValue
    self.inputs = inputs
  }

  deinit {
    // In a loop, because each node would release its inputs inside its own release, and a tape of
    // some ten thousand nodes would use up the stack.
    var pending = inputs
    inputs = []
    while var node = pending.popLast()?.node {
      guard isKnownUniquelyReferenced(&node) else { continue }
      pending += node.inputs
      node.inputs = []
    }
  }
}

extension Tensor {
  /// A leaf of the tape: the same numbers, whose gradient can be asked for.
  public func tracked() -> Tensor { Tensor(shape: shape, storage: storage, node: Node([])) }

  /// The same numbers as a constant.
  public var detached: Tensor { Tensor(shape: shape, storage: storage) }

  /// Whether the tensor depends on a tracked leaf.
  public var isTracked: Bool { node != nil }
}

/// Puts a primitive's result on the tape, if any input is tracked: how to add a function that is not
/// here.
///
/// Frozen inputs cost nothing: their pullback is dropped here and whatever it captured is freed.
///
/// ```swift
/// func tanh(_ x: Tensor) -> Tensor {
///   let value = Tensor(x.values.map(Foundation.tanh), shape: x.shape)
///   return primitive(value, (x, { g in g * (1 - value * value) }))
/// }
/// ```
///
/// - Parameters:
///   - value: the result, a constant.
///   - inputs: each tensor it was computed from, with its vector-Jacobian product: from a gradient of
///     the result to the gradient of that input, in its shape. What it captures must be constants
///     (`detached`).
/// - Returns: the same numbers, on the tape.
@inline(__always)
public func primitive(
  _ value: Tensor, _ inputs: (Tensor, @Sendable (Tensor) -> Tensor)...
) -> Tensor {
  let tracked = inputs.compactMap { input, pullback in input.node.map { ($0, pullback) } }
  guard !tracked.isEmpty else { return value }
  return Tensor(shape: value.shape, storage: value.storage, node: Node(tracked))
}

/// The gradient of a scalar with respect to one leaf.
///
/// - Parameters:
///   - loss: a tensor with one element.
///   - leaf: a tensor made by `tracked()`.
/// - Returns: d loss / d leaf, in the leaf's shape; zeros where the loss does not depend on it.
public func gradient(of loss: Tensor, in leaf: Tensor) -> Tensor {
  require(loss.count == 1, "gradient: a loss of shape \(loss.shape)")
  return gradients(of: loss, in: [leaf])[0]
}

/// The gradients of a value with respect to several leaves.
///
/// - Parameters:
///   - value: a tensor on the tape.
///   - leaves: tensors made by `tracked()`.
///   - upstream: the gradient of `value` itself, in its shape; ones when absent.
/// - Returns: for each leaf its vector-Jacobian product, zeros where `value` does not depend on it.
public func gradients(of value: Tensor, in leaves: [Tensor], upstream: Tensor? = nil) -> [Tensor] {
  require(
    upstream.map { $0.shape == value.shape } ?? true,
    "gradients: upstream \(upstream?.shape ?? []), value \(value.shape)")
  var pending: [ObjectIdentifier: Tensor] = [:]
  var finished: [ObjectIdentifier: Tensor] = [:]
  var queue = NodeHeap()
  for leaf in leaves { require(leaf.isTracked, "gradients: a leaf that is not tracked()") }
  let wanted = Set(leaves.compactMap { $0.node.map(ObjectIdentifier.init) })

  if let root = value.node {
    pending[ObjectIdentifier(root)] = upstream ?? .ones(value.shape)
    queue.push(root)
  }
  // Latest first: a node is reached only after everything that used it has sent its gradient.
  while let node = queue.pop() {
    guard let gradient = pending.removeValue(forKey: ObjectIdentifier(node)) else { continue }
    if wanted.contains(ObjectIdentifier(node)) { finished[ObjectIdentifier(node)] = gradient }
    for (input, pullback) in node.inputs {
      let contribution = pullback(gradient)
      let key = ObjectIdentifier(input)
      if let sum = pending[key] {
        pending[key] = sum + contribution
      } else {
        pending[key] = contribution
        queue.push(input)
      }
    }
  }
  return leaves.map { leaf in
    leaf.node.flatMap { finished[ObjectIdentifier($0)] } ?? .zeros(leaf.shape)
  }
}

/// The nodes still to visit, latest on the tape first.
private struct NodeHeap {
  private var nodes: [Node] = []

  mutating func push(_ node: Node) {
    nodes.append(node)
    var child = nodes.count - 1
    while child > 0, nodes[(child - 1) / 2].order < nodes[child].order {
      nodes.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func pop() -> Node? {
    guard !nodes.isEmpty else { return nil }
    nodes.swapAt(0, nodes.count - 1)
    let top = nodes.removeLast()
    var parent = 0
    while true {
      var largest = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < nodes.count && nodes[child].order > nodes[largest].order {
        largest = child
      }
      guard largest != parent else { return top }
      nodes.swapAt(parent, largest)
      parent = largest
    }
  }
}
