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
/// Three matrix products, one for each row of the kernel, added in their order: over lines where an
/// image is at least as wide as a tile, over the places of all images where it is not. The bits are
/// the same, and those of one image are the same in any batch.
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

  /// ReLU(convolution + bias) of one image or of several.
  ///
  /// - Parameters:
  ///   - x: shape [..., H, W, C].
  ///   - pooling: `average` needs even H and W.
  /// - Returns: shape [..., H, W, O], or [..., H / 2, W / 2, O].
  package func callAsFunction(_ x: Tensor, pooling: Pooling = .none) -> Tensor {
    require(x.rank >= 3 && x.shape[x.rank - 1] == channels, "\(x.shape), \(channels) channels")
    let batch = Array(x.shape.dropLast(3))
    let (height, width) = (x.shape[x.rank - 3], x.shape[x.rank - 2])
    let isPooled = pooling == .average
    require(!isPooled || (height % 2 == 0 && width % 2 == 0), "pooling of \(height) x \(width)")
    let images = Images(
      base: x.storage.base, count: batch.reduce(1, *), height: height, width: width)
    let packed = rows.map { $0.packed(.transposed) }
    let bias = bias.storage.base
    let places = isPooled ? [height / 2, width / 2] : [height, width]
    return Tensor(shape: batch + places + [packed[0].n]) { out in
      if width >= packed[0].kernels.tileRows {
        LineConvolution(images, channels: channels, rows: packed, bias: bias, pooling: pooling)(
          into: out)
      } else {
        let convolution = RowConvolution(
          images: images, channels: channels, rows: packed, bias: bias)
        guard isPooled else { return convolution(into: out) }
        withScratch(images.count &* height &* width &* packed[0].n) { full in
          convolution(into: full)
          averagePool2(full, images.count &* height, width, packed[0].n, into: out)
        }
      }
    }
  }
}

/// Means of 2x2 places: torch's `AvgPool2d(2)` on one image or several.
///
/// - Parameter x: shape [..., H, W, C] with even H and W.
/// - Returns: shape [..., H / 2, W / 2, C].
package func averagePool2(_ x: Tensor) -> Tensor {
  let batch = Array(x.shape.dropLast(3))
  let (height, width, channels) = (x.shape[x.rank - 3], x.shape[x.rank - 2], x.shape[x.rank - 1])
  require(height % 2 == 0 && width % 2 == 0, "average pooling of \(height) x \(width)")
  // An image has an even number of lines, so several are one that is higher.
  return Tensor(shape: batch + [height / 2, width / 2, channels]) { out in
    averagePool2(x.storage.base, batch.reduce(height, *), width, channels, into: out)
  }
}

private func averagePool2(
  _ x: UnsafePointer<Float>, _ height: Int, _ width: Int, _ channels: Int,
  into out: UnsafeMutablePointer<Float>
) {
  let line = width / 2 &* channels
  inRows(height / 2, of: 4 &* line) { y in
    averageLine(
      x + 4 &* y &* line, width: width, channels: channels,
      into: Target(base: out + y &* line, ld: channels))
  }
}

/// Means of 2x2 places of two lines; `target` has a row for each.
@inline(__always)
func averageLine(_ x: UnsafePointer<Float>, width: Int, channels: Int, into target: Target) {
  let line = width &* channels
  var (a, t) = (x, target.base)
  for _ in 0..<width / 2 {
    let (b, c, d) = (a + channels, a + line, a + (line &+ channels))
    for i in 0..<channels { t[i] = (a[i] + b[i] + c[i] + d[i]) * 0.25 }
    t += target.ld
    a += 2 &* channels
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
func inRows(_ rows: Int, of floats: Int, _ body: (Int) -> Void) {
  let groups = max(1, min(rows, rows &* floats / 16384))
  parallel(groups) { group in
    for row in group &* rows / groups..<(group &+ 1) &* rows / groups { body(row) }
  }
}
