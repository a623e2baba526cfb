// PictureStampTests - whether a picture is still the one whose feature is stored.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@testable import LMPTTuning

@Suite struct PictureStampTests {
  @Test("a stamp follows the bytes: the same size and another content is another picture")
  func stamp() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a", "12345")
    func at(_ time: Double) throws {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: time)], ofItemAtPath: path)
    }
    try at(1_700_000_000)
    let stamp = PictureStamp(of: path)
    #expect(stamp.isCurrent(path) && stamp.size == 5)
    try at(1_700_000_009)
    #expect(stamp.isCurrent(path))  // touched, with the same bytes
    _ = try folder.write("a", "12346")
    try at(1_700_000_009)
    #expect(!stamp.isCurrent(path))
    _ = try folder.write("a", "123456")
    #expect(!stamp.isCurrent(path))
    try FileManager.default.removeItem(atPath: path)
    #expect(!stamp.isCurrent(path))
  }
}
