// PNGRows - filters, interlacing and the way to RGB (PNG, third edition, 7, 8 and 9).
// SPDX-License-Identifier: Apache-2.0

/// One pass of an image: the whole picture, or one of Adam7's seven.
private struct PNGPass {
  let firstColumn: Int
  let firstRow: Int
  let columnStep: Int
  let rowStep: Int
  let width: Int
  let height: Int
}

extension PNGHeader {
  fileprivate var passes: [PNGPass] {
    let grid =
      isInterlaced
      ? [
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
        (0, 1, 1, 2),
      ] : [(0, 0, 1, 1)]
    return grid.map { column, row, columnStep, rowStep in
      PNGPass(
        firstColumn: column, firstRow: row, columnStep: columnStep, rowStep: rowStep,
        width: max(0, (width - column + columnStep - 1) / columnStep),
        height: max(0, (height - row + rowStep - 1) / rowStep))
    }
  }

  /// Bytes of filtered rows, each with its filter type; empty passes have none.
  var expandedBytes: Int {
    passes.reduce(0) { $0 + ($1.width == 0 ? 0 : $1.height * (1 + rowBytes($1.width))) }
  }
}

/// Takes expanded image data in pieces of any size, undoes the filters and converts each whole row to
/// RGB in its place in the picture.
final class PNGRowSink {
  private let header: PNGHeader
  private let palette: [UInt8]
  private let output: UnsafeMutablePointer<UInt8>
  private let passes: [PNGPass]
  private var pass = 0
  private var row = 0
  /// The row being filled, its filter type first; the row above it; a row of an interlaced pass in
  /// RGB.
  private var current: UnsafeMutablePointer<UInt8>
  private var above: UnsafeMutablePointer<UInt8>
  private let colors: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  private var filled = 0
  /// The first filter type that does not exist; nothing is converted from there on.
  private(set) var failure: PNGError?

  /// A sink for `output`, which has room for the whole picture.
  init(_ header: PNGHeader, _ palette: [UInt8], _ output: UnsafeMutablePointer<UInt8>) {
    self.header = header
    self.palette = palette
    self.output = output
    passes = header.passes.filter { $0.width > 0 && $0.height > 0 }
    capacity = 1 + header.rowBytes(header.width)
    current = .allocate(capacity: capacity)
    above = .allocate(capacity: capacity)
    above.initialize(repeating: 0, count: capacity)
    colors = .allocate(capacity: header.isInterlaced ? header.width * 3 : 1)
  }

  deinit {
    current.deallocate()
    above.deallocate()
    colors.deallocate()
  }

  /// Takes the next bytes; those after the last row are dropped.
  func take(_ piece: UnsafeRawBufferPointer) {
    guard let source = piece.bindMemory(to: UInt8.self).baseAddress else { return }
    var taken = 0
    while taken < piece.count, pass < passes.count, failure == nil {
      let length = 1 + header.rowBytes(passes[pass].width)
      let count = min(length - filled, piece.count - taken)
      // safety: filled + count <= length, which is at most the capacity of a row.
      (current + filled).update(from: source + taken, count: count)
      filled += count
      taken += count
      if filled == length { finishRow(length - 1) }
    }
  }

  private func finishRow(_ length: Int) {
    let place = passes[pass]
    let line = current + 1
    guard unfilter(current[0], line, above + 1, length, header.filterDistance) else {
      failure = .filter(row: row, found: current[0])
      return
    }
    let y = place.firstRow + row * place.rowStep
    // safety: the pass lies inside the picture, which `output` holds.
    let target = output + (y * header.width + place.firstColumn) * 3
    palette.withUnsafeBufferPointer { palette in
      if place.columnStep == 1 {
        header.rowToRGB(line, place.width, palette, target)
      } else {
        header.rowToRGB(line, place.width, palette, colors)
        for x in 0..<place.width {
          for channel in 0..<3 {
            target[x * place.columnStep * 3 + channel] = colors[x * 3 + channel]
          }
        }
      }
    }
    swap(&current, &above)
    filled = 0
    row += 1
    if row == place.height {
      (pass, row) = (pass + 1, 0)
      // The row above the first one of a pass is zeros.
      above.update(repeating: 0, count: capacity)
    }
  }
}

