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
      expandRow(near, component.width, scratch)
    case .vertical:
      let nearRow = y / 2
      let farRow = min(max(y % 2 == 0 ? nearRow - 1 : nearRow + 1, 0), last)
      guard let near = component.row(nearRow), let far = component.row(farRow) else { return nil }
      blendRows(near, far, component.width, bias: y % 2 == 0 ? 1 : 2, scratch)
    case .both:
      let nearRow = y / 2
      let farRow = min(max(y % 2 == 0 ? nearRow - 1 : nearRow + 1, 0), last)
      guard let near = component.row(nearRow), let far = component.row(farRow) else { return nil }
      expandRows(near, far, component.width, scratch)
    case .replicated(let across, let down):
      guard let source = component.row(y / down) else { return nil }
      for x in 0..<width { scratch[x] = source[x / across] }
    }
    return UnsafePointer(scratch)
  }
}

/// Doubles a row: each output is 3/4 of the nearer sample and 1/4 of the further one, rounded down
/// and up in turn.
private func expandRow(
  _ source: UnsafePointer<UInt8>, _ count: Int, _ output: UnsafeMutablePointer<UInt8>
) {
  output[0] = source[0]
  output[1] = UInt8(truncatingIfNeeded: (Int(source[0]) &* 3 &+ Int(source[1]) &+ 2) &>> 2)
  for x in 1..<count &- 1 {
    let near = Int(source[x]) &* 3
    output[2 &* x] = UInt8(truncatingIfNeeded: (near &+ Int(source[x &- 1]) &+ 1) &>> 2)
    output[2 &* x &+ 1] = UInt8(truncatingIfNeeded: (near &+ Int(source[x &+ 1]) &+ 2) &>> 2)
  }
  let end = count &- 1
  output[2 &* end] = UInt8(
    truncatingIfNeeded: (Int(source[end]) &* 3 &+ Int(source[end &- 1]) &+ 1) &>> 2)
  output[2 &* end &+ 1] = source[end]
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

/// Doubles a row between two: 9/16, 3/16, 3/16 and 1/16 of the four samples around.
private func expandRows(
  _ near: UnsafePointer<UInt8>, _ far: UnsafePointer<UInt8>, _ count: Int,
  _ output: UnsafeMutablePointer<UInt8>
) {
  @inline(__always) func sum(_ x: Int) -> Int { Int(near[x]) &* 3 &+ Int(far[x]) }
  var before = sum(0)
  var here = before
  var after = sum(1)
  output[0] = UInt8(truncatingIfNeeded: (here &* 4 &+ 8) &>> 4)
  output[1] = UInt8(truncatingIfNeeded: (here &* 3 &+ after &+ 7) &>> 4)
  for x in 1..<count &- 1 {
    before = here
    here = after
    after = sum(x &+ 1)
    output[2 &* x] = UInt8(truncatingIfNeeded: (here &* 3 &+ before &+ 8) &>> 4)
    output[2 &* x &+ 1] = UInt8(truncatingIfNeeded: (here &* 3 &+ after &+ 7) &>> 4)
  }
  let end = count &- 1
  output[2 &* end] = UInt8(truncatingIfNeeded: (after &* 3 &+ here &+ 8) &>> 4)
  output[2 &* end &+ 1] = UInt8(truncatingIfNeeded: (after &* 4 &+ 7) &>> 4)
}
