// SmallMannersTests - paths of any bytes, outputs that are inputs, names on terminals, which column.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Support
import Testing
import Weights

@Suite("small manners")
struct SmallMannersTests {
  @Test("a path that is not UTF-8 is opened, and written")
  func paths() throws {
    let folder = try TemporaryFolder()
    let picture = Fixtures.path("mini/images/test/000001.jpg")
    let weights = Fixtures.path("mini/clip.safetensors")
    let outcome = try Program.shell(
      """
      set -e
      name=$(printf '\(folder.path)/caf\\351')
      cp '\(picture)' "$name.jpg"
      "$LMPT" pixels "$name.jpg" --stage decoded --output "$name.npy"
      "$LMPT" pixels '\(picture)' --stage decoded --output '\(folder.path)/plain.npy' --quiet
      cmp "$name.npy" '\(folder.path)/plain.npy'
      "$LMPT" encode --weights '\(weights)' --image "$name.jpg" --output '\(folder.path)/f.npy'
      """)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("caf\\xE9.npy"), "\(outcome.output)")
    let none = try Program.shell("\"$LMPT\" inspect \"$(printf 'no\\377.pt')\" --json")
    #expect(none.code == 3 && none.errors.contains("no\\xFF.pt: the file does not exist"))
    #expect(try none.json["error"]?["file"]?.string == "no\\xFF.pt")
    // Words are text.
    let word = try Program.shell(
      "\"$LMPT\" encode --weights '\(weights)' --text \"$(printf 'caf\\351')\" --output t.npy")
    #expect(word.code == 2 && word.errorLines.count == 1, "\(word.errors)")
  }

  @Test("an output that is the input is refused, under whatever name")
  func sameFile() throws {
    let folder = try TemporaryFolder()
    let input = "\(folder.path)/in.safetensors"
    try Safetensors.write([NamedArray("counts", floats: [5, 3])], to: input)
    let before = try Data(contentsOf: URL(fileURLWithPath: input))
    let link = "\(folder.path)/link.safetensors"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: input)
    for output in [
      input, "\(folder.path)/../\(folder.path.split(separator: "/").last ?? "")/in.safetensors",
      link,
    ] {
      let outcome = try Program.run([
        "equation", "class-margin", "--input", input, "--output", output,
      ])
      #expect(outcome.code == 2 && outcome.errorLines.count == 1, "\(output): \(outcome.errors)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: input)) == before)
    }
    let other = try Program.run([
      "equation", "class-margin", "--input", input, "--output", "\(folder.path)/out.safetensors",
    ])
    #expect(other.code == 0, "\(other.errors)")
    let weights = try Program.run([
      "encode", "--weights", input, "--text", "a", "--output", input,
    ])
    #expect(weights.code == 2, "\(weights.errors)")
  }

  @Test("NaN in scores says for which image and class; .npy says which arrays it cannot hold")
  func places() throws {
    let folder = try TemporaryFolder()
    let (scores, labels) = ("\(folder.path)/s.npy", "\(folder.path)/l.npy")
    try NPY.write(NamedArray("s", floats: [1, 2, 3, 4, 5, .nan], shape: [2, 3]), to: scores)
    try NPY.write(NamedArray("l", floats: [1, 0, 1, 0, 1, 0], shape: [2, 3]), to: labels)
    let outcome = try Program.run(["metrics", "--scores", scores, "--labels", labels])
    #expect(outcome.code == 3 && outcome.errors.contains("row 1, column 2"), "\(outcome.errors)")
    let run = "\(folder.path)/run"
    let trained = try Program.run([
      "train", "--dataset", "mini", "--epochs", "0", "--out", run, "--quiet",
    ])
    #expect(trained.code == 0, "\(trained.errors)")
    let exported = try Program.run([
      "export", "--run", run, "--layout", "coop", "--output", "\(folder.path)/e.npy", "--quiet",
    ])
    #expect(exported.code == 3 && exported.errorLines.count == 1)
    for name in ["ctx", "token_prefix", "token_suffix"] {
      #expect(exported.errors.contains("'\(name)'"), "\(exported.errors)")
    }
  }

  @Test("names from files are escaped on a terminal, and only there")
  func names() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/x.safetensors"
    let name = "a\u{1B}[2Jb\r\u{202E}c"
    try Safetensors.write(
      [NamedArray(name, floats: [1])], metadata: ["k\u{7}": "v\u{1B}]0;t\u{7}"], to: path)
    let seen = try onTerminal(["inspect", path])
    #expect(seen.contains("a\\u{1b}[2Jb\\u{d}\\u{202e}c"), "\(seen.debugDescription)")
    #expect(seen.contains("k\\u{7}: v\\u{1b}]0;t\\u{7}") && !seen.contains("\u{1B}"))
    #expect(try Program.run(["inspect", path]).output.contains(name))
    let output = "\(folder.path)/o\u{1B}[31m.npy"
    let written = try onTerminal([
      "pixels", Fixtures.path("mini/images/test/000001.jpg"), "--output", output,
    ])
    #expect(written.contains("o\\u{1b}[31m.npy") && !written.contains("\u{1B}"))
  }
}
