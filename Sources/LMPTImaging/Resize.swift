// Resize - separable resampling, bit for bit as Pillow's `Image.resize`.
// SPDX-License-Identifier: Apache-2.0

/// Resampling filters, by their names in torchvision and Pillow.
public enum Interpolation: String, Sendable, CaseIterable {
  /// Mean of the covered pixels; support 0.5.
  case box
  /// Triangle; support 1.
  case bilinear
  /// Keys' cubic with a = -0.5; support 2.
  case bicubic
  /// Sinc windowed by its main lobe; support 3.
  case lanczos
}

extension RGBImage {
  /// The image resized to `width` x `height` pixels.
  ///
  /// The filter is widened when the image shrinks, so that every source pixel counts ("antialias").
  /// Weights are computed in double precision and rounded to 22 fractional bits; each of the two
  /// passes rounds its result to 8 bits.
  ///
  /// - Parameters:
  ///   - width: columns of the result, at least 1.
  ///   - height: rows of the result, at least 1.
  ///   - interpolation: the filter.
  /// - Returns: the resized image; the source itself when nothing changes.
  public func resized(width: Int, height: Int, _ interpolation: Interpolation) -> RGBImage {
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    if width == self.width, height == self.height { return self }
    return resize(
      self, width: width, height: height, columns: 0..<width, rows: 0..<height, interpolation)
  }
}

/// A window of a resized image: the same pixels as resizing all of it and then cutting, at the
/// window's cost.
func resize(
  _ image: RGBImage, width: Int, height: Int, columns columnWindow: Range<Int>,
  rows rowWindow: Range<Int>, _ interpolation: Interpolation
) -> RGBImage {
  let columns = ResampleWeights(
    from: image.width, to: width, window: columnWindow, interpolation)
  let rows = ResampleWeights(from: image.height, to: height, window: rowWindow, interpolation)
  if width == image.width {
    let cut = crop(
      image, columns: columnWindow, rows: height == image.height ? rowWindow : 0..<image.height)
    return height == image.height ? cut : resampleColumns(cut, rows, skipping: 0)
  }
  if height == image.height {
    return resampleRows(image, rows: rowWindow, columns)
  }
  // The order of the passes shows in the rounding. Since version 13 Pillow begins with the vertical
  // one where it takes away more than twice as many rows as the horizontal one takes columns.
  let lostRows = image.height - height
  if lostRows > 0, lostRows > 2 * (image.width - width) {
    return resampleRows(
      resampleColumns(image, rows, skipping: 0), rows: 0..<rows.count, columns)
  }
  // Only the rows that the second pass reads are worth the first one.
  let used = rows.firstUsed..<rows.endUsed
  return resampleColumns(
    resampleRows(image, rows: used, columns), rows, skipping: used.lowerBound)
}

/// Cuts a window out of an image.
private func crop(_ image: RGBImage, columns: Range<Int>, rows: Range<Int>) -> RGBImage {
  if columns.count == image.width, rows.count == image.height { return image }
  var pixels: [UInt8] = []
  pixels.reserveCapacity(columns.count * rows.count * 3)
  for y in rows {
    let start = (y * image.width + columns.lowerBound) * 3
    pixels.append(contentsOf: image.pixels[start..<start + columns.count * 3])
  }
  return RGBImage(width: columns.count, height: rows.count, pixels: pixels)
}

/// The horizontal pass over some rows.
private func resampleRows(
  _ image: RGBImage, rows: Range<Int>, _ weights: ResampleWeights
) -> RGBImage {
  let width = weights.count
  let stride = image.width * 3
  let pixels = [UInt8](unsafeUninitializedCapacity: width * rows.count * 3) { buffer, count in
    image.pixels.withUnsafeBufferPointer { source in
      weights.values.withUnsafeBufferPointer { values in
        weights.spans.withUnsafeBufferPointer { spans in
          guard let input = source.baseAddress, let output = buffer.baseAddress,
            let table = values.baseAddress
          else { return }
          for row in rows {
            resampleRow(
              input + row * stride, output + (row - rows.lowerBound) * width * 3, spans, table,
              weights.taps)
          }
        }
      }
    }
    count = width * rows.count * 3
  }
  return RGBImage(width: width, height: rows.count, pixels: pixels)
}

private func resampleRow(
  _ input: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<UInt8>,
  _ spans: UnsafeBufferPointer<ResampleWeights.Span>, _ table: UnsafePointer<Int32>, _ taps: Int
) {
  // safety: a span lies inside the source row, and has at most `taps` weights.
  for x in 0..<spans.count {
    let span = spans[x]
    let weights = table + x &* taps
    var pixel = input + 3 &* span.start
    var red = ResampleWeights.half
    var green = ResampleWeights.half
    var blue = ResampleWeights.half
    for tap in 0..<span.count {
      let weight = weights[tap]
      red &+= Int32(pixel[0]) &* weight
      green &+= Int32(pixel[1]) &* weight
      blue &+= Int32(pixel[2]) &* weight
      pixel += 3
    }
    output[3 &* x] = ResampleWeights.clip(red)
    output[3 &* x &+ 1] = ResampleWeights.clip(green)
    output[3 &* x &+ 2] = ResampleWeights.clip(blue)
  }
}

/// The vertical pass; `skipping` rows of the original are not in the image.
private func resampleColumns(
  _ image: RGBImage, _ weights: ResampleWeights, skipping: Int
) -> RGBImage {
  let stride = image.width * 3
  let pixels = [UInt8](unsafeUninitializedCapacity: stride * weights.count) { buffer, count in
    let sums = UnsafeMutablePointer<Int32>.allocate(capacity: stride)
    defer { sums.deallocate() }
    image.pixels.withUnsafeBufferPointer { source in
      weights.values.withUnsafeBufferPointer { values in
        guard let input = source.baseAddress, let output = buffer.baseAddress,
          let table = values.baseAddress
        else { return }
        for (y, span) in weights.spans.enumerated() {
          // safety: a span lies inside the image's rows once the skipped ones are taken off.
          sums.initialize(repeating: ResampleWeights.half, count: stride)
          for tap in 0..<span.count {
            let row = input + (span.start - skipping + tap) * stride
            let weight = table[y * weights.taps + tap]
            for index in 0..<stride { sums[index] &+= Int32(row[index]) &* weight }
          }
          let line = output + y * stride
          for index in 0..<stride { line[index] = ResampleWeights.clip(sums[index]) }
        }
      }
    }
    count = stride * weights.count
  }
  return RGBImage(width: image.width, height: weights.count, pixels: pixels)
}
