// ArgumentsTests - options given twice, paths of any bytes, and a strange environment.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing
import LMPTWeights

@Suite struct ArgumentsTests {
  @Test("of an option given twice the last counts; a share beyond its range is refused")
  func twice() throws {
    let folder = try TemporaryFolder()
    let output = "\(folder.path)/x.npy"
    let picture = Fixtures.path("mini/images/test/000001.jpg")
    let outcome = try Program.run([
      "pixels", picture, "--size", "8", "--size", "16", "--output", output,
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try NPY.read(output).shape == [3, 16, 16])
    let table = try folder.write("a.csv", "path,labels\na.jpg,cat\n")
    for share in ["1.5", "0.001"] {
      let create = try Program.run([
        "data", "create", "--from", table, "--name", "x", "--data", folder.path, "--test-share",
        share,
      ])
      #expect(create.code == 2 && create.errors.contains("--test-share is '\(share)'"))
    }
  }

  @Test("the hint at a faulty option leads to the page of the command that was meant")
  func hint() throws {
    for command in [["train"], ["data", "check"]] {
      let outcome = try Program.run(command + ["--data"])
      let page = "'lmpt \(command.joined(separator: " ")) --help'"
      #expect(outcome.code == 2 && outcome.errors.contains(page), "\(outcome.errors)")
    }
  }

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

  @Test("a strange TZ, an empty path, and an output behind a link that points nowhere yet")
  func surroundings() throws {
    let data = try TinyData()
    let words = data.train("run", ["--epochs", "0"]).map(\.shellQuoted).joined(separator: " ")
    let outcome = try Program.shell("TZ=$(printf 'Europe/\\351') \"$LMPT\" \(words)")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(
      try JSON.read(data.path("run/environment.json"))["date"]?.string?.hasSuffix("Z") == true)
    #expect(try Program.run(["evaluate", "--run", ""]).code == 2)
    let lost = try Program.run(["zeroshot"], environment: ["LMPT_FIXTURES": data.folder.path])
    #expect(lost.code == 3 && lost.errors.contains("LMPT_FIXTURES"), "\(lost.errors)")
    let link = data.path("link.npy")
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: "target.npy")
    let pixels = try Program.run([
      "pixels", Fixtures.path("mini/images/test/000001.jpg"), "--output", link, "--quiet",
    ])
    #expect(pixels.code == 0, "\(pixels.errors)")
    #expect(try NPY.read(data.path("target.npy")).shape == [3, 224, 224])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "target.npy")
  }

  @Test("a command below another takes its own options only")
  func subcommands() throws {
    let foreign = try Program.run(["data", "stats", "--dataset", "mini", "--from", "x.csv"])
    #expect(foreign.code == 2)
    #expect(foreign.errors.contains("data stats has no option '--from'"), "\(foreign.errors)")
    #expect(foreign.errors.contains("'lmpt data stats --help'"))
    let pages = try [["help", "data", "check"], ["data", "check", "--help"]].map {
      try Program.run($0).output
    }
    #expect(pages[0] == pages[1] && pages[0].contains("Usage: lmpt data check [OPTIONS]"))
    #expect(try Program.run(["data", "chekc"]).code == 2)
  }
}
