// ConvolutionRows - a 3x3 convolution over narrow images, as matrix products over all their places.
// SPDX-License-Identifier: Apache-2.0

/// A 3x3 convolution of images narrower than a tile: three matrix products, one for each row of the
/// kernel, straight from padded images.
///
/// With channels last the three neighbours that a kernel's row covers are 3 C consecutive numbers, and
/// the next place's begin C further. So A's rows overlap, and nothing is unfolded. The places of all
/// images are rows of one product, so the weights are read once for a batch.
struct RowConvolution {
  let images: Images
  let channels: Int
  /// The weights, one matrix for each row of the kernel.
  let rows: [PackedMatrix]
  let bias: UnsafePointer<Float>

  private var line: Int { (images.width &+ 2) &* channels }
  private var frame: Int { (images.height &+ 2) &* line }

  /// Convolves all images.
  func callAsFunction(into out: UnsafeMutablePointer<Float>) {
    withScratch(images.count &* frame) { padded in
      pad(into: padded)
      for (y, row) in rows.enumerated() {
        gemm(
          m: images.count &* images.height &* images.width,
          a: Operand(
            base: padded + y &* line, ld: channels, transposed: false, lineRows: images.width,
            lineStep: line, groupLines: images.height, groupStep: frame),
          packed: row, c: out, ldc: row.n, accumulate: y == 0 ? .store : .add,
          epilogue: y == 2 ? .biasReLU(bias) : .none, threads: .pool)
      }
    }
  }

  /// Copies every image into a frame of zeros.
  private func pad(into padded: UnsafeMutablePointer<Float>) {
    let (lines, used) = (images.height &+ 2, images.width &* channels)
    inRows(images.count &* lines, of: line) { number in
      let (image, y) = (number / lines, number % lines &- 1)
      let target = padded + number &* line
      guard y >= 0, y < images.height else {
        return target.update(repeating: 0, count: line)
      }
      target.update(repeating: 0, count: channels)
      (target + channels).update(
        from: images.base + (image &* images.height &+ y) &* used, count: used)
      (target + (channels &+ used)).update(repeating: 0, count: channels)
    }
  }
}
