// Lines - a 3x3 convolution's products over lines of an image, each packed once.
// SPDX-License-Identifier: Apache-2.0

// A line of W places is cut into panels as high as tiles. A packed panel has its places and one more
// at each side for every channel, so the three columns of the kernel read it one place further each,
// and the three rows of the kernel read the same lines: a value is copied once, not nine times.

/// Values of a packed panel of places for each channel.
public var lineWidth: Int { @inline(__always) get { tileRows &+ 2 } }

/// Packs lines [first, last) of an image with a place of zeros around it.
///
/// Panel s of line y begins at `target + ((y - first) * panels + s) * channels * lineWidth`. The image
/// has height x width places of `channels` values. Line -1 is the one of zeros above it, and `last`
/// is at most height + 1.
public func packLines(
  _ image: UnsafePointer<Float>, height: Int, width: Int, channels: Int, first: Int, last: Int,
  into target: UnsafeMutablePointer<Float>
) {
  let panels = panelCount(width)
  let (low, higher) = (width / panels, width % panels)
  let size = channels &* lineWidth
  var t = target
  var y = first
  while y < last {
    let line = image + y &* width &* channels
    var s = 0
    while s < panels {
      let place = panelStart(s, low, higher) &- 1
      let end = place &+ 2 &+ (s < higher ? low &+ 1 : low)
      let isInside = y >= 0 && y < height
      if !isInside || place < 0 || end > width { clear(t, size) }
      if isInside {
        let from = max(place, 0)
        transpose(
          line + from &* channels, channels, min(end, width) &- from, channels,
          t + (from &- place), lineWidth)
      }
      t += size
      s &+= 1
    }
    y &+= 1
  }
}

/// Writes zeros.
@inline(__always)
func clear(_ t: UnsafeMutablePointer<Float>, _ count: Int) {
  let zero = Vector(repeating: 0)
  var i = 0
  while i &+ lanes <= count {
    store(zero, t + i)
    i &+= lanes
  }
  while i < count {
    t[i] = 0
    i &+= 1
  }
}

/// C (+)= A B for one tile of a packed panel: `k` terms from term `first`, in the order kernel column,
/// channel.
@_transparent
func lineTile(
  _ height: Int, _ two: Bool, _ first: Int, _ k: Int, _ channels: Int, _ panel: Source,
  _ b: Source, _ c: Target, _ ldc: Int, _ add: Bool, _ ahead: Ahead
) {
  let zero = Vector(repeating: 0)
  let row: Row = (zero, zero)
  let rows2: Rows2 = (row, row)
  let rows4: Rows4 = (rows2, rows2)
  var (r8, r4, r2, r1): (Rows8, Rows4, Rows2, Row) = ((rows4, rows4), rows4, rows2, row)
  let (aStep, bStep) = (lineWidth, two ? 2 &* lanes : lanes)
  var (b, left, ahead) = (b, k, ahead)
  var a = panel + (first % channels &* aStep &+ first / channels)
  var rest = channels &- first % channels
  while left > 0 {
    var terms = min(left, rest)
    left &-= terms
    while terms >= 4 {
      look(&ahead)
      term(height, two, a, 1, b, &r8, &r4, &r2, &r1)
      term(height, two, a + aStep, 1, b + bStep, &r8, &r4, &r2, &r1)
      term(height, two, a + 2 &* aStep, 1, b + 2 &* bStep, &r8, &r4, &r2, &r1)
      term(height, two, a + 3 &* aStep, 1, b + 3 &* bStep, &r8, &r4, &r2, &r1)
      a += 4 &* aStep
      b += 4 &* bStep
      terms &-= 4
    }
    while terms > 0 {
      term(height, two, a, 1, b, &r8, &r4, &r2, &r1)
      a += aStep
      b += bStep
      terms &-= 1
    }
    a += 1 &- channels &* aStep  // the next column of the kernel: one place further
    rest = channels
  }
  write(height, two, c, ldc, add, r8, r4, r2, r1)
}

