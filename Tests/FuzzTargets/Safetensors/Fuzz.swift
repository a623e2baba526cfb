// Fuzz - safetensors: whatever is accepted is written and read back equal.
// SPDX-License-Identifier: Apache-2.0

import FuzzWork
import LMPTWeights

/// Called by the fuzzer with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let work = Work(count)
  defer { work.check() }
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let file = try? Safetensors.parse(bytes) else { return 0 }
  let arrays = file.tensors.map { NamedArray($0) }
  guard let copy = try? Safetensors.bytes(of: arrays, metadata: file.metadata) else { return 0 }
  let back = try? Safetensors.parse(copy)
  precondition(back?.tensors.count == file.tensors.count, "tensors lost")
  for tensor in file.tensors {
    let other = back?[tensor.name]
    precondition(other?.shape == tensor.shape && other?.dtype == tensor.dtype, "another tensor")
    let values = zip(tensor.doubles(), other?.doubles() ?? [])
    precondition(values.allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, "other values")
    _ = tensor.floats()
  }
  return 0
}
