// ConvolutionLines - a 3x3 convolution over wide images, line by line.
// SPDX-License-Identifier: Apache-2.0

/// The images of a batch, channels last.
struct Images {
  let base: UnsafePointer<Float>
  let count: Int
  let height: Int
  let width: Int
}

/// A 3x3 convolution of wide images: every line is packed once for all nine places of the kernel.
///
/// A task takes some lines of an image and some panels of the weights. It packs its lines with one
/// more at each end, and all that it reads stays in the second cache. Where images are small the
/// tasks share out the weights, and the lines are packed for all of them before.
struct LineConvolution {
  let images: Images
  let channels: Int
  /// The weights, one matrix for each row of the kernel.
  let rows: [PackedMatrix]
  let bias: UnsafePointer<Float>
  let pooling: Convolution3x3.Pooling
  private let cut: LineCut

  init(
    _ images: Images, channels: Int, rows: [PackedMatrix], bias: UnsafePointer<Float>,
    pooling: Convolution3x3.Pooling
  ) {
    (self.images, self.channels, self.rows) = (images, channels, rows)
    (self.bias, self.pooling) = (bias, pooling)
    cut = LineCut(images, channels, rows[0], pooling, threads: Threads.free)
  }

  private var kernels: KernelSet { rows[0].kernels }
  private var outputs: Int { rows[0].n }

  /// Convolves all images.
  func callAsFunction(into out: UnsafeMutablePointer<Float>) {
    let tasks = images.count &* cut.groups &* cut.slices
    guard cut.slices > 1 else {
      return spread(tasks, .pool) { task in
        let (image, group) = (task / cut.groups, task % cut.groups)
        let (first, last) = (cut.line(group), cut.line(group &+ 1))
        withScratch((last &- first &+ 2) &* cut.lineFloats) { packed in
          pack(image, first &- 1, last &+ 1, into: packed)
          multiply(packed, image, first..<last, panels: 0..<cut.panels, into: out)
        }
      }
    }
    let lines = images.height &+ 2
    withScratch(images.count &* lines &* cut.lineFloats) { packed in
      spread(images.count &* lines, .pool) { line in
        let y = line % lines &- 1
        pack(line / lines, y, y &+ 1, into: packed + line &* cut.lineFloats)
      }
      spread(tasks, .pool) { task in
        let (part, slice) = (task / cut.slices, task % cut.slices)
        let (image, group) = (part / cut.groups, part % cut.groups)
        let first = cut.line(group)
        multiply(
          packed + (image &* lines &+ first) &* cut.lineFloats, image,
          first..<cut.line(group &+ 1), panels: cut.panel(slice)..<cut.panel(slice &+ 1),
          into: out)
      }
    }
  }

  private func pack(
    _ image: Int, _ first: Int, _ last: Int, into target: UnsafeMutablePointer<Float>
  ) {
    let (height, width) = (images.height, images.width)
    kernels.packLines(
      LinePacking(
        image: images.base + image &* height &* width &* channels, height: height, width: width,
        channels: channels, target: target, first: first, last: last))
  }

  /// Some lines of an image from packed ones, of which the first is the one above; pooled where that
  /// is asked for, from memory of the task.
  private func multiply(
    _ packed: UnsafePointer<Float>, _ image: Int, _ lines: Range<Int>, panels: Range<Int>,
    into out: UnsafeMutablePointer<Float>
  ) {
    let column = panels.lowerBound &* kernels.tileColumns
    let columns = min(outputs, panels.upperBound &* kernels.tileColumns) &- column
    let (width, edge) = (images.width, kernels.tileRows &* kernels.tileColumns)
    let isPooled = pooling == .average
    withScratch(edge &+ (isPooled ? lines.count &* width &* columns : 0)) { scratch in
      let place = (image &* images.height &+ lines.lowerBound) &* width &* outputs &+ column
      let there =
        isPooled
        ? Target(base: scratch + edge, ld: columns) : Target(base: out + place, ld: outputs)
      var panel = panels.lowerBound
      while panel < panels.upperBound {
        multiply(
          packed, lines.count, panel: panel,
          into: there.from(0, panel &* kernels.tileColumns &- column), edge: scratch)
        panel &+= 1
      }
      guard isPooled else { return }
      let (half, line) = (width / 2, lines.lowerBound / 2)
      let first = (image &* (images.height / 2) &+ line) &* half &* outputs &+ column
      for y in 0..<lines.count / 2 {
        averageLine(
          scratch + (edge &+ 2 &* y &* width &* columns), width: width, channels: columns,
          into: Target(base: out + (first &+ y &* half &* outputs), ld: outputs))
      }
    }
  }

