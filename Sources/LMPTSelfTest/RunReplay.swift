// RunReplay - whole runs of a PyTorch twin, trained again from their lists and compared.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTMetrics
import LMPTTuning
import LMPTTensors
import LMPTWeights

/// Runs of every method on a small data set with a tiny CLIP, of which a PyTorch twin stored every
/// number: what each epoch measured, the kept tensors, the scores of the test images.
package struct RunFixture: Sendable {
  /// One stored run.
  package struct Run: Sendable {
    /// The run's name in the file.
    package let name: String
    /// The epoch that the twin kept.
    package let epoch: Int
    /// Its options, as the command line and `config.json` name and spell them.
    package let options: [String: String]
  }

  /// What a run left behind.
  package struct Outcome: Sendable {
    /// The epoch that was kept.
    package let epoch: Int
    /// What each epoch measured.
    package let history: [EpochRecord]
    /// The kept tensors by name.
    package let tensors: [String: [Float]]
    /// Scores of the test images, row-major [N, C].
    package let scores: [Float]

    /// What a run left behind.
    package init(
      epoch: Int, history: [EpochRecord], tensors: [String: [Float]], scores: [Float]
    ) {
      self.epoch = epoch
      self.history = history
      self.tensors = tensors
      self.scores = scores
    }
  }

  /// The stored runs, by name.
  package let runs: [Run]
  /// The lists.
  package let dataset: LongTailDataset
  /// The tiny CLIP.
  package let model: CLIPModel
  /// Inputs and expected outputs.
  private let file: FixtureFiles
  private var tolerances: [String: FixtureTolerance] { file.tolerances }

  /// Reads the fixture of a folder.
  ///
  /// - Parameters:
  ///   - folder: the path of `Fixtures/runs`.
  ///   - model: the tiny CLIP of `Fixtures/training`.
  /// - Throws: `FixtureError`, or an error of the file formats.
  package init(_ folder: String, model: CLIPModel) throws {
    file = try FixtureFiles(folder)
    self.model = model
    dataset = try LongTailDataset(Self.spec, root: folder)
    runs = try file.metadata.sorted { $0.key < $1.key }.map { try Run(name: $0, text: $1) }
    guard !runs.isEmpty else { throw FixtureError.noCases(path: folder) }
  }

  /// The lists of the folder.
  package static let spec = DatasetSpec(
    name: "runs", train: "train.txt", test: "test.txt", captions: "captions.txt",
    labels: "labels.txt", groups: GroupLimits(head: 10, medium: 3))

  /// Trains a run from its lists and features.
  package func train(_ run: Run) throws -> Outcome {
    let options = try TrainingOptions(run)
    var training = try TrainingRun(
      model: model, features: try features(options.method.sees), options: options, folder: nil)
    let result = try training.run()
    return Outcome(
      epoch: result.epoch, history: result.history,
      tensors: Dictionary(
        result.tensors.map { ($0.name, $0.value.values) }, uniquingKeysWith: { $1 }),
      scores: result.evaluation.scores.values)
  }

  /// How far a run is from the twin's, number by number.
  ///
  /// - Returns: what was compared, and its greatest difference as a share of the tolerance; infinite
  ///   where the runs disagree about an epoch, a name, or whether there is a number at all.
  package func compare(_ run: Run, _ found: Outcome) throws -> [(name: String, ratio: Double)] {
    let history = try stored("\(run.name)/history").doubles()
    func ratio(_ output: String, _ found: [Double], _ expected: [Double]) throws -> Double {
      guard let tolerance = tolerances[output] else {
        throw FixtureError.manifest("has no tolerance for \(output)")
      }
      return tolerance.worstRatio(found, expected)
    }
    func column(_ index: Int) -> [Double] {
      stride(from: index, to: history.count, by: Self.columns.count).map { history[$0] }
    }
    var rows = [(name: "kept epoch", ratio: found.epoch == run.epoch ? 0 : .infinity)]
    for (index, (name, output, value)) in Self.columns.enumerated() {
      rows.append((name, try ratio(output, found.history.map(value), column(index))))
    }
    let groups = try stored("\(run.name)/groups").doubles()
    let figures = GroupFigures.columns
    for (index, figure) in figures.enumerated() {
      let expected = stride(from: index, to: groups.count, by: figures.count).map { groups[$0] }
      let measured = found.history.map { $0.byGroup[figure] ?? .nan }
      let output = figure.name.hasPrefix("active") ? "active" : "maps"
      rows.append((figure.name, try ratio(output, measured, expected)))
    }
    let prefix = "\(run.name)/tensor/"
    let names = Set(
      file.tensors.filter { $0.name.hasPrefix(prefix) }.map {
        String($0.name.dropFirst(prefix.count))
      })
    for name in names.union(found.tensors.keys).sorted() {
      let expected = names.contains(name) ? try stored(prefix + name).doubles() : []
      rows.append(
        (name, try ratio("tensors", found.tensors[name, default: []].map(Double.init), expected)))
    }
    let scores = try stored("\(run.name)/scores").doubles()
    rows.append(("scores", try ratio("scores", found.scores.map(Double.init), scores)))
    return rows
  }

  /// A column of a stored history: its name, its tolerance, and what is compared.
  private typealias Column = (
    name: String, output: String, value: @Sendable (EpochRecord) -> Double
  )
  private static let columns: [Column] = [
    ("loss", "losses", { $0.loss }), ("classification loss", "losses", { $0.losses.cls }),
    ("embedding loss", "losses", { $0.losses.cse }),
    ("learning rate", "rates", { $0.learningRate }),
    ("validation mAP", "maps", { $0.validation ?? .nan }), ("test mAP", "maps", { $0.test }),
  ]

  /// Trains every run and compares.
  package func replay() -> FixtureResult {
    var (worst, failures) = (0.0, [String]())
    for run in runs {
      do {
        let rows = try compare(run, try train(run))
        worst = rows.reduce(worst) { max($0, $1.ratio) }
        let bad = rows.filter { $0.ratio > 1 }.map { "\($0.name) \($0.ratio)" }
        if !bad.isEmpty {
          failures.append("\(run.name): \(bad.joined(separator: ", ")) of the tolerance")
        }
      } catch {
        failures.append("\(run.name): \(error)")
        worst = .infinity
      }
    }
    return FixtureResult(
      tag: "A1", name: "whole runs", cases: runs.count, failed: failures.count,
      failures: failures, worst: worst, tolerance: tolerances["losses"]?.rtol ?? 0)
  }

  func stored(_ name: String) throws -> StoredTensor {
    guard let tensor = file[name] else { throw FixtureError.manifest("has no tensor \(name)") }
    return tensor
  }
}
