// MatmulBlocking - cuts a product into blocks for the caches and tasks for the threads.
// SPDX-License-Identifier: Apache-2.0

/// Sizes chosen by measurement (docs/Performance.md).
enum Blocking {
  /// Terms of a sum that one pass adds: a B panel of this depth stays in the nearest cache.
  static let depth = 384
  /// Rows of A that are packed at a time.
  static let rows = 1536
  /// Most floats of A packed at a time.
  static let rowFloats = 2 << 20
  /// Most floats of B packed at a time: 64 MB.
  static let packedFloats = 16 << 20
  /// Rows of A panels in a task: their block stays in the second cache.
  static let taskRows = 144
  /// Columns of B panels in a task.
  static let taskColumns = 128

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
    _ b: Operand, _ k: Int, _ n: Int, into target: UnsafeMutablePointer<Float>,
    _ threads: Parallelism
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
        n, depth, b.at(start, 0), b.ld, b.transposed, target + start &* width,
        g &* group, min(panels, (g &+ 1) &* group))
    }
  }
}

/// `parallel`, or a loop.
@inline(__always)
private func spread(_ tasks: Int, _ threads: Parallelism, _ body: (Int) -> Void) {
  if threads == .pool, tasks > 1 { return parallel(tasks, body) }
  var i = 0
  while i < tasks {
    body(i)
    i &+= 1
  }
}

/// A small product: A is never packed, B where its rows cannot be read as they lie, or where they
/// lie far apart and are read more than a few times: a power of two between them leaves few places
/// in the nearest cache.
///
/// All of B for one panel of A after the other: B stays in the second cache, and A, whose rows may
/// lie as far apart, is read once.
func smallProduct(
  _ m: Int, _ n: Int, _ k: Int, _ a: Operand, _ b: Operand, _ c: UnsafeMutablePointer<Float>,
  _ ldc: Int, _ add: Bool, _ kernels: KernelSet
) {
  let columns = kernels.tileColumns
  let panels = Blocking.blocks(n, columns)
  let (aRow, aStep) = a.transposed ? (1, a.ld) : (a.ld, 1)
  let rowPanels = Blocking.blocks(m, kernels.tileRows)
  let edge = columns &* kernels.tileRows
  let isPacked = b.transposed || (b.ld > 2 &* n && rowPanels > 3)
  let last = n % columns
  withScratch((isPacked ? kernels.paddedColumns(n) : columns) &* k &+ edge) { scratch in
    // The whole of B, or its last columns where they fill no vector.
    let packed = scratch + edge
    if isPacked {
      kernels.packB(n, k, b.base, b.ld, b.transposed, packed, 0, panels)
    } else if last != 0, last != columns / 2 {
      kernels.packB(last, k, b.base + (n &- last), b.ld, false, packed, 0, 1)
    }
    var p = 0
    while p < rowPanels {
      kernels.multiplyPanels(
        m, n, k, a.base, aRow, aStep, isPacked ? UnsafePointer(packed) : b.base,
        isPacked ? 0 : b.ld, packed, c, ldc, add, p, p &+ 1, 0, panels, scratch, 0, packed, packed)
      p &+= 1
    }
  }
}

/// A product with B packed: A is packed some rows at a time, then tasks of a few panels each run
/// through all of k.
func blockedProduct(
  _ m: Int, _ n: Int, _ k: Int, _ a: Operand, _ b: UnsafePointer<Float>, _ width: Int,
  _ c: UnsafeMutablePointer<Float>, _ ldc: Int, _ add: Bool, _ epilogue: Epilogue,
  _ threads: Parallelism, _ kernels: KernelSet
) {
  let depths = Blocking.blocks(k, Blocking.depth)
  let most = max(
    Blocking.taskRows, min(Blocking.rows, Blocking.rowFloats / max(k, 1)))
  // A block begins with a line of rows.
  let line = a.lineRows < m ? a.lineRows : 1
  let lines = m / line
  let supers = min(lines, Blocking.blocks(m, most))
  var s = 0
  while s < supers {
    let row = s &* lines / supers &* line
    let rows = (s &+ 1) &* lines / supers &* line &- row
    var part = a
    part.base = a.at(row, 0)
    let block = Block(
      m: rows, n: n, k: k, depths: depths, a: part, b: b, width: width, c: c + row &* ldc, ldc: ldc,
      add: add,
      epilogue: epilogue.movedDown(row &* ldc), kernels: kernels)
    withScratch(rows &* k) { packed in block.multiply(packed, threads) }
    s &+= 1
  }
}

