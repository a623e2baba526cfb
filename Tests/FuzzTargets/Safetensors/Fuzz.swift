// Fuzz - safetensors: whatever is accepted is written and read back equal.
// SPDX-License-Identifier: Apache-2.0

import Weights

/// Called by the fuzzer with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let file = try? Safetensors.parse(bytes) else { return 0 }
  let arrays = file.tensors.map { NamedArray($0) }
  guard let copy = try? Safetensors.bytes(of: arrays, metadata: file.metadata) else { return 0 }
  precondition((try? Safetensors.parse(copy))?.tensors.count == file.tensors.count, "tensors lost")
  for tensor in file.tensors { _ = tensor.floats() }
  return 0
}
