// JPEGInverseDCT - the accurate integer inverse DCT (T.81, A.3.3; libjpeg's "islow").
// SPDX-License-Identifier: Apache-2.0

/// Eight 16-bit values: a row or a column of a block.
typealias Lane16 = SIMD8<Int16>
/// Eight 32-bit intermediate values.
typealias Lane32 = SIMD8<Int32>

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
  let acRows = row(1) | row(2) | row(3) | row(4) | row(5) | row(6) | row(7)
  if acRows == Lane16() {
    let first = row(0)
    if first.x1to7AreZero {
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
    transformRows(transposed(flat, flat, flat, flat, flat, flat, flat, flat), output, stride)
    return
  }
  let columns = oneDimension(
    (scaled(0), scaled(1), scaled(2), scaled(3), scaled(4), scaled(5), scaled(6), scaled(7)),
    shift: 11)
  transformRows(
    transposed(
      columns.0, columns.1, columns.2, columns.3, columns.4, columns.5, columns.6, columns.7),
    output, stride)
}

typealias Block16 = (Lane16, Lane16, Lane16, Lane16, Lane16, Lane16, Lane16, Lane16)

/// The second pass, the level shift and the store.
@inline(__always)
private func transformRows(
  _ columns: Block16, _ output: UnsafeMutablePointer<UInt8>, _ stride: Int
) {
  let done = oneDimension(columns, shift: 18)
  let rows = transposed(done.0, done.1, done.2, done.3, done.4, done.5, done.6, done.7)
  store(rows.0, output)
  store(rows.1, output + stride)
  store(rows.2, output + 2 &* stride)
  store(rows.3, output + 3 &* stride)
  store(rows.4, output + 4 &* stride)
  store(rows.5, output + 5 &* stride)
  store(rows.6, output + 6 &* stride)
  store(rows.7, output + 7 &* stride)
}

@inline(__always)
private func store(_ row: Lane16, _ output: UnsafeMutablePointer<UInt8>) {
  let limited = row.clamped(
    lowerBound: Lane16(repeating: -128), upperBound: Lane16(repeating: 127))
  let samples = SIMD8<UInt8>(truncatingIfNeeded: limited &+ Lane16(repeating: 128))
  UnsafeMutableRawPointer(output).storeBytes(of: samples, as: SIMD8<UInt8>.self)
}

/// One pass over eight columns at once; each lane is a column.
@inline(__always)
private func oneDimension(_ input: Block16, shift: Int32) -> Block16 {
  @inline(__always) func wide(_ value: Lane16) -> Lane32 { Lane32(truncatingIfNeeded: value) }
  // Even part. The sums of inputs wrap at 16 bits, products and later sums are 32 bits wide.
  let sum = wide(input.0 &+ input.4) &<< 13
  let difference = wide(input.0 &- input.4) &<< 13
  let two = wide(input.2)
  let six = wide(input.6)
  let even2 = two &* 4433 &+ six &* (4433 - 15137)
  let even3 = two &* (4433 + 6270) &+ six &* 4433
  let tmp10 = sum &+ even3
  let tmp13 = sum &- even3
  let tmp11 = difference &+ even2
  let tmp12 = difference &- even2
  // Odd part.
  let z3in = wide(input.7 &+ input.3)
  let z4in = wide(input.5 &+ input.1)
  let z3 = z3in &* (9633 - 16069) &+ z4in &* 9633
  let z4 = z3in &* 9633 &+ z4in &* (9633 - 3196)
  let seven = wide(input.7)
  let five = wide(input.5)
  let three = wide(input.3)
  let one = wide(input.1)
  let odd0 = seven &* (2446 - 7373) &+ one &* -7373 &+ z3
  let odd1 = five &* (16819 - 20995) &+ three &* -20995 &+ z4
  let odd2 = five &* -20995 &+ three &* (25172 - 20995) &+ z3
  let odd3 = seven &* -7373 &+ one &* (12299 - 7373) &+ z4
  let half = Lane32(repeating: 1 &<< (shift &- 1))
  @inline(__always) func narrow(_ value: Lane32) -> Lane16 {
    let shifted = (value &+ half) &>> Lane32(repeating: shift)
    let limited = shifted.clamped(
      lowerBound: Lane32(repeating: -32768), upperBound: Lane32(repeating: 32767))
    return Lane16(truncatingIfNeeded: limited)
  }
  return (
    narrow(tmp10 &+ odd3), narrow(tmp11 &+ odd2), narrow(tmp12 &+ odd1), narrow(tmp13 &+ odd0),
    narrow(tmp13 &- odd0), narrow(tmp12 &- odd1), narrow(tmp11 &- odd2), narrow(tmp10 &- odd3)
  )
}

/// Exchanges rows and columns: three rounds of interleaving halves.
@inline(__always)
private func transposed(
  _ a: Lane16, _ b: Lane16, _ c: Lane16, _ d: Lane16, _ e: Lane16, _ f: Lane16, _ g: Lane16,
  _ h: Lane16
) -> Block16 {
  @inline(__always) func zip(_ x: Lane16, _ y: Lane16) -> (Lane16, Lane16) {
    (
      Lane16(x[0], y[0], x[1], y[1], x[2], y[2], x[3], y[3]),
      Lane16(x[4], y[4], x[5], y[5], x[6], y[6], x[7], y[7])
    )
  }
  let (ae0, ae1) = zip(a, e)
  let (bf0, bf1) = zip(b, f)
  let (cg0, cg1) = zip(c, g)
  let (dh0, dh1) = zip(d, h)
  let (aceg0, aceg1) = zip(ae0, cg0)
  let (aceg2, aceg3) = zip(ae1, cg1)
  let (bdfh0, bdfh1) = zip(bf0, dh0)
  let (bdfh2, bdfh3) = zip(bf1, dh1)
  let (r0, r1) = zip(aceg0, bdfh0)
  let (r2, r3) = zip(aceg1, bdfh1)
  let (r4, r5) = zip(aceg2, bdfh2)
  let (r6, r7) = zip(aceg3, bdfh3)
  return (r0, r1, r2, r3, r4, r5, r6, r7)
}

extension Lane16 {
  @inline(__always)
  fileprivate var x1to7AreZero: Bool {
    var rest = self
    rest[0] = 0
    return rest == Lane16()
  }
}
