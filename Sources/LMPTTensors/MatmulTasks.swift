// MatmulTasks - a large product, cut into blocks for the caches and tasks for the threads.
// SPDX-License-Identifier: Apache-2.0

/// op(B) of a product too large to be done where its operands lie.
enum RightFactor {
  /// Packed before, for many products.
  case packed(UnsafePointer<Float>, width: Int)
  /// Packed by the tasks, some columns at a time, right before their use.
  case inPlace(Operand)

  var isInPlace: Bool {
    if case .inPlace = self { return true }
    return false
  }
}

extension Product {
  /// A large product: as much of A as the last cache holds is packed, some rows and some of the depth
  /// blocks; tasks add these terms to C; then comes the next part of A.
  func blocked(_ b: RightFactor, threads: Parallelism) {
    let depths = Blocking.blocks(k, Blocking.depth)
    if case .packed = b, a.lineRows >= m, Blocking.isLong(m, n, k) {
      return long(b, depths: depths, threads: threads)
    }
    // A block begins with a line of rows, or with a group of lines.
    let lineRows = a.lineRows < m ? a.lineRows : 1
    let line = a.groupLines < m ? lineRows &* a.groupLines : lineRows
    let lines = m / line
    let rowParts = min(lines, Blocking.blocks(m, Blocking.rows))
    let floats = Blocking.blocks(m, rowParts) &* k
    let termParts = min(depths, Blocking.blocks(floats, Blocking.rowFloats))
    var s = 0
    while s < rowParts {
      let (row, end) = (s &* lines / rowParts &* line, (s &+ 1) &* lines / rowParts &* line)
      let rows = Product(
        m: end &- row, n: n, k: k, a: a.from(row, 0), c: c.from(row, 0), add: add,
        epilogue: epilogue.movedDown(row &* c.ld), kernels: kernels)
      let block = Block(product: rows, b: b, depths: depths)
      var t = 0
      while t < termParts {
        block.multiply(
          from: t &* depths / termParts, to: (t &+ 1) &* depths / termParts, threads: threads)
        t &+= 1
      }
      s &+= 1
    }
  }
}

extension Product {
  /// A long product with few weights: each task packs some rows and multiplies them at once, while they
  /// and all of B are in the second cache.
  private func long(_ b: RightFactor, depths: Int, threads: Parallelism) {
    let busy = threads == .pool ? Threads.free : 1
    let parts = max(
      Blocking.blocks(m &* k, Blocking.longFloats), busy == 1 ? 1 : 4 &* busy)
    let panels = Blocking.blocks(m, kernels.tileRows)
    let groups = min(parts, panels)
    spread(groups, threads) { g in
      // Whole panels, so that no tile is lower for the cut.
      let row = g &* panels / groups &* kernels.tileRows
      let end = min(m, (g &+ 1) &* panels / groups &* kernels.tileRows)
      guard row < end else { return }
      let rows = Product(
        m: end &- row, n: n, k: k, a: a.from(row, 0), c: c.from(row, 0), add: add,
        epilogue: epilogue.movedDown(row &* c.ld), kernels: kernels)
      Block(product: rows, b: b, depths: depths).multiply(from: 0, to: depths, threads: .serial)
    }
  }
}

/// How panels are cut into blocks of rows and slices of columns, of equal size: a block of few panels
/// would read all of B for them.
///
/// A task is a slice and a group of blocks: one block where B was packed before, all of them where
/// the task packs its slice, which then is narrower, so that it stays in the second cache unless the
/// rows are many. Many tasks for each thread, so that they end together: smaller in n first; in m,
/// where a panel of B would be used less, only if there are very few.
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
    let threads = threads == .pool ? Threads.free : 1
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

/// The product of some rows.
private struct Block {
  let product: Product
  let b: RightFactor
  /// In how many blocks the terms of a sum are cut.
  let depths: Int

  private var kernels: KernelSet { product.kernels }

  /// The first term of depth block `d`.
  private func start(_ d: Int) -> Int { d &* product.k / depths }

  /// Adds the terms of depth blocks [first, last).
  func multiply(from first: Int, to last: Int, threads: Parallelism) {
    let m = product.m
    let cut = Cut(m: m, n: product.n, packsB: b.isInPlace, threads: threads, kernels: kernels)
    withScratch(m &* (start(last) &- start(first))) { packed in
      spread((last &- first) &* cut.blocks, threads) { task in
        let (d, i) = (first &+ task / cut.blocks, task % cut.blocks)
        kernels.packA(
          PackingWork(
            matrix: product.a.from(0, start(d)), count: m, depth: start(d &+ 1) &- start(d),
            target: packed + (start(d) &- start(first)) &* m, first: cut.row(i),
            last: cut.row(i &+ 1)))
      }
      spread(cut.groups &* cut.slices, threads) { task in
        let (j, g) = (task / cut.groups, task % cut.groups)
        multiply(slice: j, group: g, of: cut, packedA: packed, from: first, to: last)
      }
    }
  }

  /// A task: the columns of slice `j` and the rows of group `g`, with A packed.
  @inline(__always)
  private func multiply(
    slice j: Int, group g: Int, of cut: Cut, packedA: UnsafePointer<Float>, from first: Int,
    to last: Int
  ) {
    let (m, n, c) = (product.m, product.n, product.c)
    let (bFirst, bLast) = (cut.column(j), cut.column(j &+ 1))
    let edge = kernels.tileRows &* kernels.tileColumns
    let own = (bLast &- bFirst) &* kernels.tileColumns &* Blocking.blocks(product.k, depths)
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
            PackingWork(
              matrix: matrix.from(start(d), 0), count: n, depth: depth, target: target,
              first: bFirst, last: bLast))
          panels = UnsafePointer(target)
        }
        let finish = (d == depths &- 1 ? product.epilogue : .none).arguments(panels)
        var i = cut.block(g)
        while i < cut.block(g &+ 1) {
          kernels.multiplyPanels(
            PanelWork(
              m: m, n: n, k: depth, a: packedA + (start(d) &- start(first)) &* m, b: panels,
              bTail: panels, c: c.base, ldc: c.ld, add: product.add || d > 0, aFirst: cut.row(i),
              aLast: cut.row(i &+ 1), bFirst: bFirst, bLast: bLast, edge: scratch,
              finish: finish))
          i &+= 1
        }
        d &+= 1
      }
    }
  }
}
