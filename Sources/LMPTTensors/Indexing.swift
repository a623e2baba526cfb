// Indexing - reshape, slice, concatenate, gather: moving numbers without changing them.
// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// The same elements under another shape; no copy. One size may be -1: what is left.
  public func reshaped(_ shape: [Int]) -> Tensor {
    let source = self.shape
    var shape = shape
    if let open = shape.firstIndex(of: -1) {
      let others = shape.reduce(1) { $1 == -1 ? $0 : $0 * $1 }
      shape[open] = others > 0 ? count / others : 0
    }
    require(
      shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == count,
      "shape \(source) does not reshape to \(shape)")
    return primitive(
      Tensor(shape: shape, storage: storage), (self, { $0.reshaped(source) }))
  }

  /// The rows of a matrix as columns.
  public var transposed: Tensor {
    require(rank == 2, "transposed needs a matrix, the shape is \(shape)")
    let (rows, columns) = (shape[0], shape[1])
    let value = Tensor(shape: [columns, rows]) { out in
      for r in 0..<rows {
        for c in 0..<columns { out[c &* rows &+ r] = storage.base[r &* columns &+ c] }
      }
    }
    return primitive(value, (self, { $0.transposed }))
  }

  /// A range of indices along one axis.
  public func slice(_ range: Range<Int>, axis: Int = 0) -> Tensor {
    let axis = index(ofAxis: axis)
    require(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "slice \(range) of axis \(axis) of shape \(shape)")
    let outer = shape[..<axis].reduce(1, *)
    let inner = shape[(axis + 1)...].reduce(1, *)
    let size = shape[axis]
    var result = shape
    result[axis] = range.count
    let value = Tensor(shape: result) { out in
      for o in 0..<outer {
        (out + o * range.count * inner).update(
          from: storage.base + (o * size + range.lowerBound) * inner, count: range.count * inner)
      }
    }
    let source = shape
    return primitive(
      value,
      (
        self,
        { g in
          Tensor(shape: source) { out in
            out.update(repeating: 0, count: source.reduce(1, *))
            for o in 0..<outer {
              (out + (o * size + range.lowerBound) * inner).update(
                from: g.storage.base + o * range.count * inner, count: range.count * inner)
            }
          }
        }
      ))
  }

  /// The indexed rows (first axis), in the order of `indices`; a row may be taken more than once.
  public func gather(_ indices: [Int]) -> Tensor {
    require(rank > 0, "gather needs rows, the tensor is a scalar")
    let width = shape[1...].reduce(1, *)
    let source = shape
    for index in indices {
      require(index >= 0 && index < shape[0], "row \(index) of shape \(shape)")
    }
    let value = Tensor(shape: [indices.count] + shape[1...]) { out in
      for (row, index) in indices.enumerated() {
        (out + row * width).update(from: storage.base + index * width, count: width)
      }
    }
    return primitive(
      value,
      (
        self,
        { g in
          Tensor(shape: source) { out in
            out.update(repeating: 0, count: source.reduce(1, *))
            for (row, index) in indices.enumerated() {
              for i in 0..<width { out[index &* width &+ i] += g.storage.base[row &* width &+ i] }
            }
          }
        }
      ))
  }
}

/// Joins tensors along one axis.
public func concatenate(_ parts: [Tensor], axis: Int = 0) -> Tensor {
  require(!parts.isEmpty, "concatenate needs at least one tensor")
  let axis = parts[0].index(ofAxis: axis)
  let first = parts[0].shape
  let outer = first[..<axis].reduce(1, *)
  let inner = first[(axis + 1)...].reduce(1, *)
  for part in parts {
    require(
      part.rank == first.count && part.shape[..<axis] == first[..<axis]
        && part.shape[(axis + 1)...] == first[(axis + 1)...],
      "shapes \(first) and \(part.shape) do not join along axis \(axis)")
  }
  var shape = first
  shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
  let size = shape[axis]
  let starts = parts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.shape[axis]) }
  let value = Tensor(shape: shape) { out in
    for (part, start) in zip(parts, starts) {
      let width = part.shape[axis] * inner
      for o in 0..<outer {
        (out + (o * size + start) * inner).update(
          from: part.storage.base + o * width, count: width)
      }
    }
  }
  let tracked = zip(parts, starts).compactMap {
    part, start -> (node: Node, pullback: Node.Pullback)? in
    let range = start..<start + part.shape[axis]
    return part.node.map { ($0, { $0.slice(range, axis: axis) }) }
  }
  guard !tracked.isEmpty else { return value }
  return Tensor(shape: shape, storage: value.storage, node: Node(tracked))
}
