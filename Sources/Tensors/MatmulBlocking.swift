// MatmulBlocking - cuts a product into blocks for the caches and tasks for the threads.
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

/// A large product: A is packed some rows and terms at a time, then tasks of a few panels each run
/// through all of these.
func blockedProduct(
  _ m: Int, _ n: Int, _ k: Int, _ a: Operand, _ b: RightFactor, _ c: UnsafeMutablePointer<Float>,
  _ ldc: Int, _ add: Bool, _ epilogue: Epilogue, _ threads: Parallelism, _ kernels: KernelSet
) {
  let depths = Blocking.blocks(k, Blocking.depth)
  // A block begins with a line of rows.
  let line = a.lineRows < m ? a.lineRows : 1
  let lines = m / line
  let supers = min(lines, Blocking.blocks(m, Blocking.rows))
  let spans = min(depths, Blocking.blocks(Blocking.blocks(m, supers) &* k, Blocking.rowFloats))
  var s = 0
  while s < supers {
    let row = s &* lines / supers &* line
    var part = a
    part.base = a.at(row, 0)
    let block = Block(
      m: (s &+ 1) &* lines / supers &* line &- row, n: n, k: k, depths: depths, a: part, b: b,
      c: c + row &* ldc, ldc: ldc, add: add, epilogue: epilogue.movedDown(row &* ldc),
      kernels: kernels)
    var t = 0
    while t < spans {
      block.multiply(depths: t &* depths / spans, (t &+ 1) &* depths / spans, threads)
      t &+= 1
    }
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

/// How panels are cut into blocks of rows and slices of columns, of equal size: a block of few panels
/// would read all of B for them.
///
/// A task is a slice and a group of blocks: one block where B was packed before, all of them where
/// the task packs its slice. Many tasks for each thread, so that they end together: smaller in n
/// first; in m, where a panel of B would be used less, only if there are very few.
private struct Cut {
  let aPanels: Int, bPanels: Int
  var blocks: Int, slices: Int, groups: Int

  init(m: Int, n: Int, packsB: Bool, threads: Parallelism, kernels: KernelSet) {
    aPanels = Blocking.blocks(m, kernels.tileRows)
    bPanels = Blocking.blocks(n, kernels.tileColumns)
    blocks = Cut.rounded(aPanels &* kernels.tileRows, Blocking.blockRows)
    let width = packsB ? max(128, min(Blocking.taskColumns, m / 4)) : Blocking.taskColumns
    slices = Cut.rounded(bPanels &* kernels.tileColumns, width)
    groups = packsB ? 1 : blocks
    let threads = threads == .pool ? Threads.count : 1
    let wanted = threads == 1 ? 1 : 4 &* threads
    let fine = threads == 1 || packsB ? wanted : 2 &* wanted
    while groups &* slices < fine, 4 &* slices <= bPanels { slices &*= 2 }
    while groups &* slices < wanted, groups < aPanels { groups = min(aPanels, 2 &* groups) }
    blocks = max(blocks, groups)
  }

  /// The first panel of block `i`, of slice `j`; the first block of group `g`.
  func row(_ i: Int) -> Int { i &* aPanels / blocks }
  func column(_ j: Int) -> Int { j &* bPanels / slices }
  func block(_ g: Int) -> Int { g &* blocks / groups }

  /// How many blocks of about `size` make `count`, at least one.
  private static func rounded(_ count: Int, _ size: Int) -> Int {
    max(1, (count &+ size / 2) / size)
  }
}

/// The rows whose A is packed at the same time.
private struct Block {
  let m: Int, n: Int, k: Int, depths: Int
  let a: Operand
  let b: RightFactor
  let c: UnsafeMutablePointer<Float>, ldc: Int, add: Bool
  let epilogue: Epilogue
  let kernels: KernelSet

  /// The first term of depth block `d`.
  private func start(_ d: Int) -> Int { d &* k / depths }

  /// Adds the terms of depth blocks [first, last).
  func multiply(depths first: Int, _ last: Int, _ threads: Parallelism) {
    let cut = Cut(m: m, n: n, packsB: b.isInPlace, threads: threads, kernels: kernels)
    withScratch(m &* (start(last) &- start(first))) { packed in
      spread((last &- first) &* cut.blocks, threads) { task in
        let (d, i) = (first &+ task / cut.blocks, task % cut.blocks)
        kernels.packA(
          m, start(d &+ 1) &- start(d), a.at(0, start(d)), a.ld, a.transposed, a.lineRows,
          a.lineStep, packed + (start(d) &- start(first)) &* m,
          cut.row(i), cut.row(i &+ 1))
      }
      spread(cut.groups &* cut.slices, threads) { task in
        let (j, g) = (task / cut.groups, task % cut.groups)
        slice(first, last, packed, cut, j, g)
      }
    }
  }

  /// A task: the columns of slice `j`, the rows of group `g`.
  @inline(__always)
  private func slice(
    _ first: Int, _ last: Int, _ packed: UnsafePointer<Float>, _ cut: Cut, _ j: Int, _ g: Int
  ) {
    let (bFirst, bLast) = (cut.column(j), cut.column(j &+ 1))
    let edge = kernels.tileRows &* kernels.tileColumns
    let own = (bLast &- bFirst) &* kernels.tileColumns &* Blocking.blocks(k, depths)
    withScratch(edge &+ (b.isInPlace ? own : 0)) { scratch in
      var d = first
      while d < last {
        let depth = start(d &+ 1) &- start(d)
        let panels: UnsafePointer<Float>
        switch b {
        case .packed(let base, let width): panels = base + start(d) &* width
        case .inPlace(let matrix):
          let target = scratch + edge - bFirst &* kernels.tileColumns &* depth
          kernels.packB(
            n, depth, matrix.at(start(d), 0), matrix.ld, matrix.transposed, target, bFirst, bLast)
          panels = UnsafePointer(target)
        }
        let finish = (d == depths &- 1 ? epilogue : .none).arguments(panels)
        var i = cut.block(g)
        while i < cut.block(g &+ 1) {
          kernels.multiplyPanels(
            m, n, depth, packed + (start(d) &- start(first)) &* m, 1, 0, panels, 0, panels, c, ldc,
            add || d > 0, cut.row(i), cut.row(i &+ 1), bFirst, bLast, scratch, finish.kind,
            finish.bias, finish.residual)
          i &+= 1
        }
        d &+= 1
      }
    }
  }
}
