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

/// Undoes the filters and converts to RGB, as far as whole rows of data go; the rest of a truncated
/// picture is what zeros stand for.
func assemblePNG(_ header: PNGHeader, _ filtered: [UInt8], palette: [UInt8]) throws -> RGBImage {
  var data = filtered
  var failure: PNGError?
  let count = header.width * header.height * 3
  let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
    initialised = count
    guard let output = buffer.baseAddress else { return }
    if data.count < header.expandedBytes { fillWithZeros(header, palette, buffer) }
    data.withUnsafeMutableBufferPointer { rows in
      palette.withUnsafeBufferPointer { colors in
        failure = header.convert(rows, colors, output)
      }
    }
    if failure != nil { buffer.update(repeating: 0) }
  }
  if let failure { throw failure }
  return RGBImage(width: header.width, height: header.height, pixels: pixels)
}

private func fillWithZeros(
  _ header: PNGHeader, _ palette: [UInt8], _ output: UnsafeMutableBufferPointer<UInt8>
) {
  for index in output.indices {
    output[index] = header.colorType == .indexed ? palette[index % 3] : 0
  }
}

extension PNGHeader {
  fileprivate func convert(
    _ rows: UnsafeMutableBufferPointer<UInt8>, _ palette: UnsafeBufferPointer<UInt8>,
    _ output: UnsafeMutablePointer<UInt8>
  ) -> PNGError? {
    guard let base = rows.baseAddress else { return nil }
    var start = 0
    for pass in passes where pass.width > 0 {
      let length = rowBytes(pass.width)
      let scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: max(length, pass.width * 3) + 16)
      scratch.initialize(repeating: 0, count: length)
      defer { scratch.deallocate() }
      // The row above the first one is zeros.
      var above = UnsafePointer<UInt8>(scratch)
      for row in 0..<pass.height {
        guard start + 1 + length <= rows.count else { return nil }
        // safety: the row lies inside `rows`; `above` has `length` bytes too.
        let line = base + start + 1
        guard unfilter(base[start], line, above, length, filterDistance) else {
          return .filter(row: row, found: base[start])
        }
        above = UnsafePointer(line)
        start += 1 + length
        let y = pass.firstRow + row * pass.rowStep
        let target = output + (y * width + pass.firstColumn) * 3
        if pass.columnStep == 1 {
          rowToRGB(line, pass.width, palette, target)
        } else {
          let colors = scratch
          rowToRGB(line, pass.width, palette, colors)
          for x in 0..<pass.width {
            for channel in 0..<3 {
              target[x * pass.columnStep * 3 + channel] = colors[x * 3 + channel]
            }
          }
        }
      }
    }
    return nil
  }

  /// Converts one row to RGB by Pillow's rules: alpha is dropped, 16-bit samples keep their high
  /// byte except in gray without alpha, which is clipped at 255.
  private func rowToRGB(
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
