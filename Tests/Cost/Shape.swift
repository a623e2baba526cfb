// Shape - a kind of file that makes a parser work, and the bounds that SECURITY.md states.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// A kind of file of any size.
struct Shape: Sendable {
  /// Which parser reads it: a key of `bounds`.
  let parser: String
  let name: String
  /// The smallest of the four sizes: n, of n, 2n, 4n and 8n.
  let size: Int
  /// The file, and the bytes that it declares beyond its own: pixels, inflated data.
  let make: @Sendable (Int) -> (input: [UInt8], declared: Int)
  /// Reads it, to a value or an error.
  let read: @Sendable ([UInt8]) -> Void
  /// Makes what the parser makes once for all files.
  var prepare: @Sendable () -> Void = {}

  init(
    _ parser: String, _ name: String, _ size: Int,
    make: @escaping @Sendable (Int) -> (input: [UInt8], declared: Int),
    read: @escaping @Sendable ([UInt8]) -> Void
  ) {
    (self.parser, self.name, self.size, self.make, self.read) = (parser, name, size, make, read)
  }

  /// A shape that declares nothing beyond itself.
  init(
    _ parser: String, _ name: String, _ size: Int, read: @escaping @Sendable ([UInt8]) -> Void,
    bytes: @escaping @Sendable (Int) -> [UInt8]
  ) {
    self.init(parser, name, size, make: { (bytes($0), 0) }, read: read)
  }
}

/// Most time and memory for each byte that a file holds or declares, after 20 ms and 8 MiB.
///
/// The time is of a machine of 2020 with a factor of about three to spare; a parser that grows with
/// the square passes it by far at the largest size.
struct Bound: Sendable {
  let nanoseconds: Double
  let bytes: Double
}

let bounds: [String: Bound] = [
  "inflate": Bound(nanoseconds: 3000, bytes: 4), "JSON": Bound(nanoseconds: 1000, bytes: 64),
  "zip": Bound(nanoseconds: 500, bytes: 16), "pickle": Bound(nanoseconds: 1000, bytes: 256),
  "torch": Bound(nanoseconds: 1000, bytes: 64), "safetensors": Bound(nanoseconds: 500, bytes: 64),
  "npy": Bound(nanoseconds: 500, bytes: 16), "npz": Bound(nanoseconds: 500, bytes: 16),
  "PNG": Bound(nanoseconds: 3000, bytes: 4), "JPEG": Bound(nanoseconds: 500, bytes: 3),
  "PNM": Bound(nanoseconds: 500, bytes: 4), "list": Bound(nanoseconds: 3000, bytes: 128),
  "CSV": Bound(nanoseconds: 3000, bytes: 128), "XML": Bound(nanoseconds: 3000, bytes: 64),
  "COCO": Bound(nanoseconds: 3000, bytes: 64), "tokenizer": Bound(nanoseconds: 5000, bytes: 128),
  "run": Bound(nanoseconds: 1000, bytes: 64),
]

/// `count` times the same.
func times(_ count: Int, _ piece: [UInt8]) -> [UInt8] {
  var out: [UInt8] = []
  out.reserveCapacity(count * piece.count)
  for _ in 0..<count { out += piece }
  return out
}

/// `count` times the same text.
func times(_ count: Int, _ piece: String) -> [UInt8] { times(count, Array(piece.utf8)) }

/// One text after another.
func texts(_ count: Int, _ piece: (Int) -> String) -> [UInt8] {
  var out: [UInt8] = []
  for index in 0..<count { out += Array(piece(index).utf8) }
  return out
}

let shapes = byteShapes + weightShapes + pickleShapes + pictureShapes + textShapes + runShapes
