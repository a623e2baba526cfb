// JPEGInverseDCT - the accurate integer inverse DCT (T.81, A.3.3; libjpeg's "islow").
// SPDX-License-Identifier: Apache-2.0

/// Dequantises and transforms one block.
///
/// Loeffler, Ligtenberg and Moschytz' algorithm with 13-bit constants: columns first, keeping 2
/// extra bits, then rows. Values wrap and saturate at 16 bits where libjpeg-turbo's vector code
/// lets them, so that damaged files give the same pixels too.
///
/// - Parameters:
///   - coefficients: 64 values in natural order.
///   - steps: 64 quantisation steps in natural order.
///   - output: the first sample of the block.
///   - stride: distance between rows of samples.
@inline(__always)
func inverseDCT(
  _ coefficients: UnsafePointer<Int16>, _ steps: UnsafePointer<Int16>,
  _ output: UnsafeMutablePointer<UInt8>, _ stride: Int
) {
  // safety: both inputs hold 64 values; eight rows of eight samples are written.
  let values = UnsafeRawPointer(coefficients)
  let scales = UnsafeRawPointer(steps)
  @inline(__always) func row(_ index: Int) -> Lane16 {
    values.loadUnaligned(fromByteOffset: index &* 16, as: Lane16.self)
  }
  @inline(__always) func scaled(_ index: Int) -> Lane16 {
    row(index) &* scales.loadUnaligned(fromByteOffset: index &* 16, as: Lane16.self)
  }
  if (row(1) | row(2) | row(3) | row(4) | row(5) | row(6) | row(7)).isZero {
    var rest = row(0)
    rest[0] = 0
    if rest.isZero {
      // Only DC: one value for the whole block.
      let dc = (coefficients[0] &* steps[0]) &<< 2
      let sample = max(-128, min(127, (Int32(dc) &+ 16) &>> 5)) &+ 128
      let word = UInt64(truncatingIfNeeded: sample) &* 0x0101_0101_0101_0101
      for line in 0..<8 {
        UnsafeMutableRawPointer(output + line &* stride).storeBytes(of: word, as: UInt64.self)
      }
      return
    }
    let flat = scaled(0) &<< 2
    transformRows(transposed((flat, flat, flat, flat, flat, flat, flat, flat)), output, stride)
    return
  }
  let columns = oneDimension(
    (scaled(0), scaled(1), scaled(2), scaled(3), scaled(4), scaled(5), scaled(6), scaled(7)),
    shift: 11)
  transformRows(transposed(columns), output, stride)
}

typealias Block16 = (Lane16, Lane16, Lane16, Lane16, Lane16, Lane16, Lane16, Lane16)

/// The second pass, the level shift and the store.
@inline(__always)
private func transformRows(
  _ columns: Block16, _ output: UnsafeMutablePointer<UInt8>, _ stride: Int
) {
  let rows = transposed(oneDimension(columns, shift: 18))
  store(rows.0, rows.1, output, stride)
  store(rows.2, rows.3, output + 2 &* stride, stride)
  store(rows.4, rows.5, output + 4 &* stride, stride)
  store(rows.6, rows.7, output + 6 &* stride, stride)
}

/// Two rows of samples. Values are 14 bits wide after the second pass, so that 128 can be added.
@inline(__always)
private func store(
  _ first: Lane16, _ second: Lane16, _ output: UnsafeMutablePointer<UInt8>, _ stride: Int
) {
  let samples = unsafeBitCast(Lanes.clipped(first &+ 128, second &+ 128), to: SIMD2<UInt64>.self)
  UnsafeMutableRawPointer(output).storeBytes(of: samples[0], as: UInt64.self)
  UnsafeMutableRawPointer(output + stride).storeBytes(of: samples[1], as: UInt64.self)
}

