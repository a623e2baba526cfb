// FuzzInflate - any bytes through inflate: expanding whole equals expanding as a prefix.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import FuzzWork

/// libFuzzer's entry; the first byte picks the wrapping.
///
/// - Parameters:
///   - data: the bytes to try.
///   - count: how many there are.
/// - Returns: 0, always.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let work = Work(count, declared: 1 << 20)
  defer { work.check() }
  guard let data, count > 0 else { return 0 }
  let wrapping = [InflateWrapping.raw, .zlib, .gzip][Int(data[0]) % 3]
  let bytes = UnsafeRawBufferPointer(start: data + 1, count: count - 1)
  let whole = try? inflate(bytes, wrapping: wrapping, limit: 1 << 20)
  var buffer = [UInt8](repeating: 0, count: whole?.count ?? 1000)
  let prefix = buffer.withUnsafeMutableBytes { inflatePrefix(bytes, wrapping: wrapping, into: $0) }
  if let whole { precondition(prefix.failure == nil && buffer == whole, "prefix differs") }
  return 0
}
