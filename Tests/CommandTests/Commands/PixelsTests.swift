// PixelsTests - `lmpt pixels`.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing
import LMPTWeights

@Suite struct PixelsTests {
  @Test("every stage has its shape and type")
  func stages() throws {
    let folder = try TemporaryFolder()
    let image = try #require(
      try String(decoding: Data(try Fixtures.bytes("mini/mini_lt_test.txt")), as: UTF8.self)
        .split(separator: " ").first)
    for (stage, shape, dtype) in [
      ("decoded", [96, 96, 3], DType.u8), ("resized", [32, 32, 3], .u8),
      ("input", [3, 32, 32], .f32),
    ] {
      let output = "\(folder.path)/\(stage).npy"
      let outcome = try Program.run([
        "pixels", Fixtures.path("mini/\(image)"), "--stage", stage, "--size", "32",
        "--preprocess", "clip", "--output", output,
      ])
      #expect(outcome.code == 0, "\(outcome.errors)")
      let array = try NPY.read(output)
      #expect(array.shape == shape && array.dtype == dtype)
    }
  }

  @Test("the side is that of CLIP's input where none is given")
  func usualSize() throws {
    let folder = try TemporaryFolder()
    let output = "\(folder.path)/input.npy"
    let outcome = try Program.run([
      "pixels", Fixtures.path("mini/images/test/000001.jpg"), "--output", output,
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try NPY.read(output).shape == [3, 224, 224])
  }

  @Test("a file of another kind is refused by its name")
  func wrongFile() throws {
    let folder = try TemporaryFolder()
    let garbage = try folder.write("garbage.jpg", "this is not a picture")
    let output = "\(folder.path)/out.npy"
    let outcome = try Program.run(
      ["pixels", garbage, "--stage", "decoded", "--output", output])
    #expect(outcome.code == 3, "\(outcome.errors)")
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains("garbage.jpg"))
    #expect(!FileManager.default.fileExists(atPath: output))
  }
}
