// WeightShapes - zip archives, safetensors, numpy arrays.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTShapes
import LMPTWeights

@Sendable func weights(_ input: [UInt8]) { _ = try? WeightFile.parse(input) }

@Sendable private func safetensors(_ header: [UInt8], data: Int = 0) -> [UInt8] {
  RawZip.little(header.count, 8) + header + [UInt8](repeating: 0, count: data)
}

/// The bytes of an array of `count` zeros.
@Sendable private func array(_ count: Int) -> [UInt8] {
  NPY.bytes(of: NamedArray("", bytes: [UInt8](repeating: 0, count: count), shape: [count], as: .u8))
}

/// Entries of one byte; archives of more than 65,535 entries are refused.
@Sendable private func entries(_ count: Int, _ name: (Int) -> String) -> [RawEntry] {
  (0..<count).map { RawEntry(name($0), [0]) }
}

let weightShapes: [Shape] = [
  Shape("zip", "entries", 8000, read: weights) { fastZip(entries($0) { "a/\($0)" }) },
  Shape("zip", "long names", 4000, read: weights) {
    let long = String(repeating: "n", count: 1000)
    return fastZip(entries($0) { "a/\(long)\($0)" })
  },
  Shape("zip", "names of many steps", 2000, read: weights) {
    let long = String(repeating: "n/", count: 500)
    return fastZip(entries($0) { "a/\(long)\($0)" })
  },
  Shape("zip", "extra fields of four bytes", 100, read: weights) {
    fastZip(
      entries($0) { "a/\($0)" }.map {
        var entry = $0
        entry.centralExtra = times(16_000, [9, 0, 0, 0])
        return entry
      })
  },
  Shape("zip", "a comment of end records", 350, read: weights) {
    var zip = RawZip(entries(1) { "a/\($0)" })
    zip.comment = times($0, [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18))
    return zip.bytes
  },
  Shape("safetensors", "tensors", 10_000, read: weights) {
    let entry = { (i: Int) in
      "\"t\(i)\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[\(i),\(i + 1)]},"
    }
    return safetensors([0x7B] + texts($0, entry).dropLast() + [0x7D], data: $0)
  },
  Shape("safetensors", "metadata", 25_000, read: weights) {
    safetensors(
      Array("{\"__metadata__\":{".utf8) + texts($0) { "\"\($0)\":\"\"," }.dropLast()
        + Array("}}".utf8))
  },
  Shape("safetensors", "a shape of many sizes", 50_000, read: weights) {
    safetensors(
      Array("{\"a\":{\"dtype\":\"U8\",\"shape\":[".utf8) + times($0, "1,")
        + Array("1],\"data_offsets\":[0,1]}}".utf8), data: 1)
  },
  Shape("safetensors", "escapes in one string", 100_000, read: weights) {
    safetensors(Array("{\"__metadata__\":{\"a\":\"".utf8) + times($0, "\\n") + Array("\"}}".utf8))
  },
  Shape("npy", "a long shape", 7000, read: weights) {
    let text =
      "{'descr': '|u1', 'fortran_order': False, 'shape': (" + String(repeating: " ", count: $0)
      + "1,), }\n"
    return [0x93] + Array("NUMPY".utf8) + [2, 0] + RawZip.little(text.utf8.count, 4)
      + Array(text.utf8) + [0]
  },
  Shape("npy", "a long type", 7000, read: weights) {
    let text = "{'descr': '" + String(repeating: "<", count: $0) + "', 'fortran_order': False}\n"
    return [0x93] + Array("NUMPY".utf8) + [2, 0] + RawZip.little(text.utf8.count, 4)
      + Array(text.utf8) + [0]
  },
  Shape("npz", "arrays", 4000, read: weights) {
    let bytes = array(1)
    return fastZip((0..<$0).map { RawEntry("a\($0).npy", bytes) })
  },
  Shape(
    "npz", "arrays of 4 MB that were compressed", 5,
    make: { count in
      let bytes = array(4 << 20)
      let header = Array(bytes.prefix(128))
      var entry = RawEntry("", [])
      entry.data = [0] + RawZip.little(128, 2) + RawZip.little(~128, 2) + header
      entry.data += deflatedRun(of: 0, count: 4 << 20)
      entry.method = 8
      entry.size = bytes.count
      entry.checksum = bytes.withUnsafeBytes { crc32($0) }
      let all = (0..<count).map {
        var named = entry
        named.name = Array("a\($0).npy".utf8)
        return named
      }
      return (fastZip(all), count << 22)
    }, read: weights),
  Shape(
    "npz", "the headers of arrays of 4 MB", 50,
    make: { count in
      var entry = RawEntry("", [])
      let bytes = array(4 << 20)
      entry.data = [0] + RawZip.little(128, 2) + RawZip.little(~128, 2) + Array(bytes.prefix(128))
      entry.data += deflatedRun(of: 0, count: 4 << 20)
      entry.method = 8
      entry.size = bytes.count
      let all = (0..<count).map {
        var named = entry
        named.name = Array("a\($0).npy".utf8)
        return named
      }
      // What an array would take is not declared here: only headers are wanted.
      return (fastZip(all), 0)
    }, read: { _ = try? WeightFile.parse($0, deferring: true) }),
]

/// An archive's bytes in time that grows with them.
@Sendable func fastZip(_ entries: [RawEntry]) -> [UInt8] { RawZip(entries).bytes }
