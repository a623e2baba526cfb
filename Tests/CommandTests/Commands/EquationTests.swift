// EquationTests - `lmpt equation` on files, as another program would use it.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import PromptTuning
import SelfTest
import Support
import Testing
import Weights

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
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let results = try Safetensors.read(output)
    let parts = try twin.doubles("run-words-losses")  // E7, E6, E8 of each step
    let totals = stride(from: 2, to: parts.count, by: 3).map { parts[$0] }
    // Two layers and six updates in single precision against Double.
    expectClose(try #require(results["losses"]).doubles(), totals, atol: 0, rtol: 1e-5)
    let context = try #require(results["ctx"])
    #expect(context.shape == [4, 64])
    expectClose(
      context.doubles(), try twin.doubles("run-words-context"), atol: 2e-6, rtol: 1e-5)
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
}
