// PredictTests - `lmpt predict`.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTImaging
import LMPTReports
import LMPTSelfTest
import LMPTSupport
import Testing

@Suite struct PredictTests {
  @Test("bars, JSON and a page with the picture; colours only where they are wanted")
  func predict() throws {
    let folder = try TemporaryFolder()
    let words = [
      "predict", Fixtures.path("mini/images/test/000001.jpg"), "--weights",
      Fixtures.path("mini/clip.safetensors"), "--classes", "cat, dog, red bus", "--top", "2",
    ]
    let page = "\(folder.path)/page.html"
    let shares = ["--scores", "softmax"]
    let plain = try Program.run(words + shares + ["--html", page], environment: ["LC_ALL": "C"])
    #expect(plain.code == 0, "\(plain.errors)")
    #expect(!plain.output.contains("\u{1B}") && plain.output.contains("#"))
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("data:image/jpeg;base64,") && html.contains(">Predictions<"))
    let json = try Program.run(words + ["--json"]).json
    let scores = try #require(json["images"]?[0]?["scores"]?.array)
    #expect(scores.count == 2)
    for score in scores {
      let name = try #require(score["class"]?.string)
      #expect(["cat", "dog", "red bus"].contains(name) && plain.output.contains(name))
    }
    let colored = try onTerminal(words + shares, ["TERM": "xterm", "LC_ALL": "C.UTF-8"])
    #expect(colored.contains("\u{1B}[36m") && colored.contains("\u{2588}"), "\(colored)")
    let refused = try onTerminal(words + shares, ["TERM": "xterm", "NO_COLOR": "1"])
    #expect(!refused.contains("\u{1B}[3"), "\(refused)")
  }

  @Test("zero-shot: CLIP's own recipe, scores of a softmax, the greatest first")
  func zeroShot() throws {
    // Neither square nor of the model's size: squashing and cropping differ.
    let words = [
      "predict", Fixtures.path("images/jpeg/china-q95-420-baseline.jpg"), "--weights",
      Fixtures.path("mini/clip.safetensors"), "--classes", "cat, dog, red bus", "--json",
    ]
    func scores(_ more: [String] = []) throws -> [Double] {
      let outcome = try Program.run(words + more)
      #expect(outcome.code == 0, "\(outcome.errors)")
      return try #require(try outcome.json["images"]?[0]?["scores"]?.array)
        .compactMap { $0["score"]?.double }
    }
    let own = try scores()
    let total = own.reduce(0, +)
    #expect(own.count == 3 && abs(total - 1) < 1e-6)  // three scores in single precision
    let falling = own.sorted { $0 > $1 }
    #expect(own == falling && Set(own).count == 3)
    #expect(try scores(["--top", "2"]) == Array(own.prefix(2)))
    #expect(try scores(["--preprocess", "clip"]) == own)
    #expect(try scores(["--preprocess", "lmpt"]) != own)
  }

  @Test("a model with another vocabulary is refused before it is used")
  func vocabulary() throws {
    let outcome = try Program.run([
      "predict", Fixtures.path("mini/images/test/000001.jpg"), "--classes", "zebra, cat",
      "--weights", Fixtures.path("clip/small/openai.safetensors"),
    ])
    #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
  }

  @Test("the classes are named in a file, too; a threshold is a number or auto")
  func classFile() throws {
    let folder = try TemporaryFolder()
    let classes = try folder.write("classes.txt", "cat\nred bus\n")
    let words = [
      "predict", Fixtures.path("mini/images/test/000001.jpg"), "--classes", classes, "--weights",
      Fixtures.path("mini/clip.safetensors"),
    ]
    let scores = try Program.run(words + ["--json"]).json["images"]?[0]?["scores"]?.array
    #expect(Set(try #require(scores).compactMap { $0["class"]?.string }) == ["cat", "red bus"])
    let refused = try Program.run(words + ["--threshold", "foo"])
    #expect(refused.code == 2 && refused.errors.contains("expected auto or a number"))
  }

  @Test("a class that is named twice is a mistake of the command line")
  func repeated() throws {
    let outcome = try Program.run([
      "predict", Fixtures.path("mini/images/test/000001.jpg"), "--classes", "red bus, red  bus",
      "--weights", Fixtures.path("mini/clip.safetensors"),
    ])
    #expect(outcome.code == 2 && outcome.errors.contains("expected every name once"))
    #expect(outcome.errors.contains("'lmpt predict --help'"), "\(outcome.errors)")
  }

  @Test("with names alone it is the PyTorch twin's zero-shot CLIP behind its own preprocessing")
  func twin() throws {
    let twin = try PredictorFixture(Fixtures.root.path)
    let pictures = Array(twin.pictures.prefix(5))
    for recipe in ["clip", "lmpt"] {
      let said = try Program.run(
        ["predict"] + pictures + [
          "--classes", twin.zeroShotNames.joined(separator: ","), "--weights",
          Fixtures.path("mini/clip.safetensors"), "--scores", "logit", "--top", "6", "--json",
        ] + (recipe == "clip" ? [] : ["--preprocess", recipe]))
      #expect(said.code == 0, "\(said.errors)")
      let found = try #require(try said.json["images"]?.array).flatMap { image in
        let scores = image["scores"]?.array ?? []
        return twin.zeroShotNames.map { name in
          scores.first { $0["class"]?.string == name }?["score"]?.double ?? .nan
        }
      }
      // Six layers in single precision, times the scale of 100: 1e-5 of the largest logit, 18.
      expectClose(
        found, try twin.doubles("zero-shot/pictures-\(recipe)"), atol: 1.8e-4, rtol: 0, recipe)
    }
  }

  @Test("pictures of a page are small JPEG files, and only names stand below them")
  func pictures() throws {
    let folder = try TemporaryFolder()
    let photo = Fixtures.path("images/photos/640x480-photo.png")
    let page = "\(folder.path)/page.html"
    let outcome = try Program.run([
      "predict", photo, Fixtures.path("mini/images/test/000001.jpg"), "--weights",
      Fixtures.path("mini/clip.safetensors"), "--classes", "cat, dog, red bus", "--html", page,
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("<h1>Predictions of zero-shot CLIP</h1>"))
    #expect(html.contains(">640x480-photo.png</h3>") && html.contains(">000001.jpg</h3>"))
    #expect(html.contains(#/<p class="lead">2 pictures. Best class: [a-z ]+ \d/#))
    let pictures = html.matches(of: #/src="data:image\/jpeg;base64,([^"]*)"/#)
    #expect(pictures.count == 2)
    let bytes = try #require(Base64.decode(String(pictures[0].1)))
    #expect(bytes.count < 60_000)
    let picture = try RGBImage(decoding: bytes)
    #expect(picture.width == 400 && picture.height == 300)
    // A small JPEG file is shown as it is.
    #expect(
      try Base64.decode(String(pictures[1].1)) == Fixtures.bytes("mini/images/test/000001.jpg"))
  }

  @Test("a picture that says how it lies is predicted as the turned one with --orient alone")
  func orientation() throws {
    let folder = try TemporaryFolder()
    let weights = Fixtures.path("mini/clip.safetensors")
    let lying = Fixtures.path("images/orientation/6.jpeg")
    let turned = try RGBImage(path: lying, orient: true)
    let upright = "\(folder.path)/upright.ppm"
    try Data("P6\n\(turned.width) \(turned.height)\n255\n".utf8 + turned.pixels)
      .write(to: URL(fileURLWithPath: upright))
    func scores(_ picture: String, _ more: [String] = []) throws -> JSON? {
      let words = ["predict", picture, "--classes", "a cup, a dog", "--weights", weights]
      let outcome = try Program.run(words + more + ["--json"])
      #expect(outcome.code == 0, "\(words): \(outcome.errors)")
      return try outcome.json["images"]?.array?.first?["scores"]
    }
    let expected = try scores(upright)
    #expect(try scores(lying, ["--orient"]) == expected)
    #expect(try scores(lying) != expected)
  }

  /// A folder with three pictures, the second of which breaks off, and one of a kind that is not read.
  private func badPictures() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let bytes = try Fixtures.bytes("mini/images/test/000001.jpg")
    for (name, part) in [
      ("1.jpg", bytes[...]), ("2.JPG", bytes.prefix(400)), ("3.jpeg", bytes[...]),
    ] {
      try Data(part).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
    }
    _ = try folder.write("4.heic", "\0\0\0\u{18}ftypheic\0\0\0\0mif1heic")
    _ = try folder.write("notes.txt", "no picture")
    return folder
  }

  private let namedClasses = [
    "--classes", "cat, dog", "--weights", Fixtures.path("mini/clip.safetensors"),
  ]

  @Test("a folder is its pictures in the order of their names; bad ones cost no other with skip")
  func skipped() throws {
    let folder = try badPictures()
    let page = "\(folder.path)/page.html"
    let words = ["predict", folder.path, "--on-bad-image", "skip"] + namedClasses
    let outcome = try Program.run(words + ["--json", "--html", page])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let json = try outcome.json
    let names = json["images"]?.array?.compactMap { $0["image"]?.string }
    #expect(names == ["1.jpg", "3.jpeg"].map { "\(folder.path)/\($0)" })
    let bad = ["2.JPG", "4.heic"].map { "\(folder.path)/\($0)" }
    #expect(json["skipped"]?.array?.compactMap { $0["file"]?.string } == bad)
    for file in bad {
      #expect(outcome.errors.contains("lmpt: left out: \(file): "), "\(outcome.errors)")
    }
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(
      html.contains("2 pictures are left out as unreadable: &#39;2.JPG&#39;, &#39;4.heic&#39;.")
        || html.contains("2 pictures are left out as unreadable: '2.JPG', '4.heic'."))
    #expect(html.contains("2 pictures. Best class:"))
  }

  @Test(
    "by default a bad file is one line, before anything is predicted where its beginning shows it")
  func bad() throws {
    let folder = try badPictures()
    let page = "\(folder.path)/page.html"
    let first = try Program.run(["predict", folder.path, "--html", page] + namedClasses)
    #expect(first.code == 3 && first.errorLines.count == 1 && first.output.isEmpty)
    #expect(first.errors.contains("4.heic: HEIC images are not supported"), "\(first.errors)")
    #expect(first.errors.contains("leave it out with --on-bad-image skip"))
    try FileManager.default.removeItem(atPath: "\(folder.path)/4.heic")
    let second = try Program.run(["predict", folder.path, "--html", page] + namedClasses)
    #expect(second.code == 3 && second.errorLines.count == 1)
    #expect(second.errors.contains("2.JPG: ") && second.output.contains("1.jpg\n"))
    #expect(second.errors.contains("leave it out with --on-bad-image skip"))
    #expect(!FileManager.default.fileExists(atPath: page))
    // Of a single picture there is no other, and without any left there is no result.
    let only = try Program.run(["predict", "\(folder.path)/2.JPG"] + namedClasses)
    #expect(only.code == 3 && !only.errors.contains("--on-bad-image"))
    let none = try Program.run(
      ["predict", "\(folder.path)/2.JPG", "--on-bad-image", "skip"] + namedClasses)
    #expect(none.code == 3 && none.errorLines.count == 1 && none.output.isEmpty)
  }
}
