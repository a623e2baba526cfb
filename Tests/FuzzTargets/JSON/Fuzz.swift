// Fuzz - JSON: whatever is accepted is written and read back equal.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import FuzzWork

/// Called by the fuzzer with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let work = Work(count)
  defer { work.check() }
  guard let value = try? JSON.parse(UnsafeRawBufferPointer(start: start, count: count)) else {
    return 0
  }
  precondition((try? JSON.parse(value.text())) == value, "a value changed on its way")
  precondition((try? JSON.parse(value.text(pretty: true))) == value, "a value changed on its way")
  return 0
}
