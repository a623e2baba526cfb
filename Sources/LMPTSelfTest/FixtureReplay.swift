// FixtureReplay - the stored outputs of the independent implementation, computed again and compared.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning
import LMPTTensors
import LMPTWeights

/// One stored case of an equation.
package struct FixtureCase: Sendable {
  /// The case's name in its file.
  package let name: String
  /// Constants, as text.
  package let settings: [String: String]
  /// The inputs.
  package let inputs: [String: Tensor]
  /// The independent implementation's outputs, in float64, by name.
  package let outputs: [String: [Double]]
}

/// How far an output may be from the independent implementation's.
package struct FixtureTolerance: Sendable, Equatable {
  /// Relative to the expected value.
  package let rtol: Double
  /// Absolute.
  package let atol: Double
  /// Absolute, as a share of the largest expected magnitude of the same output.
  package let atolOfMax: Double

  /// A tolerance of an output.
  package init(rtol: Double, atol: Double = 0, atolOfMax: Double = 0) {
    self.rtol = rtol
    self.atol = atol
    self.atolOfMax = atolOfMax
  }

  /// The greatest difference over its bound; at most 1 when everything is within the tolerance.
  ///
  /// Non-finite values must agree exactly.
  package func worstRatio(_ found: [Double], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    let largest = expected.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
    var worst = 0.0
    for (f, e) in zip(found, expected) where f != e && !(f.isNaN && e.isNaN) {
      let ratio = abs(f - e) / (atol + atolOfMax * largest + rtol * abs(e))
      worst = ratio.isNaN ? .infinity : max(worst, ratio)
    }
    return worst
  }
}

/// The fixtures of one equation.
package struct FixtureFile: Sendable {
  /// The equation they belong to.
  package let equation: Equation
  /// The cases, by name.
  package let cases: [FixtureCase]
  /// The tolerance of each output.
  package let tolerances: [String: FixtureTolerance]
}

/// What replaying the fixtures of one equation found.
package struct FixtureResult: Sendable {
  /// Tag in docs/Equations.md, or the topic.
  package let tag: String
  /// What was replayed.
  package let name: String
  /// Number of cases.
  package let cases: Int
  /// Number of cases with an output outside its tolerance.
  package let failed: Int
  /// What is outside its tolerance, by case.
  package let failures: [String]
  /// The greatest difference over its tolerance.
  package let worst: Double
  /// The greatest relative tolerance of the outputs.
  package let tolerance: Double

  /// A result.
  package init(
    tag: String, name: String, cases: Int, failed: Int, failures: [String], worst: Double,
    tolerance: Double
  ) {
    self.tag = tag
    self.name = name
    self.cases = cases
    self.failed = failed
    self.failures = failures
    self.worst = worst
    self.tolerance = tolerance
  }
}

/// What can be wrong with a folder of fixtures.
package enum FixtureError: DiagnosticError, Equatable {
  /// The manifest is not of the form that the generators write.
  case manifest(String)
  /// A file is not the one that the manifest describes.
  case checksum(path: String)
  /// A file that holds no case.
  case noCases(path: String)

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .manifest(let what):
      Diagnostic(
        "fixture.manifest", "the manifest \(what)",
        hint: "take the Fixtures folder of the same version as the program")
    case .checksum(let path):
      Diagnostic(
        "fixture.checksum", "\(path) is not the file that the manifest describes",
        hint: "take the Fixtures folder of the same version as the program")
    case .noCases(let path):
      Diagnostic(
        "fixture.no-cases", "\(path) holds no case",
        hint: "take the Fixtures folder of the same version as the program")
    }
  }
}

/// Reads the fixtures of a folder that an equation generator wrote.
///
/// - Parameter folder: the path of `Fixtures/equations` or `Fixtures/losses`.
/// - Returns: one entry per equation, in the manifest's order.
/// - Throws: `FixtureError`, `EquationError.unknownEquation`, or an error of the file formats.
package func equationFixtures(_ folder: String) throws -> [FixtureFile] {
  try fixtureEntries(folder).map { entry in
    try inFile("\(folder)/manifest.json") {
      FixtureFile(
        equation: try Equation.named(entry.equation), cases: try fixtureCases(entry.path),
        tolerances: entry.tolerances)
    }
  }
}

