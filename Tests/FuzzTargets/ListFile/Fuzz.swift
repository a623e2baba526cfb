// FuzzListFile - any bytes as list, caption and label file: an error or entries, never a trap.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import FuzzWork
import LMPTTuning

/// libFuzzer's entry.
///
/// - Parameters:
///   - data: the bytes to try.
///   - count: how many there are.
/// - Returns: 0, always.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let work = Work(count)
  defer { work.check() }
  let bytes = UnsafeRawBufferPointer(start: data, count: count)
  _ = try? parseClassNames(bytes)
  if let images = try? parseImageList(bytes, classes: 20) {
    _ = try? parseCaptions(bytes, images: images)
  }
  return 0
}
