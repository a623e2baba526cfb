// FuzzJPEG - any bytes through the JPEG decoder: an error or pixels, never a trap.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import FuzzWork
import LMPTImaging

/// libFuzzer's entry.
///
/// - Parameters:
///   - data: the bytes to try.
///   - count: how many there are.
/// - Returns: 0, always.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let work = Work(count, declared: 3 << 22)
  defer { work.check() }
  var limits = Limits()
  limits.pixels = 1 << 18
  let bytes = UnsafeRawBufferPointer(start: data, count: count)
  for truncated in [Truncation.refuse, .accept] {
    _ = try? RGBImage(decoding: bytes, limits: limits, truncated: truncated)
  }
  _ = ExifOrientation(bytes)
  return 0
}
