// EquationTests - `lmpt equation` on files, as another program would use it.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTTuning
import LMPTSelfTest
import LMPTSupport
import Testing
import LMPTWeights

@Suite("lmpt equation")
struct EquationTests {
  @Test("prompt-steps on stored features gives the PyTorch twin's losses and context")
  func promptSteps() throws {
    let twin = try TrainingFixture(Fixtures.path("training"))
    let folder = try TemporaryFolder()
    func array(_ name: String) throws -> NamedArray {
      NamedArray(try #require(twin.file[name]), name: name)
    }
    let (input, weights) = ("\(folder.path)/in.safetensors", "\(folder.path)/clip.safetensors")
    let output = "\(folder.path)/out.safetensors"
    try Safetensors.write(["features", "labels", "counts"].map(array), to: input)
    try Safetensors.write(twin.weights, to: weights)
    let classes = try folder.write("classes.txt", twin.classNames.joined(separator: "\n") + "\n")
    let outcome = try Program.run([
      "equation", "prompt-steps", "--input", input, "--output", output, "--weights", weights,
      "--classes", classes, "--init", "a photo of a", "--set", "lr=0.05", "--set", "total=1142",
      "--json",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    // Neither the tensors nor anything beside them says it.
    #expect(try outcome.json["activation_assumed"]?.bool == true)
    let results = try Safetensors.read(output)
    let parts = try twin.doubles("run-words-losses")  // E7, E6, E8 of each step
    let totals = stride(from: 2, to: parts.count, by: 3).map { parts[$0] }
    // Two layers and six updates in single precision against Double.
    expectClose(try #require(results["losses"]).doubles(), totals, atol: 0, rtol: 1e-5)
    let context = try #require(results["ctx"])
    #expect(context.shape == [4, 64])
    expectClose(
      context.doubles(), try twin.doubles("run-words-context"), atol: 2e-6, rtol: 1e-5)

    func refused(_ more: [String]) throws -> Outcome {
      try Program.run(
        ["equation", "A1", "--input", input, "--weights", weights, "--set", "total=1142"] + more)
    }
    // A run refuses this rate, too.
    let rate = try refused(["--classes", classes, "--set", "lr=-1"])
    #expect(rate.code == 2 && rate.errors.contains("lr is '-1'"), "\(rate.errors)")
    let name = String(repeating: "cat ", count: 100)
    let names = [name] + twin.classNames.dropFirst()
    let long = try folder.write("long.txt", names.joined(separator: "\n") + "\n")
    let tooLong = try refused(["--classes", long])
    #expect(tooLong.code == 3 && tooLong.errors.hasPrefix("lmpt: \(long): "), "\(tooLong.errors)")
    #expect(tooLong.errors.contains("shorten the class name"), "\(tooLong.errors)")
  }

  @Test("E3 is the distance of sentences, and with token axes that of every position")
  func distances() throws {
    let folder = try TemporaryFolder()
    let input = "\(folder.path)/in.safetensors"
    func write(_ captions: [Int], _ prompts: [Int]) throws {
      let arrays = [("captions", captions), ("prompts", prompts)].map { name, shape in
        let values = (0..<shape.reduce(1, *)).map { Float($0 * 7 % 11) - 4.5 }
        return NamedArray(name, floats: values, shape: shape)
      }
      try Safetensors.write(arrays, to: input)
    }
    func run(_ name: String, _ more: [String] = []) throws -> Outcome {
      let outcome = try Program.run(["equation", name, "--input", input, "--json"] + more)
      #expect(outcome.code == 0, "\(outcome.errors)")
      return outcome
    }
    try write([5, 9, 6], [7, 9, 6])
    let tokens = try run("E3")
    #expect(try tokens.json["equation"]?.string == "caption-distance")
    #expect(try tokens.json["outputs"]?["distance"]?["shape"] == [5, 7])
    #expect(tokens.output == (try run("caption-distance").output))
    #expect(try run("e3", ["--set", "offset=3"]).json["outputs"] != tokens.json["outputs"])
    try write([5, 6], [7, 6])
    let sentences = try run("E3")
    #expect(try sentences.json["equation"]?.string == "sentence-distance")
    #expect(sentences.output == (try run("sentence-distance").output))
  }

  @Test("NaN and infinity are refused with the tensor and the place")
  func notFinite() throws {
    let folder = try TemporaryFolder()
    let input = "\(folder.path)/in.safetensors"
    for value in [Float.nan, .infinity] {
      try Safetensors.write([NamedArray("counts", floats: [3, value], shape: [2])], to: input)
      let outcome = try Program.run(["equation", "E5", "--input", input])
      #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains("'counts' holds \(value)"), "\(outcome.errors)")
      #expect(outcome.errors.contains("(element 1, from 0)") && outcome.output.isEmpty)
    }
  }

  @Test("a class without training images is one line that names the file and the class")
  func emptyClass() throws {
    let folder = try TemporaryFolder()
    let (input, output) = ("\(folder.path)/in.safetensors", "\(folder.path)/out.safetensors")
    try Safetensors.write([NamedArray("counts", floats: [3, 0, 5], shape: [3])], to: input)
    let outcome = try Program.run([
      "equation", "class-margin", "--input", input, "--output", output,
    ])
    #expect(outcome.code == 3)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains(input) && outcome.errors.contains("class 1 has a count of 0"))
    #expect(try folder.files == ["in.safetensors"])
  }

  @Test("an unknown key is a usage error that lists the known ones")
  func unknownKey() throws {
    let folder = try TemporaryFolder()
    let input = "\(folder.path)/in.safetensors"
    try Safetensors.write([NamedArray("counts", floats: [3, 5], shape: [2])], to: input)
    let outcome = try Program.run([
      "equation", "class-margin", "--input", input, "--output", "\(folder.path)/out.safetensors",
      "--set", "gamma=3",
    ])
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("gamma") && outcome.errors.contains("scale"))
  }

  @Test("a tag stands for its equation, and without a file the values are printed")
  func printed() throws {
    let folder = try TemporaryFolder()
    let input = "\(folder.path)/in.safetensors"
    // One image with class 0, by hand: margins 0.2 / n^0.25, of which the second is 0.2; weights
    // n^-2 over their sum, 1 / 10001 and 10000 / 10001.
    // (0.2 / 10001 + (0.2 - 0.1) 10000 / 10001) / 2 = 0.0500050, and the gradient is
    // 1 / 10001 / 2 = 4.9995e-5 and -10000 / 10001 / 2 = -0.499950.
    try Safetensors.write(
      [
        NamedArray("distance", floats: [0.2, 0.1], shape: [1, 2]),
        NamedArray("labels", floats: [1, 0], shape: [1, 2]),
        NamedArray("counts", floats: [100, 1], shape: [2]),
      ], to: input)
    let words = ["--input", input, "--quiet"]
    let byTag = try Program.run(["equation", "e6"] + words)
    #expect(byTag.code == 0, "\(byTag.errors)")
    #expect(byTag.output == (try Program.run(["equation", "embedding-loss"] + words).output))
    let lines = byTag.output.split(separator: "\n")
    #expect(lines.count == 2 && lines[0].hasPrefix("loss = 0.05000"), "\(lines)")
    #expect(lines[1].hasPrefix("grad.distance [1, 2]  norm 0.49995"), "\(lines)")

    let outputs = try Program.run(["equation", "E6", "--json"] + words).json["outputs"]
    #expect(outputs?["loss"]?["shape"]?.array?.compactMap(\.int) == [1])
    let loss = try #require(outputs?["loss"]?["values"]?[0]?.double)
    // Six digits of single precision.
    #expect(abs(loss - 1000.2 / 10001 / 2) < 1e-6)
    let gradient = try #require(outputs?["grad.distance"]?["values"]?.array).compactMap(\.double)
    expectClose(gradient, [0.5 / 10001, -5000.0 / 10001], atol: 1e-9, rtol: 1e-6)
    #expect(try folder.files == ["in.safetensors"])
  }

  @Test("more than 10,000 values are not printed, their shape is")
  func large() throws {
    let folder = try TemporaryFolder()
    let input = "\(folder.path)/in.safetensors"
    let counts = (1...10_001).map { Float($0) }
    try Safetensors.write([NamedArray("counts", floats: counts, shape: [10_001])], to: input)
    let outputs = try Program.run(["equation", "E4", "--input", input, "--json"]).json["outputs"]
    #expect(outputs?["margin"]?["shape"]?.array?.compactMap(\.int) == [10_001])
    #expect(outputs?["margin"]?["values"] == nil)
  }
}
