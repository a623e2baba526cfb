// TunedRunTests - scores from run folders: given tensors against PyTorch, and what a run kept.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTTuning
import LMPTSelfTest
import LMPTSupport
import Testing
import LMPTWeights

@Suite("scores of stored runs")
struct TunedRunTests {
  private static let stored = Result { try PredictorFixture(Fixtures.root.path) }
  private static let cases = (try? stored.get().cases) ?? []

  private let twin: PredictorFixture

  init() throws { twin = try Self.stored.get() }

  /// The fixture's pictures, labels and weights as a data set, and a finished run's folder with the
  /// given tensors of a method in it.
  private func prepare(_ fixture: PredictorFixture.Case, _ folder: TemporaryFolder) throws -> String
  {
    let (weights, run) = ("\(folder.path)/clip.safetensors", "\(folder.path)/run")
    try Safetensors.write(twin.weights, to: weights)
    let labels = try twin.tensor("labels")
    let classes = twin.classNames.count
    let pictures = twin.pictures.map { String($0.dropFirst(Fixtures.path("mini").count + 1)) }
    func line(_ picture: String, _ labels: [Int]) -> String {
      ([picture] + labels.map(String.init)).joined(separator: " ")
    }
    let test = pictures.enumerated().map { row, picture in
      line(picture, (0..<classes).filter { labels[row, $0] == 1 })
    }
    // Class i is in as many training images as the fixture says; which they are does not matter.
    let counts = try twin.tensor("counts").values.map { Int($0) }
    let others = String(decoding: try Fixtures.bytes("mini/mini_lt_train.txt"), as: UTF8.self)
      .split(separator: "\n").prefix(counts.max() ?? 0).map { String($0.prefix { $0 != " " }) }
    let train = others.enumerated().map { row, picture in
      line(picture, counts.indices.filter { row < counts[$0] })
    }
    _ = try folder.write("train.txt", train.joined(separator: "\n"))
    _ = try folder.write("test.txt", test.joined(separator: "\n"))
    _ = try folder.write(
      "labels.txt", twin.classNames.enumerated().map { "\($1) \($0)" }.joined(separator: "\n"))
    _ = try folder.write(
      "own.json",
      """
      {"name": "own", "train": "train.txt", "test": "test.txt", "labels": "labels.txt"}
      """)
    for path in ["images/test", "images/train", "run"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder.path)/\(path)", withIntermediateDirectories: true)
    }
    for picture in pictures + others {
      try FileManager.default.copyItem(
        atPath: Fixtures.path("mini/\(picture)"), toPath: "\(folder.path)/\(picture)")
    }
    let names = twin.classNames.map { JSON.string($0.replacing("_", with: " ")) }
    let configuration: [(key: String, value: JSON)] = [
      ("dataset", .string("\(folder.path)/own.json")), ("data", .string(folder.path)),
      ("weights", .string(weights)), ("weights_fingerprint", .string(twin.model.fingerprint)),
      ("activation", .string("quickgelu")), ("preprocess", .string("lmpt")),
      ("classes", .array(names)),
    ]
    _ = try folder.write(
      "run/config.json", JSON.object(configuration + fixture.options.fields).text())
    _ = try folder.write("run/metrics.json", "{}")
    // A run of a version that sealed nothing: what is given stands as it is.
    _ = try folder.write("run/environment.json", #"{"version": "0.1.0"}"#)
    let method = try twin.method(fixture)
    try Safetensors.write(
      zip(method.names, method.parameters).map { NamedArray($0, $1) },
      to: "\(run)/\(fixture.options.method.resultFile)")
    return run
  }

