// Broadcasting - numpy's rule: axes align from the right, an axis of one repeats.
// SPDX-License-Identifier: Apache-2.0

/// The shape that two shapes broadcast to.
func broadcastShape(_ a: [Int], _ b: [Int]) -> [Int] {
  let rank = max(a.count, b.count)
  return (0..<rank).map { axis in
    let i = axis - (rank - a.count)
    let j = axis - (rank - b.count)
    let m = i < 0 ? 1 : a[i]
    let n = j < 0 ? 1 : b[j]
    require(m == n || m == 1 || n == 1, "shapes \(a) and \(b) do not broadcast")
    return m == 1 ? n : m
  }
}

/// Steps through `shape` in row-major order, giving for each element of the result the offset of
/// its source in a tensor of shape `source`.
func broadcastOffsets(of source: [Int], in shape: [Int]) -> [Int] {
  var strides = [Int](repeating: 0, count: shape.count)
  var stride = 1
  for axis in source.indices.reversed() {
    let target = axis + shape.count - source.count
    strides[target] = source[axis] == 1 ? 0 : stride
    stride *= source[axis]
  }
  var offsets = [0]
  for (size, stride) in zip(shape, strides) {
    offsets = offsets.flatMap { start in (0..<size).map { start + $0 * stride } }
  }
  return offsets
}

/// Applies `f` to every pair of elements after broadcasting.
@inline(__always)
func zipMap(_ a: Tensor, _ b: Tensor, _ f: (Float, Float) -> Float) -> Tensor {
  let shape = broadcastShape(a.shape, b.shape)
  return Tensor(shape: shape) { out in
    let (x, y) = (a.storage.base, b.storage.base)
    let count = shape.reduce(1, *)
    if a.count == count && b.count == count {
      parallelRanges(count) { for i in $0 { out[i] = f(x[i], y[i]) } }
    } else if b.count == 1 {
      let scalar = y[0]
      for i in 0..<count { out[i] = f(x[i], scalar) }
    } else if a.count == 1 {
      let scalar = x[0]
      for i in 0..<count { out[i] = f(scalar, y[i]) }
    } else if a.count == count && b.shape == Array(shape.suffix(b.rank)) {
      for start in stride(from: 0, to: count, by: b.count) {
        for i in 0..<b.count { out[start &+ i] = f(x[start &+ i], y[i]) }
      }
    } else if a.count == count, b.rank == a.rank, b.shape.last == 1,
      b.shape.dropLast() == a.shape.dropLast()
    {
      let width = count / max(b.count, 1)
      for row in 0..<b.count {
        let scalar = y[row]
        for i in row &* width..<(row &+ 1) &* width { out[i] = f(x[i], scalar) }
      }
    } else {
      let i = broadcastOffsets(of: a.shape, in: shape)
      let j = broadcastOffsets(of: b.shape, in: shape)
      for k in 0..<count { out[k] = f(x[i[k]], y[j[k]]) }
    }
  }
}

/// Applies `f` to every element.
@inline(__always)
func map(_ a: Tensor, _ f: (Float) -> Float) -> Tensor {
  Tensor(shape: a.shape) { out in
    let x = a.storage.base
    parallelRanges(a.count) { for i in $0 { out[i] = f(x[i]) } }
  }
}

extension Tensor {
  /// Sums a gradient back over the axes along which its value was broadcast.
  func summed(to target: [Int]) -> Tensor {
    guard shape != target else { return self }
    return Tensor(shape: target) { out in
      var sums = [Double](repeating: 0, count: target.reduce(1, *))
      if shape.suffix(target.count) == target[...] {
        for start in stride(from: 0, to: count, by: max(sums.count, 1)) {
          for i in sums.indices { sums[i] += Double(storage.base[start &+ i]) }
        }
      } else {
        let offsets = broadcastOffsets(of: target, in: shape)
        for i in 0..<count { sums[offsets[i]] += Double(storage.base[i]) }
      }
      for i in sums.indices { out[i] = Float(sums[i]) }
    }
  }

  /// The tensor repeated to a larger shape by the broadcasting rule.
  public func expanded(to shape: [Int]) -> Tensor {
    guard shape != self.shape else { return self }
    require(
      broadcastShape(self.shape, shape) == shape, "\(self.shape) does not expand to \(shape)")
    let value = Tensor(shape: shape) { out in
      if shape.suffix(rank) == self.shape[...] {
        for start in Swift.stride(from: 0, to: shape.reduce(1, *), by: Swift.max(count, 1)) {
          (out + start).update(from: storage.base, count: count)
        }
      } else {
        for (i, offset) in broadcastOffsets(of: self.shape, in: shape).enumerated() {
          out[i] = storage.base[offset]
        }
      }
    }
    let source = self.shape
    return primitive(value, (self, { $0.summed(to: source) }))
  }
}
