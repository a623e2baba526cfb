// RunTwinTests - whole runs of every method against their PyTorch twins, from lists to test scores.
// SPDX-License-Identifier: Apache-2.0

import LMPTTuning
import LMPTSelfTest
import LMPTSupport
import Testing

@Suite("whole runs against their PyTorch twins")
struct RunTwinTests {
  private static let fixture = Result {
    try RunFixture(Fixtures.path("runs"), model: try TrainingFixture.stored().model)
  }

  static let runs = (try? fixture.get().runs) ?? []

  @Test(
    "every number of every epoch, what is kept, and the scores of the test images", arguments: runs)
  func everyNumber(run: RunFixture.Run) throws {
    let fixture = try Self.fixture.get()
    for (name, ratio) in try fixture.compare(run, try fixture.train(run)) {
      // The tolerances stand in the manifest with their reasons.
      #expect(ratio <= 1, "\(run.name): \(name) is \(ratio) of the tolerance")
    }
  }

  @Test("there is a run of every method, and of every value that a wiring depends on")
  func coverage() throws {
    let runs = try Self.fixture.get().runs
    func values(_ option: String) -> Set<String> { Set(runs.compactMap { $0.options[option] }) }
    #expect(values("method") == Set(Method.all.map(\.name)))
    #expect(values("select") == Set(EpochSelection.allCases.map(\.rawValue)))
    #expect(values("sampling") == Set(Sampling.allCases.map(\.rawValue)))
    #expect(values("scores") == Set(ScoreKind.allCases.map(\.rawValue)))
    #expect(values("variant") == Set(Reading.all.map(\.name)))
    #expect(values("validation").contains("0.0"))
  }
}

extension RunFixture.Run: CustomTestStringConvertible {
  /// The run's name.
  public var testDescription: String { name }
}
