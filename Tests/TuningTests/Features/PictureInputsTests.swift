// PictureInputsTests - pictures from their files to a tower's input.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTImaging
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct PictureInputsTests {
  /// The stored pictures of every orientation; Pillow's pixels of them are compared in Imaging.
  private static let turned: [String] = {
    let manifest = try? JSON.parse(Fixtures.bytes("images/manifest.json"))
    return (manifest?["orientations"]?.array ?? []).compactMap { $0["source"]?.string }
  }()

  @Test("a picture is turned before it is resized where that was asked for, and only there")
  func orientation() throws {
    #expect(!Self.turned.isEmpty)
    var differ = 0
    for source in Self.turned {
      let path = Fixtures.path(source)
      let image = try RGBImage(path: path)
      let orientation = try Fixtures.bytes(source).withUnsafeBytes { ExifOrientation($0) }
      let inputs = [false, true].map { orient in
        PictureInputs([path], views: [[false]], preprocessing: .lmpt, size: 32, orient: orient)
          .pixels.values
      }
      func input(_ image: RGBImage) -> [Float] {
        Preprocessing.lmpt.input(image.resized(to: 32, as: .lmpt))
      }
      #expect(inputs[0] == input(image), "\(source)")
      #expect(inputs[1] == input(image.oriented(orientation)), "\(source)")
      differ += inputs[0] != inputs[1] ? 1 : 0
    }
    #expect(differ > 0)
  }
}
