// PicturesTests - sizes from headers, fields of equal height, and names without folders.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTImaging
import LMPTSupport
import Testing

@testable import LMPTReports

@Suite struct PicturesTests {
  // The files' names say what Pillow wrote.
  @Test(arguments: [
    ("photos/500x375-q75-baseline.jpg", 500, 375), ("photos/640x480-q95-progressive.jpg", 640, 480),
    ("photos/500x375-photo.png", 500, 375), ("jpeg/size-9x13.jpg", 9, 13),
    ("png/adam7-5x7.png", 5, 7),
  ])
  func `the size stands in the header`(path: String, width: Int, height: Int) throws {
    let size = PictureSize(try Fixtures.bytes("images/\(path)"))
    #expect(size?.width == width && size?.height == height)
  }

  @Test func `what is no picture has no size`() {
    for bytes: [UInt8] in [
      [], [0xFF, 0xD8, 0xFF], [0x89, 0x50, 0x4E, 0x47, 1], Array("GIF89a".utf8),
    ] {
      #expect(PictureSize(bytes) == nil)
    }
    // A segment that ends past the file, and one without a length.
    #expect(PictureSize([0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0]) == nil)
    #expect(PictureSize([0xFF, 0xD8] + [UInt8](repeating: 0xFF, count: 40)) == nil)
  }

  private func jpeg(_ width: Int, _ height: Int) -> [UInt8] {
    encodeJPEG(
      RGBImage(
        width: width, height: height, pixels: [UInt8](repeating: 9, count: width * height * 3)))
  }

  @Test func `fields have the shape of the picture in the middle, within bounds`() {
    #expect(PictureSize.shape(of: []) == "1")
    #expect(PictureSize.shape(of: [jpeg(8, 8), jpeg(80, 10), jpeg(6, 5)]) == "1.2")
    #expect(PictureSize.shape(of: [jpeg(80, 10)]) == "1.333")
    #expect(PictureSize.shape(of: [jpeg(10, 80), Array("none".utf8)]) == "0.75")
  }

  @Test func `labels above a threshold stand below a picture and have coloured bars`() throws {
    var report = Report(title: "")
    let scores = [("cat", 0.6), ("dog", 0.4)].map { Report.Example.Score($0.0, $0.1) }
    func example(_ predicted: [String]?) -> Report.Example {
      .init(
        image: jpeg(8, 8), name: "a.jpg", labels: [], predicted: predicted,
        decisions: [.init(method: "softmax", scores: scores)])
    }
    func hits(_ page: String) -> [Substring] {
      page.matches(of: #/<tr class="hit"><th scope="row">([a-z]*)</#).map(\.1)
    }
    for (predicted, expected, text) in [
      (["dog", "cat"], ["cat", "dog"], ">dog, cat</span>"), (["dog"], ["dog"], ">dog</span>"),
      ([], [], ">no label</span>"),
    ] as [([String], [Substring], String)] {
      report.examples = [example(predicted)]
      let page = HTMLReport.page(report)
      #expect(hits(page) == expected && page.contains(text))
      #expect(try Report.parse(report.json) == report)
    }
    // Scores that only rank: the best one.
    report.examples = [example(nil)]
    #expect(hits(HTMLReport.page(report)) == ["cat"])
    #expect(try Report.parse(report.json) == report)
  }

  @Test func `names lose their folders as far as they stay different`() {
    let names = ShortNames(["a/b/cat.jpg", "a/c/cat.jpg", "/x/dog.jpg", "bird.jpg", "b//cat.jpg"])
    #expect(names["/x/dog.jpg"] == "dog.jpg" && names["bird.jpg"] == "bird.jpg")
    #expect(names["a/b/cat.jpg"] == "b/cat.jpg" && names["a/c/cat.jpg"] == "c/cat.jpg")
    #expect(names["b//cat.jpg"] == "b//cat.jpg")
    #expect(ShortNames([])["other/name"] == "other/name")
    #expect(ShortNames(["same", "same"])["same"] == "same")
    // One name is the end of the other: in whichever order a set has them.
    let nested = ShortNames(["a.jpg", "x/a.jpg"])
    #expect(nested["a.jpg"] == "a.jpg" && nested["x/a.jpg"] == "x/a.jpg")
  }
}
