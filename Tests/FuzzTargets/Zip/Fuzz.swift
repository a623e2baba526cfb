// Fuzz - zip archives, and the torch and numpy files inside them.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import FuzzWork
import LMPTWeights

/// Called by the fuzzer with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let work = Work(count, declared: 1 << 24)
  defer { work.check() }
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  var limits = Limits.default
  limits.inflatedBytes = 1 << 24
  guard let file = try? WeightFile.parse(bytes, limits: limits) else { return 0 }
  for tensor in file.tensors where tensor.count < 1 << 20 { _ = tensor.floats() }
  return 0
}
