// JPEGColor - from components to RGB.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// What a frame's components mean.
enum JPEGColorSpace {
  case gray, rgb, yCbCr, cmyk, ycck

  /// libjpeg's rules: JFIF means YCbCr, an Adobe marker says it itself, identifiers "RGB" mean RGB,
  /// and everything else is YCbCr.
  init(_ frame: JPEGFrame, hasJFIF: Bool, adobeTransform: UInt8?) {
    switch frame.components.count {
    case 1:
      self = .gray
    case 3:
      if hasJFIF {
        self = .yCbCr
      } else if let adobeTransform {
        self = adobeTransform == 0 ? .rgb : .yCbCr
      } else {
        self = frame.components.map(\.id) == [0x52, 0x47, 0x42] ? .rgb : .yCbCr
      }
    default:
      if let adobeTransform {
        self = adobeTransform == 0 ? .cmyk : .ycck
      } else {
        self = .cmyk
      }
    }
  }
}

extension JPEGDecoder {
  /// Upsamples the planes and converts them to RGB.
  func assemble() throws -> RGBImage {
    guard let frame else { throw JPEGError.noFrame(offset: position) }
    let (width, height) = (frame.width, frame.height)
    let space = JPEGColorSpace(frame, hasJFIF: hasJFIF, adobeTransform: adobeTransform)
    let components = frame.components
    let methods = components.map { JPEGUpsampling($0, frame) }
    let scratchSize = frame.unitsWide * frame.maxHorizontal * 8 + 16
    try requireMemory(width * height * 3)
    let scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: scratchSize * components.count)
    defer { scratch.deallocate() }
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      for y in 0..<height {
        // safety: `output` is row y of the buffer, and each converter writes 3 * width bytes.
        let output = base + y * width * 3
        func row(_ index: Int) -> UnsafePointer<UInt8> {
          methods[index].row(
            y, of: components[index], width: width, scratch: scratch + index * scratchSize)
            ?? UnsafePointer(scratch)
        }
        switch space {
        case .gray: grayToRGB(row(0), width, output)
        case .rgb: interleave(row(0), row(1), row(2), width, output)
        case .yCbCr: yCbCrToRGB(row(0), row(1), row(2), width, output)
        case .cmyk: cmykToRGB(row(0), row(1), row(2), row(3), width, output)
        case .ycck: ycckToRGB(row(0), row(1), row(2), row(3), width, output)
        }
      }
      count = width * height * 3
    }
    return RGBImage(width: width, height: height, pixels: pixels)
  }
}

private func grayToRGB(
  _ gray: UnsafePointer<UInt8>, _ width: Int, _ output: UnsafeMutablePointer<UInt8>
) {
  interleave(gray, gray, gray, width, output)
}

private func interleave(
  _ red: UnsafePointer<UInt8>, _ green: UnsafePointer<UInt8>, _ blue: UnsafePointer<UInt8>,
  _ width: Int, _ output: UnsafeMutablePointer<UInt8>
) {
  for x in 0..<width {
    output[3 &* x] = red[x]
    output[3 &* x &+ 1] = green[x]
    output[3 &* x &+ 2] = blue[x]
  }
}

@inline(__always)
private func clip(_ value: Int32) -> UInt8 {
  UInt8(truncatingIfNeeded: max(0, min(255, value)))
}

/// JFIF's conversion with 16-bit constants: 1.402, 0.34414, 0.71414 and 1.772.
@inline(__always)
private func convert(_ luma: UInt8, _ blue: UInt8, _ red: UInt8) -> (UInt8, UInt8, UInt8) {
  let y = Int32(luma)
  let cb = Int32(blue) &- 128
  let cr = Int32(red) &- 128
  return (
    clip(y &+ (91881 &* cr &+ 32768) &>> 16),
    clip(y &+ (-22554 &* cb &- 46802 &* cr &+ 32768) &>> 16),
    clip(y &+ (116130 &* cb &+ 32768) &>> 16)
  )
}

