// UsageErrorTests - command lines that are wrong.
// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct UsageErrorTests {
  @Test(
    "mistakes in words are usage errors with a suggestion",
    arguments: [
      (["--json"], "options stand behind the command"),
      (["--threads", "1", "tokenize", "a"], "options stand behind the command"),
      (["metricss"], "did you mean 'lmpt metrics'"),
      (["data", "chek", "--dataset", "mini"], "did you mean 'lmpt data check'"),
      (["data", "remove"], "Hint: 'lmpt data --help' lists the commands"),
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
}
