// NPYTests - numpy arrays by hand, against numpy, and hostile.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@testable import LMPTWeights

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

  @Test("rewriting numpy's files gives their bytes")
  func sameBytes() throws {
    var compared = 0
    for name in try Fixtures.files(in: "weights/npy") where name.hasSuffix(".npy") {
      guard !name.contains("big"), !name.contains("version"), !name.contains("fortran"),
        name != "bf16.npy", ExpectedFiles.names.contains("npy/\(name)")
      else { continue }
      let original = try Fixtures.bytes("weights/npy/\(name)")
      #expect(NPY.bytes(of: NamedArray(try NPY.parse(original))) == original, "\(name)")
      compared += 1
    }
    #expect(compared == 12)
  }

  @Test("bfloat16, which numpy lacks, is written as float32")
  func bfloat() throws {
    let array = NamedArray("", floats: [1.5, -2, 0x1.01p0], as: .bf16)
    let tensor = try NPY.parse(NPY.bytes(of: array))
    #expect(tensor.dtype == .f32)
    #expect(tensor.floats() == [1.5, -2, 1])
  }

  static func header(
    _ descr: String = "'<f4'", _ order: String = "False", _ shape: String = "(1,)"
  ) -> String {
    "{'descr': \(descr), 'fortran_order': \(order), 'shape': \(shape), }"
  }

  @Test("headers that numpy would never write are refused, none is evaluated")
  func headers() {
    typealias T = NPYTests
    let cases: [(String?, String)] = [
      (nil, T.header()), (nil, T.header("'>f4'")), (nil, T.header("\"<f4\"")),
      (nil, T.header("'<f4'", "True")), (nil, T.header("'<f4'", "False", "()")),
      (nil, T.header("'<f4'", "False", "(1, 1)")),
      ("npy.header", T.header("__import__('os').system('true')")),
      ("npy.header", T.header("[('a', '<f4')]")), ("npy.header", T.header("'<f4'", "0")),
      ("npy.header", T.header("'<f4'", "False", "(1)")),
      ("npy.header", T.header("'<f4'", "False", "1")),
      ("npy.header", T.header("'<f4'", "False", "(-1,)")),
      ("npy.header", T.header("'<f4'", "False", "(1.0,)")),
      ("npy.header", T.header("'<f4'", "False", "(1+1,)")),
      ("npy.header", T.header("'<f4'", "False", "(,)")),
      ("npy.header", T.header("'<f4'", "False", "(99999999999999999999,)")),
      ("npy.header", T.header("'<f4'", "False", "(1, 1, 1, 1, 1, 1, 1, 1, 1)")),
      ("npy.header", T.header("'<f4\u{E9}'")), ("npy.header", T.header("'<f4\\n'")),
      ("npy.header", T.header() + "x"), ("npy.header", ""), ("npy.header", "{"),
      ("npy.header", "{'descr'"), ("npy.header", "{'descr': '<f4"),
      ("npy.dtype", T.header("'|O'")), ("npy.dtype", T.header("'f4'")),
      ("npy.dtype", T.header("'=f4'")), ("npy.dtype", T.header("'|f4'")),
      ("npy.dtype", T.header("'<c8'")), ("npy.dtype", T.header("'<u4'")),
      ("npy.dtype", T.header("''")),
      ("npy.key", "{'descr': '<f4', 'fortran_order': False}"), ("npy.key", "{}"),
      ("npy.key", "{'descr': '<f4', 'descr': '<f4'}"), ("npy.key", "{'shape': (), 'x': 1}"),
      ("npy.data-size", T.header("'<f4'", "False", "(2,)")),
      ("npy.data-size", T.header("'<f4'", "False", "(0,)")),
      ("npy.data-size", T.header("'<f8'")),
      ("tensor.overflow", T.header("'<f4'", "False", "(4611686018427387904, 2)")),
    ]
    for (expected, header) in cases {
      #expect(
        errorCode { _ = try NPY.parse(T.file(header, [0, 0, 0, 0])) } == expected, "\(header)")
    }
  }

  @Test("wrong magic, versions and lengths are refused")
  func frame() {
    let good = NPYTests.file(NPYTests.header(), [0, 0, 0, 0])
    func outcome(_ change: (inout [UInt8]) -> Void) -> String? {
      var bytes = good
      change(&bytes)
      return errorCode { _ = try NPY.parse(bytes) }
    }
    #expect(outcome { _ in } == nil)
    #expect(outcome { $0[0] = 0 } == "npy.magic")
    #expect(outcome { $0 = [] } == "npy.magic")
    #expect(outcome { $0 = Array($0.prefix(7)) } == "bytes.end-of-data")
    #expect(outcome { $0[6] = 4 } == "npy.version")
    #expect(outcome { $0[6] = 0 } == "npy.version")
    #expect(outcome { $0[7] = 1 } == "npy.version")
    #expect(
      outcome {
        $0[8] = 0; $0[9] = 0
      } == "npy.header")
    #expect(
      outcome {
        $0[8] = 255; $0[9] = 255
      } == "npy.header-length")
    #expect(outcome { $0[8] -= 1 } == "npy.header")
    #expect(outcome { $0.append(0) } == "npy.data-size")
    #expect(outcome { $0.removeLast() } == "npy.data-size")
    // Version 2 has a length of four bytes.
    #expect(
      outcome {
        $0[6] = 2; $0.insert(contentsOf: [0, 0], at: 10)
      } == nil)
    #expect(outcome { $0 = NPY.magic + [2, 0, 255, 255, 255, 255, 0x7B] } == "npy.header-length")
  }

  @Test("the hostile files of the fixtures are refused with their codes")
  func fixtures() throws {
    try expectHostileCodes("npy")
    try expectHostileCodes("json")
  }

  @Test("every number but 0 is written as the truth value 1")
  func truth() throws {
    let array = NamedArray("t", integers: [0, 1, 2, -1, 256], as: .bool)
    #expect(Array(NPY.bytes(of: array).suffix(5)) == [0, 1, 1, 1, 1])
  }

  @Test(
    "each of the many hostile files ends with its code in a moment",
    arguments: HostileFile.of("arrays"))
  func hostileArrays(file: HostileFile) {
    file.expectCode { _ = try NPY.read($0).floats() }
  }
}