extension PNGHeader {
  /// What a picture without any data shows.
  func fillWithZeros(_ palette: [UInt8], _ output: UnsafeMutableBufferPointer<UInt8>) {
    for index in output.indices {
      output[index] = colorType == .indexed ? palette[index % 3] : 0
    }
  }

  /// Converts one row to RGB by Pillow's rules: alpha is dropped, 16-bit samples keep their high
  /// byte except in gray without alpha, which is clipped at 255.
  fileprivate func rowToRGB(
    _ row: UnsafePointer<UInt8>, _ width: Int, _ palette: UnsafeBufferPointer<UInt8>,
    _ output: UnsafeMutablePointer<UInt8>
  ) {
    // safety: `row` has rowBytes(width) bytes, `output` 3 * width, `palette` 768 when indexed.
    @inline(__always) func gray(_ x: Int, _ value: UInt8) {
      output[3 &* x] = value
      output[3 &* x &+ 1] = value
      output[3 &* x &+ 2] = value
    }
    if plane == .alpha {
      let (size, channels) = (depth / 8, colorType.channels)
      for x in 0..<width { gray(x, row[((x &+ 1) &* channels &- 1) &* size]) }
      return
    }
    switch (colorType, depth) {
    case (.rgb, 8):
      output.update(from: row, count: width * 3)
    case (.rgb, _):
      for index in 0..<width * 3 { output[index] = row[2 &* index] }
    case (.rgba, _):
      let size = depth / 8
      for x in 0..<width {
        for channel in 0..<3 { output[3 &* x &+ channel] = row[(4 &* x &+ channel) &* size] }
      }
    case (.grayAlpha, _):
      let size = depth / 8
      for x in 0..<width { gray(x, row[2 &* x &* size]) }
    case (.gray, 16):
      for x in 0..<width { gray(x, row[2 &* x] == 0 ? row[2 &* x &+ 1] : 255) }
    case (.gray, 8):
      for x in 0..<width { gray(x, row[x]) }
    case (.gray, _):
      let scale = 255 / (1 << depth - 1)
      for x in 0..<width { gray(x, UInt8(truncatingIfNeeded: packed(row, x) &* scale)) }
    case (.indexed, _):
      for x in 0..<width {
        let entry = 3 &* (depth == 8 ? Int(row[x]) : packed(row, x))
        output[3 &* x] = palette[entry]
        output[3 &* x &+ 1] = palette[entry &+ 1]
        output[3 &* x &+ 2] = palette[entry &+ 2]
      }
    }
  }

  /// A sample of 1, 2 or 4 bits; the leftmost is in the high bits.
  @inline(__always)
  private func packed(_ row: UnsafePointer<UInt8>, _ x: Int) -> Int {
    let bit = x &* depth
    let shift = 8 &- depth &- (bit & 7)
    return Int(row[bit &>> 3]) &>> shift & (1 &<< depth &- 1)
  }
}

/// Undoes one row's filter in place; false when the type does not exist.
private func unfilter(
  _ type: UInt8, _ row: UnsafeMutablePointer<UInt8>, _ above: UnsafePointer<UInt8>, _ length: Int,
  _ distance: Int
) -> Bool {
  // safety: indices stay below `length`, and the first `distance` bytes have no left neighbour.
  let head = min(distance, length)
  switch type {
  case 0:
    break
  case 1:
    for index in head..<length { row[index] &+= row[index &- distance] }
  case 2:
    for index in 0..<length { row[index] &+= above[index] }
  case 3:
    for index in 0..<head { row[index] &+= above[index] &>> 1 }
    for index in head..<length {
      let sum = UInt16(row[index &- distance]) &+ UInt16(above[index])
      row[index] &+= UInt8(truncatingIfNeeded: sum &>> 1)
    }
  case 4:
    for index in 0..<head { row[index] &+= above[index] }
    for index in head..<length {
      let a = Int16(row[index &- distance])
      let b = Int16(above[index])
      let c = Int16(above[index &- distance])
      let pa = abs(b &- c)
      let pb = abs(a &- c)
      let pc = abs(a &+ b &- c &- c)
      let predictor = pa <= pb && pa <= pc ? a : pb <= pc ? b : c
      row[index] &+= UInt8(truncatingIfNeeded: predictor)
    }
  default:
    return false
  }
  return true
}
