// Container - what a file is, told from its bytes.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// The outermost formats of weight files.
enum Container: Equatable {
  case zip
  case safetensors
  case json
  case npy

  /// Recognises a file by its first bytes; its name plays no part.
  ///
  /// Formats that people are likely to try, but that are not supported, are named in the error.
  static func recognise(_ bytes: UnsafeRawBufferPointer) throws -> Container {
    func begins(_ magic: [UInt8], at offset: Int = 0) -> Bool {
      bytes.count >= offset + magic.count && bytes[offset...].starts(with: magic)
    }
    func begins(_ magic: String, at offset: Int = 0) -> Bool {
      begins(Array(magic.utf8), at: offset)
    }
    guard !bytes.isEmpty else { throw WeightFileError.empty }
    if begins([0x50, 0x4B, 3, 4]) || begins([0x50, 0x4B, 5, 6]) { return .zip }
    if begins([0x93] + Array("NUMPY".utf8)) { return .npy }
    // Before the formats that have no more than two bytes of their own: a safetensors file begins
    // with the length of its header, which may be any number, then a brace.
    if bytes.count >= 9, bytes[7] == 0, bytes[8] == 0x7B { return .safetensors }
    if begins([0x80]), begins([0x8A, 10] + legacyMagic, at: 2) {
      throw WeightFileError.unsupported(
        format: "a torch file in the format before 1.6",
        hint: "save it again in Python: torch.save(torch.load(f, weights_only=True), f)")
    }
    if begins([0x80]), bytes.count > 1, bytes[1] <= 5 {
      throw WeightFileError.unsupported(
        format: "a bare Python pickle", hint: "save the tensors with torch.save or safetensors")
    }
    if begins("ustar", at: 257) {
      throw WeightFileError.unsupported(
        format: "a tar archive, as torch wrote in its first versions",
        hint: "save it again in Python: torch.save(torch.load(f), f)")
    }
    try StandInError.check(bytes)
    if let (format, hint) = ForeignFormat.name(of: bytes) {
      throw WeightFileError.unsupported(format: format, hint: hint)
    }
    // A safetensors header's length is far below 2^56, so byte 7 is zero; no JSON text has a zero.
    if bytes.count >= 9, bytes[7] == 0 { return .safetensors }
    if let first = bytes.first(where: { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }), first == 0x7B {
      return .json
    }
    if bytes.count >= 9, bytes[8] == 0x7B { return .safetensors }
    throw WeightFileError.unknownFormat(first: Array(bytes.prefix(4)))
  }

  /// The number 0x1950a86a20f9469cfc6c, which older torch files begin with.
  private static let legacyMagic: [UInt8] = [
    0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
  ]
}
