// SweepTests - every valid file cut short, with flipped bits, with overwritten words.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Support
import Testing

@testable import Weights

/// Whatever happens to a file's bytes, reading it gives a value or an error of ours; it never traps
/// and never hangs.
@Suite("Sweep")
struct SweepTests {
  /// Reads bytes as a file; true if they were accepted.
  static func survives(_ bytes: [UInt8]) throws -> Bool {
    do {
      let file = try WeightFile.parse(bytes)
      for tensor in file.tensors { _ = tensor.floats() }
      return true
    } catch is any DiagnosticError {
      return false
    }
  }

  static func sample(_ count: Int, _ size: Int) -> [Int] {
    size <= count ? Array(0..<size) : (0..<count).map { $0 * size / count }
  }

  @Test("a file cut anywhere is refused", arguments: ExpectedFiles.names)
  func truncation(name: String) throws {
    let bytes = try Fixtures.bytes("weights/\(name)")
    for length in SweepTests.sample(256, bytes.count) {
      let accepted = try SweepTests.survives(Array(bytes.prefix(length)))
      #expect(!accepted, "\(name) cut to \(length) bytes was accepted")
    }
  }

  @Test("flipped bits never trap", arguments: ExpectedFiles.names)
  func flips(name: String) throws {
    let bytes = try Fixtures.bytes("weights/\(name)")
    for (step, position) in SweepTests.sample(512, bytes.count).enumerated() {
      var damaged = bytes
      damaged[position] ^= 1 << UInt8(step % 8)
      _ = try SweepTests.survives(damaged)
    }
  }

  @Test("overwritten words never trap", arguments: ExpectedFiles.names)
  func words(name: String) throws {
    let bytes = try Fixtures.bytes("weights/\(name)")
    for position in SweepTests.sample(96, bytes.count / 4) {
      for word: [UInt8] in [[0, 0, 0, 0], [255, 255, 255, 255], [255, 255, 255, 127]] {
        var damaged = bytes
        damaged.replaceSubrange(4 * position..<4 * position + 4, with: word)
        _ = try SweepTests.survives(damaged)
      }
    }
  }
}
