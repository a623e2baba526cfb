// NPYHeader - the Python literal at the head of a numpy array file, read without Python.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// A scanner for exactly the dictionary that numpy writes.
///
/// Three keys, with a string, a truth value and a tuple of whole numbers. No expression is ever evaluated.
struct NPYHeader {
  let text: UnsafeRawBufferPointer
  /// Offset of the text in the file, for messages.
  let start: Int
  private var offset = 0

  private(set) var descr = ""
  private(set) var fortranOrder = false
  private(set) var shape: [Int] = []

  init(text: UnsafeRawBufferPointer, start: Int) {
    self.text = text
    self.start = start
  }

  mutating func parse(rank: Int) throws {
    var seen: Set<String> = []
    try expect("{")
    while !take("}") {
      let key = try string()
      guard ["descr", "fortran_order", "shape"].contains(key), seen.insert(key).inserted else {
        throw NPYError.key(key)
      }
      try expect(":")
      switch key {
      case "descr": descr = try string()
      case "fortran_order": fortranOrder = try truth()
      default: shape = try tuple(rank: rank)
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    for key in ["descr", "fortran_order", "shape"] where !seen.contains(key) {
      throw NPYError.key(key)
    }
    guard text.last == UInt8(ascii: "\n") else { throw fail("a newline at its end") }
    skipSpace()
    guard offset == text.count else { throw fail("white space after '}'") }
  }

  private func fail(_ expected: String) -> NPYError {
    .header(offset: start + offset, expected: expected)
  }

  private mutating func skipSpace() {
    while offset < text.count, text[offset] == 0x20 || text[offset] == 0x0A { offset += 1 }
  }

  private mutating func take(_ word: String) -> Bool {
    skipSpace()
    guard text[offset...].starts(with: word.utf8) else { return false }
    offset += word.utf8.count
    return true
  }

  private mutating func expect(_ word: String) throws {
    guard take(word) else { throw fail("'\(word)'") }
  }

  private mutating func string() throws -> String {
    skipSpace()
    guard offset < text.count, text[offset] == UInt8(ascii: "'") || text[offset] == 0x22 else {
      throw fail("a string")
    }
    let quote = text[offset]
    offset += 1
    var out = ""
    while offset < text.count, text[offset] != quote {
      guard text[offset] >= 0x20, text[offset] < 0x7F, text[offset] != UInt8(ascii: "\\") else {
        throw fail("plain ASCII in a string")
      }
      out.unicodeScalars.append(Unicode.Scalar(text[offset]))
      offset += 1
    }
    guard offset < text.count else { throw fail("the end of a string") }
    offset += 1
    return out
  }

  private mutating func truth() throws -> Bool {
    if take("True") { return true }
    if take("False") { return false }
    throw fail("True or False")
  }

  private mutating func tuple(rank: Int) throws -> [Int] {
    try expect("(")
    var sizes: [Int] = []
    var commas = 0
    while !take(")") {
      skipSpace()
      let begin = offset
      while offset < text.count, text[offset] &- UInt8(ascii: "0") < 10 { offset += 1 }
      let digits = String(decoding: text[begin..<offset], as: UTF8.self)
      guard let size = Int(digits) else { throw fail("a size that fits 64 bits") }
      guard sizes.count < rank else { throw fail("a shape of at most \(rank) dimensions") }
      sizes.append(size)
      if take(",") {
        commas += 1
      } else {
        try expect(")")
        break
      }
    }
    // because (3) is a number in Python, not a tuple.
    guard sizes.count != 1 || commas == 1 else { throw fail("a tuple for 'shape'") }
    return sizes
  }

  /// The format that a numpy type string names, or `nil` if it is not supported.
  static func dtype(_ text: String) -> (DType, ByteOrder)? {
    guard let mark = text.utf8.first else { return nil }
    let kinds: [String: DType] = [
      "f8": .f64, "f4": .f32, "f2": .f16, "V2": .bf16, "i8": .i64, "i4": .i32, "i2": .i16,
      "i1": .i8, "u1": .u8, "b1": .bool,
    ]
    guard let dtype = kinds[String(text.dropFirst())] else { return nil }
    switch mark {
    case UInt8(ascii: "<"): return (dtype, .little)
    case UInt8(ascii: ">"): return (dtype, .big)
    case UInt8(ascii: "|"): return dtype.byteCount == 1 ? (dtype, .little) : nil
    default: return nil
    }
  }

  /// Magic, version 1.0 and header of a C-order array, padded to 64 bytes as numpy pads.
  static func bytes(dtype: DType, shape: [Int]) -> [UInt8] {
    let names: [DType: String] = [
      .f64: "<f8", .f32: "<f4", .f16: "<f2", .bf16: "<V2", .i64: "<i8", .i32: "<i4",
      .i16: "<i2", .i8: "|i1", .u8: "|u1", .bool: "|b1",
    ]
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '\(names[dtype] ?? "")', 'fortran_order': False, 'shape': (\(sizes)), }"
    // numpy: room for the first size to grow to 20 digits, so that arrays can be appended to.
    if let first = shape.first {
      text += String(repeating: " ", count: 21 - String(first).count)
    }
    let unpadded = 10 + text.utf8.count + 1
    text += String(repeating: " ", count: 64 - unpadded % 64) + "\n"
    let length = text.utf8.count
    return NPY.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
  }
}
