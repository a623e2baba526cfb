// Reductions - sums, means, log softmax and norms, accumulated in Double; softmax in the kernels.
// SPDX-License-Identifier: Apache-2.0

import LMPTNumbers

/// The sum of all elements, a scalar.
public func sum(_ x: Tensor) -> Tensor {
  let shape = x.shape
  let total = x.withUnsafeBufferPointer { $0.reduce(0.0) { $0 + Double($1) } }
  return primitive(Tensor(Float(total)), (x, { $0.reshaped([]).expanded(to: shape) }))
}

/// The mean of all elements, a scalar; NaN for an empty tensor.
public func mean(_ x: Tensor) -> Tensor {
  let (shape, count) = (x.shape, Float(x.count))
  let total = x.withUnsafeBufferPointer { $0.reduce(0.0) { $0 + Double($1) } }
  return primitive(
    Tensor(Float(total / Double(x.count))),
    (x, { ($0 / count).reshaped([]).expanded(to: shape) }))
}

/// The sum along one axis, which disappears; negative axes count from the end.
public func sum(_ x: Tensor, axis: Int) -> Tensor { sum(x, axis: axis, dividedBy: 1) }

/// The mean along one axis, which disappears.
public func mean(_ x: Tensor, axis: Int) -> Tensor {
  sum(x, axis: axis, dividedBy: Double(x.shape[x.index(ofAxis: axis)]))
}

private func sum(_ x: Tensor, axis: Int, dividedBy divisor: Double) -> Tensor {
  let axis = x.index(ofAxis: axis)
  let shape = x.shape
  let outer = shape[..<axis].reduce(1, *)
  let inner = shape[(axis + 1)...].reduce(1, *)
  let size = shape[axis]
  var kept = shape
  kept[axis] = 1
  let value = Tensor(shape: Array(shape[..<axis] + shape[(axis + 1)...])) { out in
    for o in 0..<outer {
      for i in 0..<inner {
        var total = 0.0
        for k in 0..<size { total += Double(x.storage.base[(o &* size &+ k) &* inner &+ i]) }
        out[o &* inner &+ i] = Float(total / divisor)
      }
    }
  }
  return primitive(
    value,
    (
      x,
      { [kept] g in
        (divisor == 1 ? g : g / Float(divisor)).reshaped(kept).expanded(to: shape)
      }
    ))
}

/// The index of the smallest element of each row, the first of equal ones; NaN is never smaller.
package func argmin(rows x: Tensor) -> [Int] {
  let width = x.shape[x.index(ofAxis: -1)]
  return (0..<(width == 0 ? 0 : x.count / width)).map { row in
    let row = x.storage.base + row * width
    var best = 0
    for i in 1..<max(width, 1) where row[i] < row[best] { best = i }
    return best
  }
}

/// softmax along the last axis: e^x_i / sum_j e^x_j.
public func softmax(_ x: Tensor) -> Tensor {
  let width = x.shape[x.index(ofAxis: -1)]
  let kernels = KernelSet.current
  let value = Tensor(shape: x.shape) { out in
    parallelRanges(x.count / max(width, 1), width: width) { rows in
      let start = rows.lowerBound &* width
      kernels.softmaxRows(
        SoftmaxWork(
          input: Operand(base: x.storage.base + start, ld: width, transposed: false),
          output: Target(base: out + start, ld: width), rows: rows.count, columns: width,
          scale: 1, first: width))
    }
  }
  return primitive(
    value,
    (
      x,
      { g in
        let dot = sum(g * value, axis: -1)
        return (g - dot.reshaped(dot.shape + [1])) * value
      }
    ))
}

/// log softmax along the last axis, x_i - log sum_j e^x_j.
public func logSoftmax(_ x: Tensor) -> Tensor {
  let width = x.shape[x.index(ofAxis: -1)]
  let value = Tensor(shape: x.shape) { out in
    for start in stride(from: 0, to: x.count, by: max(width, 1)) {
      let row = x.storage.base + start
      var peak = row[0]
      for i in 1..<max(width, 1) { peak = max(peak, row[i]) }
      var total = 0.0
      for i in 0..<width { total += Double(exp(row[i] - peak)) }
      let logTotal = Float(log(total))
      for i in 0..<width { out[start &+ i] = row[i] - peak - logTotal }
    }
  }
  return primitive(
    value,
    (
      x,
      { g in
        let total = sum(g, axis: -1)
        return g - exp(value) * total.reshaped(total.shape + [1])
      }
    ))
}

/// Each row (last axis) divided by its Euclidean norm; a zero row stays zero, without a gradient.
public func normalize(_ x: Tensor) -> Tensor {
  let width = x.shape[x.index(ofAxis: -1)]
  let rows = width == 0 ? 0 : x.count / width
  let norms = Tensor(shape: [rows]) { out in
    for r in 0..<rows {
      var total = 0.0
      for i in 0..<width {
        let v = Double(x.storage.base[r &* width &+ i])
        total += v * v
      }
      out[r] = Float(total.squareRoot())
    }
  }
  let value = Tensor(shape: x.shape) { out in
    for r in 0..<rows {
      let norm = norms.storage.base[r]
      for i in 0..<width {
        let v = x.storage.base[r &* width &+ i]
        out[r &* width &+ i] = norm == 0 ? v * 0 : v / norm
      }
    }
  }
  return primitive(
    value,
    (
      x,
      { g in
        // d (x/|x|) = (g - u <g, u>) / |x|
        Tensor(shape: g.shape) { out in
          for r in 0..<rows {
            let (gr, u) = (g.storage.base + r * width, value.storage.base + r * width)
            let norm = norms.storage.base[r]
            var dot = 0.0
            for i in 0..<width { dot += Double(gr[i]) * Double(u[i]) }
            for i in 0..<width {
              out[r &* width &+ i] = norm == 0 ? 0 : (gr[i] - Float(dot) * u[i]) / norm
            }
          }
        }
      }
    ))
}
