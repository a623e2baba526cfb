// PathBytes - paths that are not UTF-8, carried inside strings and given back byte for byte.
// SPDX-License-Identifier: Apache-2.0

// A path is bytes without a zero; a Swift string is Unicode. A byte of a path that belongs to no UTF-8
// becomes one of the last private characters, U+10FE80 to U+10FEFF for 80 to FF, as Python does it with
// lone surrogates. Where a path really has such a character, its four bytes are carried the same way, so
// that every path comes back as it was.

extension String {
  private static let first: UInt32 = 0x10_FE00

  private static func carriedByte(_ scalar: Unicode.Scalar) -> UInt8? {
    (0x10_FE80...0x10_FEFF).contains(scalar.value) ? UInt8(scalar.value - first) : nil
  }

  /// The text of a path, whatever its bytes are.
  package init(pathBytes bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    var text = String.UnicodeScalarView()
    func carry(_ range: Range<Int>) {
      for byte in bytes[range] {
        // A byte below 80 is a character of its own.
        text.append(Unicode.Scalar(byte < 0x80 ? UInt32(byte) : String.first + UInt32(byte)) ?? "?")
      }
    }
    var parser = Unicode.UTF8.ForwardParser()
    var (rest, offset) = (bytes.makeIterator(), 0)
    while true {
      switch parser.parseScalar(from: &rest) {
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded)
        if String.carriedByte(scalar) == nil {
          text.append(scalar)
        } else {
          carry(offset..<offset + encoded.count)
        }
        offset += encoded.count
      case .error(let length):
        carry(offset..<offset + length)
        offset += length
      case .emptyInput:
        self = String(text)
        return
      }
    }
  }

  /// Whether the text carries bytes that are not UTF-8.
  package var carriesBytes: Bool {
    utf8.contains(0xF4) && unicodeScalars.contains { String.carriedByte($0) != nil }
  }

  /// Calls `body` with the path as the system wants it.
  package func withPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    guard carriesBytes else { return withCString(body) }
    var bytes: [CChar] = []
    for scalar in unicodeScalars {
      if let byte = String.carriedByte(scalar) {
        bytes.append(CChar(bitPattern: byte))
      } else {
        bytes += UTF8.encode(scalar)?.map(CChar.init(bitPattern:)) ?? []
      }
    }
    return (bytes + [0]).withUnsafeBufferPointer { buffer in
      // safety: the buffer has at least the zero at its end.
      buffer.baseAddress.map(body) ?? withCString(body)
    }
  }

  /// The text with every carried byte as a reader wants to see it, `\xE9`.
  package var showingCarriedBytes: String {
    guard carriesBytes else { return self }
    return unicodeScalars.map { scalar in
      String.carriedByte(scalar).map { "\\x" + String($0, radix: 16, uppercase: true) }
        ?? String(scalar)
    }.joined()
  }
}