/// The tile of a panel of any height: each case is a kernel of its own.
@_transparent
func anyLineTile(
  _ height: Int, _ two: Bool, _ first: Int, _ k: Int, _ channels: Int, _ panel: Source,
  _ b: Source, _ c: Target, _ ldc: Int, _ add: Bool, _ ahead: Ahead
) {
  switch height {
  case 1: lineTile(1, two, first, k, channels, panel, b, c, ldc, add, ahead)
  case 2: lineTile(2, two, first, k, channels, panel, b, c, ldc, add, ahead)
  case 3: lineTile(3, two, first, k, channels, panel, b, c, ldc, add, ahead)
  case 4: lineTile(4, two, first, k, channels, panel, b, c, ldc, add, ahead)
  #if KERNEL_AVX512 || KERNEL_AVX2 || arch(arm64)
    case 5: lineTile(5, two, first, k, channels, panel, b, c, ldc, add, ahead)
    case 6: lineTile(6, two, first, k, channels, panel, b, c, ldc, add, ahead)
  #endif
  #if KERNEL_AVX512 || arch(arm64)
    case 7: lineTile(7, two, first, k, channels, panel, b, c, ldc, add, ahead)
    case 8: lineTile(8, two, first, k, channels, panel, b, c, ldc, add, ahead)
    case 9: lineTile(9, two, first, k, channels, panel, b, c, ldc, add, ahead)
    case 10: lineTile(10, two, first, k, channels, panel, b, c, ldc, add, ahead)
    case 11: lineTile(11, two, first, k, channels, panel, b, c, ldc, add, ahead)
    case 12: lineTile(12, two, first, k, channels, panel, b, c, ldc, add, ahead)
  #endif
  #if KERNEL_AVX512
    case 13: lineTile(13, two, first, k, channels, panel, b, c, ldc, add, ahead)
    case 14: lineTile(14, two, first, k, channels, panel, b, c, ldc, add, ahead)
  #endif
  default: break
  }
}

/// Two vectors wide.
@inline(never)
func wideLine(
  _ height: Int, _ first: Int, _ k: Int, _ channels: Int, _ panel: Source, _ b: Source,
  _ c: Target, _ ldc: Int, _ add: Bool, _ ahead: Ahead
) { anyLineTile(height, true, first, k, channels, panel, b, c, ldc, add, ahead) }

/// One vector wide: the right edge.
@inline(never)
func narrowLine(
  _ height: Int, _ first: Int, _ k: Int, _ channels: Int, _ panel: Source, _ b: Source,
  _ c: Target, _ ldc: Int, _ add: Bool, _ ahead: Ahead
) { anyLineTile(height, false, first, k, channels, panel, b, c, ldc, add, ahead) }

/// C (+)= A B for `lines` lines of `width` places, terms [first, first + k) of one row of the kernel,
/// and one panel of B; and what follows it.
///
/// - `packed` is the first line as that row of the kernel sees it; the panel of B is at `b`, and the
///   one that comes after it, for which is asked, at `next`.
/// - `c` is the first place's first of `columns` values, at most `tileColumns`; places follow each
///   other `ldc` apart.
public func multiplyLines(
  lines: Int, width: Int, channels: Int, packed: UnsafePointer<Float>, first: Int, k: Int,
  b: UnsafePointer<Float>, next: UnsafePointer<Float>, c: UnsafeMutablePointer<Float>, ldc: Int,
  columns: Int, add: Bool, edge: UnsafeMutablePointer<Float>, finish: Int,
  bias: UnsafePointer<Float>
) {
  let panels = panelCount(width)
  let (low, higher) = (width / panels, width % panels)
  let isWide = columns > lanes
  let full = isWide ? 2 &* lanes : lanes
  var (source, there) = (packed, c)
  var i = 0
  while i < lines &* panels {
    let height = i % panels < higher ? low &+ 1 : low
    let ahead = aheadOf(
      next, i, lines &* panels, full, k, there, ldc, height, 0)
    let (target, ld, adds) = columns == full ? (there, ldc, add) : (edge, full, false)
    if isWide {
      wideLine(height, first, k, channels, source, b, target, ld, adds, ahead)
    } else {
      narrowLine(height, first, k, channels, source, b, target, ld, adds, ahead)
    }
    if columns != full { copyEdge(height, edge, full, there, ldc, columns, add) }
    if finish != 0 { finishTile(there, ldc, height, columns, bias, bias, finish) }
    source += channels &* lineWidth
    there += height &* ldc
    i &+= 1
  }
}
