// JPEGEncoder - pixels as a baseline JPEG file, for pictures on a page.
// SPDX-License-Identifier: Apache-2.0

/// Writes 8-bit RGB as a baseline JPEG with halved chroma (4:2:0) and the tables of T.81, Annex K.
///
/// Integers throughout, so that a picture has the same bytes on every machine. Thumbnails are what it
/// is for: the codes are the standard's, not fitted to the picture.
///
/// - Parameters:
///   - image: at most 65,535 pixels wide and high.
///   - quality: 1 to 100, as libjpeg scales the quantisation steps.
/// - Returns: the file.
package func encodeJPEG(_ image: RGBImage, quality: Int = 85) -> [UInt8] {
  guard max(image.width, image.height) <= 65_535, (1...100).contains(quality) else {
    fatalError("\(image.width) x \(image.height) pixels, quality \(quality): no JPEG has these")
  }
  let steps = JPEGSteps(quality: quality)
  var writer = JPEGWriter()
  writer.header(width: image.width, height: image.height, steps)
  var luma = JPEGBlockCoder(steps.luma, table: 0)
  var blue = JPEGBlockCoder(steps.chroma, table: 1)
  var red = JPEGBlockCoder(steps.chroma, table: 1)
  var unit = JPEGUnit()
  for top in stride(from: 0, to: image.height, by: 16) {
    for left in stride(from: 0, to: image.width, by: 16) {
      unit.read(image, left, top)
      for corner in [0, 8, 128, 136] {
        if left + corner % 16 < image.width, top + corner / 16 < image.height {
          luma.encode(unit.luma, at: corner, stride: 16, to: &writer)
        } else {
          luma.repeatLast(to: &writer)  // nobody sees it
        }
      }
      blue.encode(unit.blue, at: 0, stride: 8, to: &writer)
      red.encode(unit.red, at: 0, stride: 8, to: &writer)
    }
  }
  return writer.finished()
}

/// The quantisation steps in natural order.
struct JPEGSteps {
  let luma: [Int32]
  let chroma: [Int32]

  /// The tables K.1 and K.2 times 50 / quality below 50, and 2 - quality / 50 from there on.
  init(quality: Int) {
    let scale = quality < 50 ? 5000 / quality : 200 - 2 * quality
    func scaled(_ table: [Int]) -> [Int32] {
      table.map { Int32(min(255, max(1, ($0 * scale + 50) / 100))) }
    }
    luma = scaled(JPEGSteps.luminance)
    chroma = scaled(JPEGSteps.chrominance)
  }

  private static let luminance = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
  ]
  private static let chrominance =
    [17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99]
    + [24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99]
    + [Int](repeating: 99, count: 32)
}

/// A square of 16 x 16 pixels in the colours of JFIF, less 128.
private struct JPEGUnit {
  var luma = [Int32](repeating: 0, count: 256)
  var blue = [Int32](repeating: 0, count: 64)
  var red = [Int32](repeating: 0, count: 64)

  /// Reads a square; past the picture's edge its last column and row go on.
  mutating func read(_ image: RGBImage, _ left: Int, _ top: Int) {
    for place in 0..<64 { (blue[place], red[place]) = (0, 0) }
    for y in 0..<16 {
      let row = min(top + y, image.height - 1) * image.width
      for x in 0..<16 {
        let start = 3 * (row + min(left + x, image.width - 1))
        let (r, g, b) = (
          Int32(image.pixels[start]), Int32(image.pixels[start + 1]), Int32(image.pixels[start + 2])
        )
        // 0.299, 0.587, 0.114; chroma is scaled by 0.5 / (1 - 0.114) and 0.5 / (1 - 0.299).
        luma[y * 16 + x] = (19595 * r + 38470 * g + 7471 * b + 32768) >> 16 - 128
        let place = y / 2 * 8 + x / 2
        blue[place] += -11059 * r - 21709 * g + 32768 * b
        red[place] += 32768 * r - 27439 * g - 5329 * b
      }
    }
    // Four pixels and 16 bits of fraction.
    for place in 0..<64 {
      blue[place] = (blue[place] + 131_072) >> 18
      red[place] = (red[place] + 131_072) >> 18
    }
  }
}

/// One component: the transform, the steps, and the code of its blocks in the order of the scan.
private struct JPEGBlockCoder {
  private let steps: [Int32]
  private let dc: JPEGCode
  private let ac: JPEGCode
  private var previous: Int32 = 0
  private var rows = [Int32](repeating: 0, count: 64)
  private var coefficients = [Int32](repeating: 0, count: 64)

  init(_ steps: [Int32], table: Int) {
    self.steps = steps
    (dc, ac) = (JPEGCode(isDC: true, table), JPEGCode(isDC: false, table))
  }

  /// T.81, A.3.3 by its definition, in rows and then columns, divided by the steps.
  private mutating func transform(_ samples: [Int32], at start: Int, stride: Int) {
    let basis = JPEGBlockCoder.basis
    for y in 0..<8 {
      for u in 0..<8 {
        var sum: Int32 = 0
        for x in 0..<8 { sum &+= basis[u * 8 + x] &* samples[start + y * stride + x] }
        rows[y * 8 + u] = (sum + 512) >> 10  // 3 bits of fraction are left
      }
    }
    for v in 0..<8 {
      for u in 0..<8 {
        var sum: Int32 = 0
        for y in 0..<8 { sum &+= basis[v * 8 + y] &* rows[y * 8 + u] }
        let step = steps[v * 8 + u] << 16
        let size = (abs(sum) + step / 2) / step
        coefficients[v * 8 + u] = sum < 0 ? -size : size
      }
    }
  }

  /// Codes one block (T.81, F.1.2).
  mutating func encode(
    _ samples: [Int32], at start: Int, stride: Int, to writer: inout JPEGWriter
  ) {
    transform(samples, at: start, stride: stride)
    writer.write(coefficients[0] - previous, run: 0, dc)
    previous = coefficients[0]
    var run = 0
    for zigzag in 1..<64 {
      let value = coefficients[Int(naturalOrder[zigzag])]
      guard value != 0 else {
        run += 1
        continue
      }
      while run > 15 {
        writer.write(symbol: 0xF0, ac)
        run -= 16
      }
      writer.write(value, run: run, ac)
      run = 0
    }
    if run > 0 { writer.write(symbol: 0, ac) }
  }

  /// Codes a flat block as light as the one before it.
  func repeatLast(to writer: inout JPEGWriter) {
    writer.write(0, run: 0, dc)
    writer.write(symbol: 0, ac)
  }

  /// The cosines of the transform with their factors, in 13 bits: row u, column x.
  private static let basis: [Int32] = {
    // cos(k pi / 16) / 2 of k = 0...8.
    let quarter: [Int32] = [4096, 4017, 3784, 3406, 2896, 2276, 1567, 799, 0]
    func cosine(_ k: Int) -> Int32 {
      let k = min(k % 32, 32 - k % 32)
      return k <= 8 ? quarter[k] : -quarter[16 - k]
    }
    return (0..<64).map { $0 < 8 ? 2896 : cosine((2 * ($0 % 8) + 1) * ($0 / 8)) }
  }()
}
