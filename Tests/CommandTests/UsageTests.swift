// UsageTests - command lines that are wrong, and the help that is right.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning
import Testing

@Suite("command lines")
struct UsageTests {
  @Test(
    "mistakes in words are usage errors with a suggestion",
    arguments: [
      (["metricss"], "did you mean 'lmpt metrics'"),
      (["metrics", "--scor", "x"], "did you mean '--scores'"),
      (["metrics", "--scores"], "--scores needs a value"),
      (["train", "--out", "x", "--lr", "abc"], "--lr is 'abc'"),
      (["train", "--out", "x", "--lr", "nan"], "--lr is 'nan'"),
      (["train", "--out", "x", "--batch-size", "0"], "--batch-size is '0'"),
      (["train", "--out", "x", "--lam", "2"], "--lam is '2'"),
      (["train", "--out", "x", "--optimizer", "sgdd"], "one of sgd, adam, adamw"),
      (["train", "--out", "x", "--csc", "--shared"], "exclude each other"),
      (["train"], "train needs --out"),
      (["convert", "a.pt", "b.onnx"], "OUT is 'b.onnx'"),
      (
        ["pixels", "a.jpg", "--output", "b.txt"],
        "ends in one of .safetensors, .pt, .pth, .npz, .npy"
      ),
      (["metrics", "--scores", "a", "--labels", "b", "--threads", "0"], "--threads is '0'"),
    ])
  func mistakes(words: [String], expected: String) throws {
    let outcome = try Program.run(words)
    #expect(outcome.code == 2)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains(expected), "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("lmpt: ") && outcome.errors.contains("Hint: "))
  }

  @Test("an unknown kernel is a usage error, and each available one is accepted")
  func kernels() throws {
    let outcome = try Program.run(
      ["tokenize", "a"], environment: ["LMPT_KERNEL": "mmx"])
    #expect(outcome.code == 2)
    let baseline = try Program.run(["tokenize", "a"], environment: ["LMPT_KERNEL": "baseline"])
    #expect(baseline.code == 0)
  }

  @Test("--help of every command shows its options and at least two examples")
  func help() throws {
    #expect(try Program.run(["--help"]).code == 0)
    let commands = try HelpPage([]).commands
    #expect(commands.count >= 10)
    for command in commands {
      let page = try HelpPage([command]).text
      #expect(page.contains("Usage: lmpt \(command)"))
      let examples = page.split(separator: "\n").drop { $0 != "Examples:" }.dropFirst()
      #expect(examples.count >= 2, "\(command) has \(examples.count) examples")
    }
  }

  @Test("train's help has every option of a run")
  func everyOption() throws {
    let page = try Program.run(["train", "--help"]).output
    let words = Set(page.split { " ,\n".contains($0) })
    // One context or one a class is chosen by the flags --shared and --csc.
    for field in TrainingOptions.table where field.name != "context" {
      let option = "--" + field.name.split(separator: "_").joined(separator: "-")
      #expect(words.contains(option[...]), "\(option)")
    }
  }

  @Test("with --json the help, the manual page and the completions are JSON too")
  func jsonPages() throws {
    func json(_ words: String...) throws -> JSON {
      try Array(Program.run(words + ["--json"]).output.utf8).withUnsafeBytes { try JSON.parse($0) }
    }
    let overview = try json("--help")
    let train = try json("train", "--help")
    #expect(overview["commands"]?.array?.contains(train) == true)
    #expect(try json("help", "train") == train)
    let rate = train["options"]?.array?.first { $0["name"]?.string == "lr" }
    #expect(rate?["value"]?.string == "RATE" && rate?["default"]?.string == "5e-4")
    #expect(try json("man")["manual"]?.string == Program.run(["man"]).output)
    #expect(
      try json("completions", "fish")["script"]?.string
        == Program.run(["completions", "fish"]).output)
  }

  @Test("with --json a failure is an error object on standard output")
  func jsonError() throws {
    let outcome = try Program.run(["inspect", "/nonexistent.safetensors", "--json"])
    #expect(outcome.code == 3)
    let error = try outcome.json["error"]
    #expect(error?["code"]?.string?.isEmpty == false)
    #expect(error?["file"]?.string == "/nonexistent.safetensors")
  }
}