/// One pass over eight columns at once; each lane is a column.
///
/// Sums of inputs wrap at 16 bits; products and later sums are 32 bits wide, four columns at a time.
@inline(__always)
private func oneDimension(_ x: Block16, shift: Int32) -> Block16 {
  let (sum, difference) = (x.0 &+ x.4, x.0 &- x.4)
  let (z3, z4) = (x.7 &+ x.3, x.5 &+ x.1)
  let zero = Lane16()
  let low = fourColumns(
    Lanes.interleavedLow(zero, sum), Lanes.interleavedLow(zero, difference),
    Lanes.interleavedLow(x.2, x.6),
    Lanes.interleavedLow(z3, z4), Lanes.interleavedLow(x.7, x.1), Lanes.interleavedLow(x.5, x.3),
    shift)
  let high = fourColumns(
    Lanes.interleavedHigh(zero, sum), Lanes.interleavedHigh(zero, difference),
    Lanes.interleavedHigh(x.2, x.6),
    Lanes.interleavedHigh(z3, z4), Lanes.interleavedHigh(x.7, x.1), Lanes.interleavedHigh(x.5, x.3),
    shift)
  return (
    Lanes.saturated(low.0, high.0), Lanes.saturated(low.1, high.1), Lanes.saturated(low.2, high.2),
    Lanes.saturated(low.3, high.3), Lanes.saturated(low.4, high.4), Lanes.saturated(low.5, high.5),
    Lanes.saturated(low.6, high.6), Lanes.saturated(low.7, high.7)
  )
}

typealias Block32 = (Lane32, Lane32, Lane32, Lane32, Lane32, Lane32, Lane32, Lane32)

/// Four columns of a pass, from pairs of inputs; `sum` and `difference` are in the pairs' high halves.
@inline(__always)
private func fourColumns(
  _ sum: Lane16, _ difference: Lane16, _ twoSix: Lane16, _ z3z4: Lane16, _ sevenOne: Lane16,
  _ fiveThree: Lane16, _ shift: Int32
) -> Block32 {
  // Even part: x << 16 >> 3 is x times 2^13.
  let wideSum = unsafeBitCast(sum, to: Lane32.self) &>> 3
  let wideDifference = unsafeBitCast(difference, to: Lane32.self) &>> 3
  let even2 = Lanes.dot(twoSix, 4433, 4433 - 15137)
  let even3 = Lanes.dot(twoSix, 4433 + 6270, 4433)
  let half = Lane32(repeating: 1 &<< (shift &- 1))
  let tmp10 = wideSum &+ even3 &+ half
  let tmp13 = wideSum &- even3 &+ half
  let tmp11 = wideDifference &+ even2 &+ half
  let tmp12 = wideDifference &- even2 &+ half
  // Odd part.
  let z3 = Lanes.dot(z3z4, 9633 - 16069, 9633)
  let z4 = Lanes.dot(z3z4, 9633, 9633 - 3196)
  let odd0 = Lanes.dot(sevenOne, 2446 - 7373, -7373) &+ z3
  let odd1 = Lanes.dot(fiveThree, 16819 - 20995, -20995) &+ z4
  let odd2 = Lanes.dot(fiveThree, -20995, 25172 - 20995) &+ z3
  let odd3 = Lanes.dot(sevenOne, -7373, 12299 - 7373) &+ z4
  return (
    (tmp10 &+ odd3) &>> shift, (tmp11 &+ odd2) &>> shift, (tmp12 &+ odd1) &>> shift,
    (tmp13 &+ odd0) &>> shift, (tmp13 &- odd0) &>> shift, (tmp12 &- odd1) &>> shift,
    (tmp11 &- odd2) &>> shift, (tmp10 &- odd3) &>> shift
  )
}

/// Exchanges rows and columns: three rounds of interleaving halves.
@inline(__always)
private func transposed(_ x: Block16) -> Block16 {
  halvesInterleaved(halvesInterleaved(halvesInterleaved(x)))
}

/// Row i of the first half beside row i of the second.
@inline(__always)
private func halvesInterleaved(_ x: Block16) -> Block16 {
  (
    Lanes.interleavedLow(x.0, x.4), Lanes.interleavedHigh(x.0, x.4), Lanes.interleavedLow(x.1, x.5),
    Lanes.interleavedHigh(x.1, x.5), Lanes.interleavedLow(x.2, x.6),
    Lanes.interleavedHigh(x.2, x.6),
    Lanes.interleavedLow(x.3, x.7), Lanes.interleavedHigh(x.3, x.7)
  )
}

extension Lane16 {
  @inline(__always)
  fileprivate var isZero: Bool {
    let words = unsafeBitCast(self, to: SIMD2<UInt64>.self)
    return words[0] | words[1] == 0
  }
}
