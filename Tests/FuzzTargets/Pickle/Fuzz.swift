// Fuzz - pickles, inside a correct archive so that every mutation reaches the machine.
// SPDX-License-Identifier: Apache-2.0

import Weights

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let pickle = Array(UnsafeBufferPointer(start: start, count: count))
  guard let file = try? TorchFile.parse(pickle: pickle, storage: [UInt8](repeating: 1, count: 24))
  else { return 0 }
  for tensor in file.tensors where tensor.count < 1 << 20 { _ = tensor.floats() }
  return 0
}
