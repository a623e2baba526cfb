// SHA256Tests - the published test vectors of FIPS 180-4, and feeding in pieces.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Testing

@Suite("SHA-256")
struct SHA256Tests {
  @Test("the standard's examples")
  func examples() {
    let cases: [(text: String, digest: String)] = [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        String(repeating: "a", count: 1_000_000),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ]
    for (text, digest) in cases {
      #expect(Array(text.utf8).withUnsafeBytes { SHA256.hexDigest($0) } == digest)
    }
  }

  @Test("pieces of any length give the hash of the whole")
  func pieces() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let whole = bytes.withUnsafeBytes { SHA256.hexDigest($0) }
    for size in [1, 3, 63, 64, 65, 200] {
      var hash = SHA256()
      for start in stride(from: 0, to: bytes.count, by: size) {
        bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { hash.update($0) }
      }
      #expect(hash.hexDigest() == whole)
    }
  }
}
