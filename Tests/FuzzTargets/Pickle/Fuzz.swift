// Fuzz - pickles, inside a correct archive so that every mutation reaches the machine.
// SPDX-License-Identifier: Apache-2.0

import FuzzWork
import LMPTWeights

/// Called by the fuzzer with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let work = Work(count, declared: 1 << 23)
  defer { work.check() }
  let pickle = Array(UnsafeBufferPointer(start: start, count: count))
  let entries = [("m/data.pkl", pickle), ("m/data/0", [UInt8](repeating: 1, count: 24))]
  guard let file = try? WeightFile.parse(archive(entries)) else { return 0 }
  for tensor in file.tensors where tensor.count < 1 << 20 { _ = tensor.floats() }
  return 0
}

/// A zip archive of stored entries; a checksum of 0 means that none was written.
func archive(_ entries: [(name: String, data: [UInt8])]) -> [UInt8] {
  func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
  var (out, directory): ([UInt8], [UInt8]) = ([], [])
  for (name, data) in entries {
    let sizes = little(0, 4) + little(data.count, 4) + little(data.count, 4)
    let common = little(20, 2) + little(0, 8) + sizes + little(name.utf8.count, 2)
    directory += little(0x0201_4B50, 4) + little(20, 2) + common + little(0, 12)
    directory += little(out.count, 4) + Array(name.utf8)
    out += little(0x0403_4B50, 4) + common + little(0, 2) + Array(name.utf8) + data
  }
  let end = little(entries.count, 2) + little(entries.count, 2) + little(directory.count, 4)
  return out + directory + little(0x0605_4B50, 4) + little(0, 4) + end + little(out.count, 4)
    + little(0, 2)
}
