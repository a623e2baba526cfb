// MetricsTests - `lmpt metrics`.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import Testing
import LMPTWeights

@Suite struct MetricsTests {
  @Test("a ranking worked by hand, counts and threshold")
  func byHand() throws {
    let folder = try TemporaryFolder()
    let paths = ["s", "y", "n"].map { "\(folder.path)/\($0).npy" }
    try NPY.write(
      [0.9, 0.2, 0.8, 0.6, 0.7, 0.4, 0.1, 0.3] as [Float], shape: [4, 2], to: paths[0])
    try NPY.write([1, 0, 0, 1, 1, 0, 0, 0] as [UInt8], shape: [4, 2], to: paths[1])
    try NPY.write([100, 19] as [Int], shape: [2], to: paths[2])
    let outcome = try Program.run([
      "metrics", "--scores", paths[0], "--labels", paths[1], "--counts", paths[2],
      "--threshold", "0.5", "--json",
    ])
    let json = try outcome.json
    let ap0 = 0.5 * 1 + 0.5 * 2.0 / 3
    #expect(abs((json["head"]?.double ?? 0) - ap0) < 1e-12)
    #expect(json["tail"]?.double == 1)
    #expect(json["medium"]?.isNull == true)
    #expect(abs((json["map"]?.double ?? 0) - (ap0 + 1) / 2) < 1e-12)
    #expect(abs((json["op"]?.double ?? 0) - 3.0 / 4) < 1e-12)
    #expect(json["or"]?.double == 1)
  }

  @Test("top-k figures, intervals and the checksum when asked for")
  func extras() throws {
    let folder = try TemporaryFolder()
    let paths = ["s", "y", "n"].map { "\(folder.path)/\($0).npy" }
    try NPY.write(
      [0.9, 0.2, 0.8, 0.6, 0.7, 0.4, 0.1, 0.3] as [Float], shape: [4, 2], to: paths[0])
    try NPY.write([1, 0, 0, 1, 1, 0, 0, 0] as [UInt8], shape: [4, 2], to: paths[1])
    try NPY.write([100, 19] as [Int], shape: [2], to: paths[2])
    let words = ["metrics", "--scores", paths[0], "--labels", paths[1], "--counts", paths[2]]
    let outcome = try Program.run(words + ["--top-k", "1", "--bootstrap", "200", "--json"])
    let json = try outcome.json
    // Best labels by image: 0, 0, 0, 1; right in images 0 and 2, of three positives.
    #expect(json["top_k"]?["op"]?.double == 0.5)
    #expect(json["top_k"]?["or"]?.double == 2.0 / 3)
    #expect(abs(json["checksum"]?.double ?? 1) < 1e-12)
    let interval = try #require(json["intervals"]?["map"]?.array)
    #expect(interval.count == 2)
    #expect((interval[0].double ?? 1) <= (interval[1].double ?? 0))
    #expect(json["intervals"]?["medium"]?.isNull == true)
    #expect(try Program.run(words + ["--top-k", "1", "--bootstrap", "200"]).code == 0)
    #expect(try Program.run(words + ["--top-k", "0"]).code == 2)
  }

  @Test("a score on the threshold is not predicted, in the scores' own precision")
  func scoreOnTheThreshold() throws {
    // 0.3 in single precision is above 0.3 in double precision.
    let folder = try TemporaryFolder()
    let (single, double) = ("\(folder.path)/f4.npy", "\(folder.path)/f8.npy")
    let labels = "\(folder.path)/y.npy"
    try NPY.write([0.3, 0.300_000_1] as [Float], shape: [2, 1], to: single)
    try NPY.write([0.3, 0.300_000_000_000_001] as [Double], shape: [2, 1], to: double)
    try NPY.write([1, 1] as [UInt8], shape: [2, 1], to: labels)
    let half = "\(folder.path)/f2.npy"
    let halves = NamedArray("", floats: [0.3, 0.301], shape: [2, 1], as: .f16)
    try WeightFile.write([halves], to: half)
    for scores in [half, single, double] {
      let outcome = try Program.run([
        "metrics", "--scores", scores, "--labels", labels, "--threshold", "0.3", "--json",
      ])
      #expect(try outcome.json["or"]?.double == 0.5)
    }
  }

  @Test("a label is predicted above 0.3, and is 0 or 1")
  func usualThreshold() throws {
    let folder = try TemporaryFolder()
    let (scores, labels) = ("\(folder.path)/s.npy", "\(folder.path)/y.npy")
    try NPY.write([0.25, 0.35, 0.45, 0.55] as [Float], shape: [4, 1], to: scores)
    try NPY.write([1, 1, 1, 1] as [UInt8], shape: [4, 1], to: labels)
    let words = ["metrics", "--scores", scores, "--labels", labels, "--json"]
    #expect(try Program.run(words).json["or"]?.double == 0.75)
    try NPY.write([1, 0, 2, 1] as [UInt8], shape: [4, 1], to: labels)
    let bad = try Program.run(words)
    #expect(bad.code == 3 && bad.errors.contains("2.0 (row 2, column 0"), "\(bad.errors)")
  }

  @Test("NaN in scores says for which image and class")
  func notANumber() throws {
    let folder = try TemporaryFolder()
    let (scores, labels) = ("\(folder.path)/s.npy", "\(folder.path)/l.npy")
    try NPY.write(NamedArray("s", floats: [1, 2, 3, 4, 5, .nan], shape: [2, 3]), to: scores)
    try NPY.write(NamedArray("l", floats: [1, 0, 1, 0, 1, 0], shape: [2, 3]), to: labels)
    let outcome = try Program.run(["metrics", "--scores", scores, "--labels", labels])
    #expect(outcome.code == 3 && outcome.errors.contains("row 1, column 2"), "\(outcome.errors)")
  }

  @Test("a file of another kind is refused by its name")
  func wrongFile() throws {
    let folder = try TemporaryFolder()
    let garbage = try folder.write("garbage.jpg", "this is not a picture")
    let outcome = try Program.run(["metrics", "--scores", garbage, "--labels", garbage])
    #expect(outcome.code == 3, "\(outcome.errors)")
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains("garbage.jpg"))
  }
}