/// Eight pixels of it, before they are clipped: the multiple of 65536 in a constant comes out of the
/// shift, and what is left of it has 16 bits (91881 = 65536 + 26345 and so on).
@inline(__always)
private func convert(_ y: Lane16, _ cb: Lane16, _ cr: Lane16) -> (Lane16, Lane16, Lane16) {
  let (low, high) = (Lanes.interleavedLow(cb, cr), Lanes.interleavedHigh(cb, cr))
  @inline(__always) func rounded(_ a: Int16, _ b: Int16) -> Lane16 {
    Lanes.saturated((Lanes.dot(low, a, b) &+ 32768) &>> 16, (Lanes.dot(high, a, b) &+ 32768) &>> 16)
  }
  return (
    y &+ cr &+ rounded(0, 26345),
    y &- cr &+ rounded(-22554, 18734),
    y &+ cb &+ cb &+ rounded(-14942, 0)
  )
}

/// Clips and stores eight pixels, and two bytes more: words of two pixels overlap.
@inline(__always)
private func store(
  _ r: Lane16, _ g: Lane16, _ b: Lane16, _ output: UnsafeMutablePointer<UInt8>
) {
  let rg = unsafeBitCast(Lanes.interleavedHalves(Lanes.clipped(r, g)), to: Lane16.self)
  let b0 = unsafeBitCast(Lanes.interleavedHalves(Lanes.clipped(b, Lane16())), to: Lane16.self)
  var place = UnsafeMutableRawPointer(output)
  for half in 0..<2 {
    let four = half == 0 ? Lanes.interleavedLow(rg, b0) : Lanes.interleavedHigh(rg, b0)
    let pixels = unsafeBitCast(four, to: SIMD2<UInt64>.self)
    let close = pixels & 0xFF_FFFF | (pixels &>> 8) & 0xFFFF_FF00_0000
    place.storeBytes(of: close[0], as: UInt64.self)
    (place + 6).storeBytes(of: close[1], as: UInt64.self)
    place += 12
  }
}

private func yCbCrToRGB(
  _ luma: UnsafePointer<UInt8>, _ blue: UnsafePointer<UInt8>, _ red: UnsafePointer<UInt8>,
  _ width: Int, _ output: UnsafeMutablePointer<UInt8>
) {
  var x = 0
  // safety: one more pixel of the row is where `store` writes two bytes too many.
  while x &+ 8 < width {
    let (r, g, b) = convert(
      Lanes.samples(luma + x), Lanes.samples(blue + x) &- 128, Lanes.samples(red + x) &- 128)
    store(r, g, b, output + 3 &* x)
    x &+= 8
  }
  while x < width {
    let (r, g, b) = convert(luma[x], blue[x], red[x])
    output[3 &* x] = r
    output[3 &* x &+ 1] = g
    output[3 &* x &+ 2] = b
    x &+= 1
  }
}

/// Pillow reads CMYK files as Adobe writes them, inverted, and multiplies each ink's light by
/// black's.
@inline(__always)
private func blend(_ ink: UInt8, _ black: UInt8) -> UInt8 {
  // Stored values are 255 - ink, so `black` is the light that black lets through.
  let light = Int32(black)
  let product = Int32(255 &- ink) &* light &+ 128
  return clip(light &- (product &>> 8 &+ product) &>> 8)
}

private func cmykToRGB(
  _ cyan: UnsafePointer<UInt8>, _ magenta: UnsafePointer<UInt8>, _ yellow: UnsafePointer<UInt8>,
  _ black: UnsafePointer<UInt8>, _ width: Int, _ output: UnsafeMutablePointer<UInt8>
) {
  for x in 0..<width {
    output[3 &* x] = blend(cyan[x], black[x])
    output[3 &* x &+ 1] = blend(magenta[x], black[x])
    output[3 &* x &+ 2] = blend(yellow[x], black[x])
  }
}

private func ycckToRGB(
  _ luma: UnsafePointer<UInt8>, _ blue: UnsafePointer<UInt8>, _ red: UnsafePointer<UInt8>,
  _ black: UnsafePointer<UInt8>, _ width: Int, _ output: UnsafeMutablePointer<UInt8>
) {
  for x in 0..<width {
    // YCCK codes the complement of CMY as if it were RGB.
    let (r, g, b) = convert(luma[x], blue[x], red[x])
    output[3 &* x] = blend(255 &- r, black[x])
    output[3 &* x &+ 1] = blend(255 &- g, black[x])
    output[3 &* x &+ 2] = blend(255 &- b, black[x])
  }
}