extension Epilogue {
  /// The epilogue of a block of C that starts `offset` elements further.
  func movedDown(_ offset: Int) -> Epilogue {
    switch self {
    case .biasResidual(let bias, let residual): .biasResidual(bias, residual + offset)
    case .biasResidualReLU(let bias, let residual): .biasResidualReLU(bias, residual + offset)
    case .none, .bias, .biasQuickGELU, .biasReLU: self
    }
  }

  /// As the kernels take it: a number, the bias and the residual, or `unused` for what is not there.
  func arguments(_ unused: UnsafePointer<Float>) -> (
    kind: Int, bias: UnsafePointer<Float>, residual: UnsafePointer<Float>
  ) {
    switch self {
    case .none: (0, unused, unused)
    case .bias(let bias): (1, bias, unused)
    case .biasQuickGELU(let bias): (2, bias, unused)
    case .biasResidual(let bias, let residual): (3, bias, residual)
    case .biasReLU(let bias): (4, bias, unused)
    case .biasResidualReLU(let bias, let residual): (5, bias, residual)
    }
  }
}

/// The rows whose A is packed at the same time.
private struct Block {
  let m: Int, n: Int, k: Int, depths: Int
  let a: Operand
  let b: UnsafePointer<Float>, width: Int
  let c: UnsafeMutablePointer<Float>, ldc: Int, add: Bool
  let epilogue: Epilogue
  let kernels: KernelSet

  func multiply(_ packed: UnsafeMutablePointer<Float>, _ threads: Parallelism) {
    let aPanels = Blocking.blocks(m, kernels.tileRows)
    let bPanels = Blocking.blocks(n, kernels.tileColumns)
    // Tasks of equal size: a block of few panels would read all of B for them. Many tasks for each
    // thread, so that they end together: smaller in n first; in m, where a panel of B would be
    // used less, only if there are very few.
    let wanted = threads == .pool ? 4 &* Threads.count : 1
    var down = rounded(aPanels &* kernels.tileRows, Blocking.taskRows)
    var across = rounded(bPanels &* kernels.tileColumns, Blocking.taskColumns)
    while down &* across < 4 &* wanted, 4 &* across <= bPanels { across &*= 2 }
    while down &* across < wanted, down < aPanels { down = min(aPanels, 2 &* down) }
    spread(depths &* down, threads) { task in
      let (d, i) = (task / down, task % down)
      let start = d &* k / depths
      let depth = (d &+ 1) &* k / depths &- start
      kernels.packA(
        m, depth, a.at(0, start), a.ld, a.transposed, a.lineRows, a.lineStep, packed + start &* m,
        i &* aPanels / down, (i &+ 1) &* aPanels / down)
    }
    let last = epilogue.arguments(b)
    spread(down &* across, threads) { task in
      let (j, i) = (task / down, task % down)
      withScratch(kernels.tileRows &* kernels.tileColumns) { edge in
        var d = 0
        while d < depths {
          let start = d &* k / depths
          let depth = (d &+ 1) &* k / depths &- start
          kernels.multiplyPanels(
            m, n, depth, packed + start &* m, 1, 0, b + start &* width, 0, b, c, ldc,
            add || d > 0, i &* aPanels / down, (i &+ 1) &* aPanels / down,
            j &* bPanels / across, (j &+ 1) &* bPanels / across, edge,
            d == depths &- 1 ? last.kind : 0, last.bias, last.residual)
          d &+= 1
        }
      }
    }
  }

  /// How many blocks of about `size` make `count`, at least one.
  private func rounded(_ count: Int, _ size: Int) -> Int { max(1, (count &+ size / 2) / size) }
}
