// MatmulBlocking - the sizes of a product's blocks, packing, and products too small for either.
// SPDX-License-Identifier: Apache-2.0

/// Sizes chosen by measurement (docs/Performance.md).
enum Blocking {
  /// Terms of a sum that one pass adds: a B panel of this depth stays in the nearest cache.
  static let depth = 384
  /// Most rows of A that are packed at a time.
  static let rows = 3072
  /// Most floats of A packed at a time.
  static let rowFloats = 2 << 20
  /// Rows of a block of A panels, which stays in the second cache.
  static let blockRows = 144
  /// Most columns of B panels in a task: a block of A is read again for each.
  static let taskColumns = 512

  /// Most floats of B that stay in the second cache beside `longFloats` of A.
  static let fewWeights = 160 << 10
  /// Floats of A that one task of a long product packs.
  static let longFloats = 96 << 10

  /// Floats of an image's lines that one task of a convolution packs.
  static let lineFloats = 128 << 10

  /// Products of many rows with few weights, as in the early layers of a residual network.
  static func isLong(_ m: Int, _ n: Int, _ k: Int) -> Bool {
    n &* k <= fewWeights && m &* k > longFloats
  }

  /// Products that are done where their operands lie, in the calling thread.
  static func isSmall(_ m: Int, _ n: Int, _ k: Int) -> Bool {
    m &* n &* k <= 128 &* 128 &* 160 && k <= 1024 && n &* k <= 48 << 10
  }

  /// How many blocks of at most `size` make `count`.
  @inline(__always)
  static func blocks(_ count: Int, _ size: Int) -> Int { (count &+ size &- 1) / size }
}

extension KernelSet {
  /// `n` columns with the last panel padded to one or two whole vectors.
  func paddedColumns(_ n: Int) -> Int {
    let rest = n % tileColumns
    if rest == 0 { return n }
    return n &- rest &+ (rest <= tileColumns / 2 ? tileColumns / 2 : tileColumns)
  }

  /// Packs op(B), k x n.
  ///
  /// Blocks of `Blocking.depth` terms follow each other; in a block starting
  /// at k0 and `depth` deep, the panel of column j begins at k0 * width + j * depth.
  func pack(
    _ b: Operand, k: Int, n: Int, into target: UnsafeMutablePointer<Float>, threads: Parallelism
  ) {
    guard n > 0, k > 0 else { return }
    let width = paddedColumns(n)
    let panels = Blocking.blocks(n, tileColumns)
    let depths = Blocking.blocks(k, Blocking.depth)
    let group = max(1, 64 / tileColumns)
    let groups = Blocking.blocks(panels, group)
    spread(depths &* groups, threads) { task in
      let (d, g) = (task / groups, task % groups)
      let start = d &* k / depths
      let depth = (d &+ 1) &* k / depths &- start
      packB(
        PackingWork(
          matrix: b.from(start, 0), count: n, depth: depth, target: target + start &* width,
          first: g &* group, last: min(panels, (g &+ 1) &* group)))
    }
  }
}

/// `parallel`, or a loop.
@inline(__always)
func spread(_ tasks: Int, _ threads: Parallelism, _ body: (Int) -> Void) {
  if threads == .pool, tasks > 1 { return parallel(tasks, body) }
  var i = 0
  while i < tasks {
    body(i)
    i &+= 1
  }
}

extension Product {
  /// A small product: A is never packed, B where its rows cannot be read as they lie, or where they
  /// lie far apart and are read more than a few times: a power of two between them leaves few places
  /// in the nearest cache.
  ///
  /// All of B for one panel of A after the other: B stays in the second cache, and A, whose rows may
  /// lie as far apart, is read once.
  func small(_ b: Operand) {
    let columns = kernels.tileColumns
    let panels = Blocking.blocks(n, columns)
    let (aRow, aStep) = a.transposed ? (1, a.ld) : (a.ld, 1)
    let rowPanels = Blocking.blocks(m, kernels.tileRows)
    let edge = kernels.edgeFloats
    let isPacked = b.transposed || (b.ld > 2 &* n && rowPanels > 3)
    let last = n % columns
    withScratch((isPacked ? kernels.paddedColumns(n) : columns) &* k &+ edge) { scratch in
      // The whole of B, or its last columns where they fill no vector.
      let packed = scratch + edge
      if isPacked {
        kernels.packB(
          PackingWork(matrix: b, count: n, depth: k, target: packed, first: 0, last: panels))
      } else if last != 0, last != columns / 2 {
        kernels.packB(
          PackingWork(
            matrix: b.from(0, n &- last), count: last, depth: k, target: packed, first: 0, last: 1))
      }
      var p = 0
      while p < rowPanels {
        kernels.multiplyPanels(
          PanelWork(
            m: m, n: n, k: k, a: a.base, aRow: aRow, aStep: aStep,
            b: isPacked ? UnsafePointer(packed) : b.base, bStep: isPacked ? 0 : b.ld, bTail: packed,
            c: c.base, ldc: c.ld, add: add, aFirst: p, aLast: p &+ 1, bFirst: 0, bLast: panels,
            edge: scratch, finish: Epilogue.none.arguments(packed)))
        p &+= 1
      }
    }
  }
}
