// Fuzz - npy: whatever is accepted is written and read back equal.
// SPDX-License-Identifier: Apache-2.0

import FuzzWork
import LMPTWeights

/// Called by the fuzzer with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let work = Work(count)
  defer { work.check() }
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let tensor = try? NPY.parse(bytes) else { return 0 }
  let copy = try? NPY.parse(NPY.bytes(of: NamedArray(tensor)))
  precondition(copy?.shape == tensor.shape, "the shape changed on its way")
  let values = zip(tensor.doubles(), copy?.doubles() ?? [])
  precondition(values.allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, "other values")
  return 0
}
