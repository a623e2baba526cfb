// Convolution - what a frozen residual network needs: convolutions with ReLU, average pooling.
// SPDX-License-Identifier: Apache-2.0

/// ReLU(x W^T + bias + residual): a 1x1 convolution over channels, or a linear layer.
///
/// Without a tape: for frozen towers.
///
/// - Parameters:
///   - x: shape [..., k].
///   - weight: shape [n, k], packed once.
///   - bias: shape [n].
///   - residual: added before the ReLU, shape [..., n].
/// - Returns: shape [..., n].
package func linearReLU(
  _ x: Tensor, weight: Tensor, bias: Tensor, residual: Tensor? = nil
) -> Tensor {
  let (n, k) = (weight.shape[0], weight.shape[1])
  let shape = Array(x.shape.dropLast()) + [n]
  require(x.shape[x.rank - 1] == k, "linearReLU: input \(x.shape), weight \(weight.shape)")
  require(bias.count == n, "linearReLU: bias \(bias.shape), weight \(weight.shape)")
  require(
    residual.map { $0.shape == shape } ?? true,
    "linearReLU: residual \(residual?.shape ?? []), output \(shape)")
  return Tensor(shape: shape) { out in
    gemm(
      m: x.count / max(k, 1), a: x.storage.base, lda: k, packed: weight.packed(.transposed),
      c: out, ldc: n, accumulate: .store,
      epilogue: residual.map { .biasResidualReLU(bias.storage.base, $0.storage.base) }
        ?? .biasReLU(bias.storage.base))
  }
}

/// A 3x3 convolution with stride 1, one place of zero padding, and ReLU; channels last, frozen.
///
/// Three matrix products, one per kernel row, straight from a padded image: with channels last,
/// the three neighbours that a kernel row covers are 3 C consecutive numbers, and the next place's
/// begin C further. So A's rows overlap, and nothing is unfolded.
package struct Convolution3x3: Sendable {
  let rows: [Tensor]  // 3 x [O, 3 C], columns in the order kernel column, channel
  let bias: Tensor  // [O]
  let channels: Int

  /// What is done with the result.
  package enum Pooling: Sendable {
    /// It stays at the image's size.
    case none
    /// Means of 2x2 places.
    case average
  }

  /// Keeps a kernel in the order that the products read.
  ///
  /// - Parameters:
  ///   - weight: torch's layout, shape [O, C, 3, 3].
  ///   - bias: shape [O].
  package init(weight: Tensor, bias: Tensor) {
    let (outputs, channels) = (weight.shape[0], weight.shape[1])
    require(
      weight.shape == [outputs, channels, 3, 3] && bias.shape == [outputs],
      "a 3x3 convolution of shape \(weight.shape) with bias \(bias.shape)")
    self.channels = channels
    self.bias = bias
    rows = (0..<3).map { y in
      Tensor(shape: [outputs, 3 * channels]) { out in
        for o in 0..<outputs {
          for x in 0..<3 {
            for c in 0..<channels {
              out[(o &* 3 &+ x) &* channels &+ c] =
                weight.storage.base[((o &* channels &+ c) &* 3 &+ y) &* 3 &+ x]
            }
          }
        }
      }
    }
  }

  /// ReLU(convolution + bias) of one image.
  ///
  /// - Parameters:
  ///   - x: shape [H, W, C].
  ///   - pooling: `average` needs even H and W.
  /// - Returns: shape [H, W, O], or [H / 2, W / 2, O].
  package func callAsFunction(_ x: Tensor, pooling: Pooling = .none) -> Tensor {
    let (height, width, outputs) = (x.shape[0], x.shape[1], bias.count)
    require(x.shape == [height, width, channels], "input \(x.shape), \(channels) channels")
    let line = (width &+ 2) &* channels
    return withScratch((height &+ 2) &* line) { padded in
      pad(x, into: padded, line)
      func convolve(_ out: UnsafeMutablePointer<Float>) {
        for (y, row) in rows.enumerated() {
          gemm(
            m: height &* width,
            a: Operand(
              base: padded + y &* line, ld: channels, transposed: false, lineRows: width,
              lineStep: line),
            packed: row.packed(.transposed), c: out, ldc: outputs,
            accumulate: y == 0 ? .store : .add,
            epilogue: y == 2 ? .biasReLU(bias.storage.base) : .none, threads: .pool)
        }
      }
      switch pooling {
      case .none: return Tensor(shape: [height, width, outputs], fill: convolve)
      case .average:
        return withScratch(height &* width &* outputs) { full in
          convolve(full)
          return averagePool2(full, height, width, outputs)
        }
      }
    }
  }

  /// Copies an image into a frame of zeros.
  private func pad(_ x: Tensor, into padded: UnsafeMutablePointer<Float>, _ line: Int) {
    let (height, used) = (x.shape[0], line &- 2 &* channels)
    padded.update(repeating: 0, count: line)
    (padded + (height &+ 1) &* line).update(repeating: 0, count: line)
    let source = x.storage.base
    inRows(height, of: used) { y in
      let row = padded + (y &+ 1) &* line
      row.update(repeating: 0, count: channels)
      (row + channels).update(from: source + y &* used, count: used)
      (row + (channels &+ used)).update(repeating: 0, count: channels)
    }
  }
}