  @Test("lmpt predict and evaluate from a folder of given tensors", arguments: cases)
  func givenTensors(fixture: PredictorFixture.Case) throws {
    let folder = try TemporaryFolder()
    let run = try prepare(fixture, folder)
    let classes = twin.classNames.count
    for (kind, bound) in [("logit", nil), ("softmax", 5e-5), ("sigmoid", 5e-5)] as [(_, Double?)] {
      let expected = try twin.doubles("\(fixture.name)/\(kind)")
      let own = kind == fixture.options.scores.rawValue
      let said = try Program.run(
        ["predict"] + twin.pictures + ["--run", run, "--top", "\(classes)", "--json"]
          + (own ? [] : ["--scores", kind]))
      #expect(said.code == 0, "\(said.errors)")
      #expect(try said.json["kind"]?.string == kind)
      for (row, image) in try #require(try said.json["images"]?.array).enumerated() {
        let scores = try #require(image["scores"]?.array)
        let found = Dictionary(
          uniqueKeysWithValues: scores.map { ($0["class"]?.string, $0["score"]?.double) })
        let row = Array(expected[row * classes..<(row + 1) * classes])
        // The manifest's bounds: of the largest logit, or absolute for a probability.
        let largest = expected.map { abs($0) }.max() ?? 0
        expectClose(
          twin.classNames.map { (found[$0.replacing("_", with: " ")] ?? nil) ?? .nan }, row,
          atol: bound ?? 1e-5 * largest, rtol: 0, "\(fixture.name) \(kind)")
        let order = scores.compactMap { $0["score"]?.double }
        #expect(order.count == classes && order == order.sorted(by: >))
      }
      guard twin.file["\(fixture.name)/\(kind)/ap"] != nil else { continue }
      let measured = try Program.run(
        ["evaluate", "--run", run, "--cache", "\(folder.path)/cache", "--quiet", "--json"]
          + (own ? [] : ["--scores", kind]))
      #expect(measured.code == 0, "\(measured.errors)")
      let json = try measured.json
      expectClose(
        json["ap"]?.array?.compactMap(\.double) ?? [],
        try twin.doubles("\(fixture.name)/\(kind)/ap"), atol: 1e-12, rtol: 0, fixture.name)
      // Ranks, and so all metrics, are those of float64.
      let names = ["map", "head", "medium", "tail", "cp", "cr", "cf1", "op", "or", "of1"]
      expectClose(
        names.map { json[$0]?.double ?? .nan },
        try twin.doubles("\(fixture.name)/\(kind)/metrics"), atol: 1e-12, rtol: 0, fixture.name)
    }
  }

  @Test(
    "what a finished run kept predicts and evaluates as the run did", arguments: Method.all
  )
  func roundTrip(method: Method) throws {
    let data = try TinyData()
    let run = data.path("run")
    let trained = try Program.run(
      data.train(
        "run",
        [
          "--method", method.name, "--epochs", "1", "--batch-size", "32", "--select", "last",
          "--validation", "0", "--json",
        ]))
    #expect(trained.code == 0, "\(trained.errors)")
    let evaluated = try Program.run(["evaluate", "--run", run, "--quiet", "--json"])
    for key in ["scores", "map", "ap", "cp", "of1"] {
      #expect(try evaluated.json[key] == trained.json[key], "\(method) \(key)")
      #expect(try evaluated.json[key] != nil)
    }
    let kept = try #require(try Safetensors.read("\(run)/test_scores.safetensors")["scores"])
    let classes = kept.shape[1]
    let (some, names) = (Array(data.test.prefix(3)), try JSON.read("\(run)/config.json")["classes"])
    let said = try Program.run(
      ["predict"] + some.map(data.picture) + ["--run", run, "--top", "\(classes)", "--json"])
    #expect(said.code == 0, "\(said.errors)")
    let found = try #require(try said.json["images"]?.array).flatMap { image in
      let scores = image["scores"]?.array ?? []
      return (names?.array ?? []).compactMap(\.string).map { name in
        scores.first { $0["class"]?.string == name }?["score"]?.double ?? .nan
      }
    }
    let expected = kept.doubles().prefix(some.count * classes)
    let largest = expected.map { abs($0) }.max() ?? 0
    // One picture a call, here; a batch of all may be summed in another order.
    expectClose(found, Array(expected), atol: 2e-5 * largest, rtol: 0, method.name)
  }
}
