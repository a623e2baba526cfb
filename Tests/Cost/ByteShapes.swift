// ByteShapes - deflate streams and JSON texts.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTShapes

@Sendable private func inflated(_ input: [UInt8], _ wrapping: InflateWrapping, _ limit: Int) {
  _ = input.withUnsafeBytes { try? inflate($0, wrapping: wrapping, limit: limit) }
}

@Sendable private func parsed(_ input: [UInt8]) { _ = try? JSON.parse(input) }

@Sendable private func quoted(_ text: [UInt8]) -> [UInt8] { [0x22] + text + [0x22] }

let byteShapes: [Shape] = [
  Shape(
    "inflate", "a run of zeros", 4 << 20, make: { (deflatedRun(of: 0, count: $0), $0) },
    read: { inflated($0, .raw, 1 << 30) }),
  Shape("inflate", "blocks with codes of their own", 8000, read: { inflated($0, .raw, 1 << 20) }) {
    deflatedBlocks($0)
  },
  Shape("inflate", "empty stored blocks", 100_000, read: { inflated($0, .raw, 1 << 20) }) {
    times($0, [0, 0, 0, 0xFF, 0xFF])
  },
  Shape("inflate", "empty members of gzip", 40_000, read: { inflated($0, .gzip, 1 << 20) }) {
    times(
      $0, [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  },
  Shape("JSON", "escapes in one string", 100_000, read: parsed) { quoted(times($0, "\\n")) },
  Shape("JSON", "surrogate pairs in one string", 50_000, read: parsed) {
    quoted(times($0, "\\ud83d\\ude00"))
  },
  Shape("JSON", "numbers", 50_000, read: parsed) { [0x5B] + times($0, "0,") + Array("0]".utf8) },
  Shape("JSON", "numbers of a thousand digits", 500, read: parsed) {
    let digits = String(repeating: "9", count: 1000) + "e-900"
    return [0x5B] + times($0, digits + ",") + Array("0]".utf8)
  },
  Shape("JSON", "empty arrays", 50_000, read: parsed) {
    [0x5B] + times($0, "[],") + Array("0]".utf8)
  },
  Shape("JSON", "objects of one member", 50_000, read: parsed) {
    [0x5B] + times($0, "{\"a\":0},") + Array("0]".utf8)
  },
  Shape("JSON", "deep arrays", 1000, read: parsed) {
    let deep = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
    return [0x5B] + times($0, deep + ",") + Array("0]".utf8)
  },
  Shape("JSON", "members of one object", 25_000, read: parsed) {
    [0x7B] + texts($0) { "\"\($0)\":0," } + Array("\"\":0}".utf8)
  },
  Shape("JSON", "long keys that differ at their ends", 500, read: parsed) { size in
    let long = String(repeating: "k", count: 1000)
    return [0x7B] + texts(size) { "\"\(long)\($0)\":0," } + Array("\"\":0}".utf8)
  },
  Shape("JSON", "long keys of accents", 100, read: parsed) { size in
    let long = String(repeating: "e\u{301}\u{327}", count: 200)
    return [0x7B] + texts(size) { "\"\(long)\($0)\":0," } + Array("\"\":0}".utf8)
  },
  Shape("JSON", "one key of combining marks", 10_000, read: parsed) { size in
    let long = String(repeating: "\u{301}\u{327}", count: size)
    return Array("{\"\(long)\":0,\"\(long)a\":0}".utf8)
  },
  // That key has more than 1024 bytes and is refused before it is looked up; these are kept.
  Shape("JSON", "keys of 240 combining marks", 100, read: parsed) { size in
    let long = String(repeating: "\u{301}\u{327}", count: 120)
    return [0x7B] + texts(size) { "\"\(long)\($0)\":0," } + Array("\"\":0}".utf8)
  },
  Shape("JSON", "white space", 500_000, read: parsed) { times($0, " ") + [0x30] },
]