  /// One panel of the weights after the other: the sums of a place in the order of the kernel's rows.
  @inline(__always)
  private func multiply(
    _ packed: UnsafePointer<Float>, _ lines: Int, panel: Int, into c: Target,
    edge: UnsafeMutablePointer<Float>
  ) {
    let column = panel &* kernels.tileColumns
    let depths = Blocking.blocks(rows[0].k, Blocking.depth)
    var step = 0
    while step < 3 &* depths {
      let (y, d) = (step / depths, step % depths)
      let start = d &* rows[0].k / depths
      let depth = (d &+ 1) &* rows[0].k / depths &- start
      let isLast = step == 3 &* depths &- 1
      let next = isLast ? (0, column &+ kernels.tileColumns) : (step &+ 1, column)
      kernels.multiplyLines(
        LineWork(
          lines: lines, width: images.width, channels: channels,
          packed: packed + y &* cut.lineFloats, first: start, depth: depth,
          b: block(step, column), next: block(next.0, next.1), c: c.base, ldc: c.ld,
          columns: min(kernels.tileColumns, outputs &- column), add: step > 0, edge: edge,
          finish: (isLast ? Epilogue.biasReLU(bias + column) : .none).arguments(bias)))
      step &+= 1
    }
  }

  /// Where the panel of a column lies in the block of terms of step `step`.
  private func block(_ step: Int, _ column: Int) -> UnsafePointer<Float> {
    let depths = Blocking.blocks(rows[0].k, Blocking.depth)
    let (row, d) = (rows[step / depths], step % depths)
    let start = d &* row.k / depths
    return UnsafePointer(row.base)
      + (start &* row.width &+ column &* ((d &+ 1) &* row.k / depths &- start))
  }
}

/// How the lines of an image are cut into groups and the panels of the weights into slices.
private struct LineCut {
  /// Values of a packed line.
  let lineFloats: Int
  /// Panels of the weights.
  let panels: Int
  private(set) var groups = 1
  private(set) var slices = 1
  /// Lines that are not parted: two where they are pooled.
  private let unit: Int
  private let units: Int

  init(
    _ images: Images, _ channels: Int, _ weights: PackedMatrix, _ pooling: Convolution3x3.Pooling,
    threads: Int
  ) {
    let kernels = weights.kernels
    let tiles = Blocking.blocks(images.width, kernels.tileRows)
    lineFloats = tiles &* channels &* kernels.lineWidth
    panels = Blocking.blocks(weights.n, kernels.tileColumns)
    unit = pooling == .average ? 2 : 1
    units = images.height / unit
    // Enough tiles in a group that a panel of weights is not read for few of them.
    let most = max(1, min(images.height &* tiles / 14, units / 2))
    let wanted = threads == 1 ? 1 : Blocking.blocks(4 &* threads, images.count)
    groups = min(
      most, max(wanted, Blocking.blocks(images.height &* lineFloats, Blocking.lineFloats)))
    while groups &* slices < wanted, 2 &* slices <= panels { slices &*= 2 }
  }

  /// The first line of group `g`, the first panel of slice `s`.
  func line(_ g: Int) -> Int { g &* units / groups &* unit }
  func panel(_ s: Int) -> Int { s &* panels / slices }
}
