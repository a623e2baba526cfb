// JPEGUpsampling - brings subsampled components to full size, row by row.
// SPDX-License-Identifier: Apache-2.0

/// How one component's samples become one row of the picture.
///
/// libjpeg-turbo's default: triangle filters ("fancy upsampling") where exactly one of the factors
/// or both are 2, replication for everything else.
enum JPEGUpsampling {
  case none
  /// Triangle filter along rows.
  case horizontal
  /// Triangle filter along columns.
  case vertical
  /// Both.
  case both
  /// Each sample repeated.
  case replicated(horizontal: Int, vertical: Int)

  init(_ component: JPEGComponent, _ frame: JPEGFrame) {
    let across = frame.maxHorizontal / component.horizontal
    let down = frame.maxVertical / component.vertical
    // Rows of one or two samples have no inner column, so libjpeg does not filter them.
    let isFiltered = component.width > 2
    switch (across, down) {
    case (1, 1): self = .none
    case (2, 1) where isFiltered: self = .horizontal
    case (1, 2): self = .vertical
    case (2, 2) where isFiltered: self = .both
    default: self = .replicated(horizontal: across, vertical: down)
    }
  }

  /// The samples of picture row `y`: either the plane's own row, or `scratch` filled.
  ///
  /// - Parameters:
  ///   - y: row of the picture.
  ///   - component: the component, whose plane is decoded.
  ///   - width: columns of the picture.
  ///   - scratch: room for `width` rounded up to a full block of the largest factor, and 16 more.
  /// - Returns: the samples; nil only when the plane was never allocated.
  func row(
    _ y: Int, of component: JPEGComponent, width: Int, scratch: UnsafeMutablePointer<UInt8>
  ) -> UnsafePointer<UInt8>? {
    // safety: rows are clamped to the component's height, columns to its width.
    let last = component.height - 1
    switch self {
    case .none:
      return component.row(y).map { UnsafePointer($0) }
    case .horizontal:
      guard let near = component.row(y) else { return nil }
      expandRows(near, near, component.width, evenBias: 4, oddBias: 8, scratch)
    case .vertical:
      let nearRow = y / 2
      let farRow = min(max(y % 2 == 0 ? nearRow - 1 : nearRow + 1, 0), last)
      guard let near = component.row(nearRow), let far = component.row(farRow) else { return nil }
      blendRows(near, far, component.width, bias: y % 2 == 0 ? 1 : 2, scratch)
    case .both:
      let nearRow = y / 2
      let farRow = min(max(y % 2 == 0 ? nearRow - 1 : nearRow + 1, 0), last)
      guard let near = component.row(nearRow), let far = component.row(farRow) else { return nil }
      expandRows(near, far, component.width, evenBias: 8, oddBias: 7, scratch)
    case .replicated(let across, let down):
      guard let source = component.row(y / down) else { return nil }
      for x in 0..<width { scratch[x] = source[x / across] }
    }
    return UnsafePointer(scratch)
  }
}

/// 3/4 of the nearer row and 1/4 of the further one.
private func blendRows(
  _ near: UnsafePointer<UInt8>, _ far: UnsafePointer<UInt8>, _ count: Int, bias: Int,
  _ output: UnsafeMutablePointer<UInt8>
) {
  for x in 0..<count {
    output[x] = UInt8(truncatingIfNeeded: (Int(near[x]) &* 3 &+ Int(far[x]) &+ bias) &>> 2)
  }
}

/// Doubles a row between two: 9/16, 3/16, 3/16 and 1/16 of the four samples around, rounded with
/// `evenBias` and `oddBias` in turn; beyond the ends the last sample is repeated.
///
/// With one row in the place of both it is the filter along rows: 3/4 and 1/4.
private func expandRows(
  _ near: UnsafePointer<UInt8>, _ far: UnsafePointer<UInt8>, _ count: Int, evenBias: Int16,
  oddBias: Int16, _ output: UnsafeMutablePointer<UInt8>
) {
  @inline(__always) func sum(_ x: Int) -> Int16 { Int16(near[x]) &* 3 &+ Int16(far[x]) }
  @inline(__always) func sums(_ x: Int) -> Lane16 {
    Lanes.samples(near + x) &* 3 &+ Lanes.samples(far + x)
  }
  let end = count &- 1
  var x = 0
  while x < count {
    // safety: samples x - 1 to x + 8 are in the row.
    if x > 0, x &+ 8 <= end {
      let here = sums(x) &* 3
      let even = (here &+ sums(x &- 1) &+ evenBias) &>> 4
      let odd = (here &+ sums(x &+ 1) &+ oddBias) &>> 4
      UnsafeMutableRawPointer(output + 2 &* x).storeBytes(of: even | odd &<< 8, as: Lane16.self)
      x &+= 8
    } else {
      let here = sum(x) &* 3
      let even = (here &+ sum(max(x &- 1, 0)) &+ evenBias) &>> 4
      let odd = (here &+ sum(min(x &+ 1, end)) &+ oddBias) &>> 4
      output[2 &* x] = UInt8(truncatingIfNeeded: even)
      output[2 &* x &+ 1] = UInt8(truncatingIfNeeded: odd)
      x &+= 1
    }
  }
}
