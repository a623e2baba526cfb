// NPYTests - numpy arrays by hand, against numpy, and hostile.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Support
import Testing

@testable import Weights

@Suite("NPY")
struct NPYTests {
  /// A version 1.0 file with this header and these data bytes.
  static func file(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
    let text = header + "\n"
    return NPY.magic + [1, 0, UInt8(text.utf8.count & 0xFF), UInt8(text.utf8.count >> 8)]
      + Array(text.utf8) + data
  }

  @Test("a file written by hand, in both byte and memory orders")
  func byHand() throws {
    let little = NPYTests.file(
      "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 2)}", [1, 0, 2, 0, 3, 0, 4, 0])
    #expect(try NPY.parse(little).integers() == [1, 2, 3, 4])
    let fortran = NPYTests.file(
      "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 2)}", [0, 1, 0, 2, 0, 3, 0, 4])
    #expect(try NPY.parse(fortran).integers() == [1, 3, 2, 4])
  }

  @Test("what is written is read back")
  func roundTrip() throws {
    let floats: [Float] = [1, -0.0, .nan, .leastNonzeroMagnitude]
    let tensor = try NPY.parse(NPY.bytes(of: NamedArray("", floats: floats, shape: [2, 2])))
    #expect(tensor.shape == [2, 2])
    #expect(tensor.floats().map(\.bitPattern) == floats.map(\.bitPattern))
    #expect(try NPY.parse(NPY.bytes(of: NamedArray("", integers: [7], shape: []))).shape == [])
  }
}