/// Means of 2x2 places: torch's `AvgPool2d(2)` on one image.
///
/// - Parameter x: shape [H, W, C] with even H and W.
/// - Returns: shape [H / 2, W / 2, C].
package func averagePool2(_ x: Tensor) -> Tensor {
  averagePool2(x.storage.base, x.shape[0], x.shape[1], x.shape[2])
}

private func averagePool2(
  _ x: UnsafePointer<Float>, _ height: Int, _ width: Int, _ channels: Int
) -> Tensor {
  require(height % 2 == 0 && width % 2 == 0, "average pooling of \(height) x \(width)")
  let line = width &* channels
  return Tensor(shape: [height / 2, width / 2, channels]) { out in
    inRows(height / 2, of: 2 &* width &* channels) { y in
      var target = out + y &* (width / 2) &* channels
      var a = x + 2 &* y &* line
      for _ in 0..<width / 2 {
        let (b, c, d) = (a + channels, a + line, a + (line &+ channels))
        for i in 0..<channels { target[i] = (a[i] + b[i] + c[i] + d[i]) * 0.25 }
        target += channels
        a += 2 &* channels
      }
    }
  }
}

/// The 3x3 neighbourhoods of a padded image at every second place, as rows for a matrix product:
/// torch's `unfold` with stride 2, of a stem's first convolution.
///
/// - Parameter x: one image, channels first, shape [C, H, W] with even H and W.
/// - Returns: shape [H / 2, W / 2, 9 C], in the order channel, kernel row, kernel column.
package func unfoldStride2(_ x: Tensor) -> Tensor {
  let (channels, height, width) = (x.shape[0], x.shape[1], x.shape[2])
  require(height % 2 == 0 && width % 2 == 0, "unfolding \(x.shape) with stride 2")
  let base = x.storage.base
  return Tensor(shape: [height / 2, width / 2, 9 * channels]) { out in
    inRows(height / 2, of: width / 2 &* 9 &* channels) { y in
      var target = out + y &* (width / 2) &* 9 &* channels
      for x in 0..<width / 2 {
        for c in 0..<channels {
          for row in 2 &* y &- 1...2 &* y &+ 1 {
            for column in 2 &* x &- 1...2 &* x &+ 1 {
              // Only the first row and column can fall outside: both sizes are even.
              let inside = row >= 0 && column >= 0
              target.pointee = inside ? base[(c &* height &+ row) &* width &+ column] : 0
              target += 1
            }
          }
        }
      }
    }
  }
}

/// Runs `body` for every row, in parallel groups that are worth a thread's attention.
@inline(__always)
private func inRows(_ rows: Int, of floats: Int, _ body: (Int) -> Void) {
  let groups = max(1, min(rows, rows &* floats / 16384))
  parallel(groups) { group in
    for row in group &* rows / groups..<(group &+ 1) &* rows / groups { body(row) }
  }
}