/// A file of a folder of fixtures, as the manifest describes it.
struct FixtureEntry {
  let path: String
  /// What it belongs to; empty when the manifest names no equation.
  let equation: String
  let tolerances: [String: FixtureTolerance]
}

/// The entries of a folder's manifest, each file checked against its SHA-256.
func fixtureEntries(_ folder: String) throws -> [FixtureEntry] {
  let manifestPath = "\(folder)/manifest.json"
  return try inFile(manifestPath) {
    guard let entries = try JSON.read(manifestPath)["entries"]?.array else {
      throw FixtureError.manifest("has no entries")
    }
    return try entries.map { entry in
      guard let path = entry["path"]?.string?.split(separator: "/").last,
        let digest = entry["sha256"]?.string, let outputs = entry["outputs"]?.array
      else { throw FixtureError.manifest("has an entry without path, sha256 or outputs") }
      let tolerances = outputs.map { output in
        (
          output["name"]?.string ?? "",
          FixtureTolerance(
            rtol: output["rtol"]?.double ?? 0, atol: output["atol"]?.double ?? 0,
            atolOfMax: output["atol_of_max"]?.double ?? 0)
        )
      }
      let file = "\(folder)/\(path)"
      guard try FileBytes(path: file).withBytes(SHA256.hexDigest) == digest else {
        throw FixtureError.checksum(path: file)
      }
      return FixtureEntry(
        path: file, equation: entry["equation"]?.string ?? "",
        tolerances: Dictionary(tolerances, uniquingKeysWith: { first, _ in first }))
    }
  }
}

private func fixtureCases(_ path: String) throws -> [FixtureCase] {
  let file = try Safetensors.read(path)
  guard !file.metadata.isEmpty else { throw FixtureError.noCases(path: path) }
  return file.metadata.keys.sorted().map { name in
    var (inputs, outputs): ([String: Tensor], [String: [Double]]) = ([:], [:])
    for tensor in file.tensors {
      let parts = tensor.name.split(separator: "/").map(String.init)
      guard parts.count == 3, parts[0] == name else { continue }
      if parts[1] == "in" {
        inputs[parts[2]] = Tensor(tensor)
      } else {
        outputs[parts[2]] = tensor.doubles()
      }
    }
    return FixtureCase(
      name: name, settings: fixtureSettings(file.metadata[name] ?? ""), inputs: inputs,
      outputs: outputs)
  }
}

/// The settings `key=value key=value` of a stored case.
func fixtureSettings(_ text: String) -> [String: String] {
  let pairs = text.split(separator: " ").map { pair in
    let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    return (String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
  }
  return Dictionary(pairs, uniquingKeysWith: { $1 })
}

extension FixtureFile {
  /// Computes every case and compares every output.
  package func replay() -> FixtureResult {
    var (worst, failed, failures) = (0.0, 0, [String]())
    for fixture in cases {
      let before = failures.count
      do {
        let found = try equation(fixture.inputs, settings: fixture.settings)
        for name in fixture.outputs.keys.sorted() {
          let expected = fixture.outputs[name] ?? []
          let values = found.first { $0.name == name }?.value.values.map(Double.init) ?? []
          let ratio = tolerances[name]?.worstRatio(values, expected) ?? .infinity
          worst = max(worst, ratio)
          if ratio > 1 { failures.append("\(fixture.name) \(name): \(ratio) of the tolerance") }
        }
      } catch {
        failures.append("\(fixture.name): \(error)")
        worst = .infinity
      }
      failed += failures.count > before ? 1 : 0
    }
    return FixtureResult(
      tag: equation.tag, name: equation.name, cases: cases.count, failed: failed,
      failures: failures, worst: worst, tolerance: tolerances.values.map(\.rtol).max() ?? 0)
  }
}
