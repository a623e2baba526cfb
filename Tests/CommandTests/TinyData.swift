// TinyData - some sixty pictures of the mini benchmark as a data set of their own.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import LMPTTuning
import Testing
import LMPTWeights

/// A data set that is trained on in a second, with every class in it, and its features; or one with
/// more pictures, for several blocks of features.
final class TinyData {
  let folder: TemporaryFolder
  /// Lines of the training list, of the captions, and of the test list.
  private(set) var train: [String] = []
  private(set) var captions: [String] = []
  private(set) var test: [String] = []

  init(training: Int = 0, testing: Int = 24) throws {
    folder = try TemporaryFolder()
    func lines(_ name: String) throws -> [String] {
      String(decoding: try Fixtures.bytes("mini/\(name)"), as: UTF8.self)
        .split(separator: "\n").map(String.init)
    }
    let (list, texts) = (try lines("mini_lt_train.txt"), try lines("mini_lt_captions.txt"))
    var seen: [Substring: Int] = [:]
    // Pictures that show a class of which there are not three yet, and the first ones.
    for (index, (line, caption)) in zip(list, texts).enumerated() {
      let labels = line.split(separator: " ").dropFirst()
      guard index < training || labels.contains(where: { seen[$0, default: 0] < 3 }) else {
        continue
      }
      for label in labels { seen[label, default: 0] += 1 }
      train.append(line)
      captions.append(caption)
    }
    test = Array(try lines("mini_lt_test.txt").prefix(testing))
    _ = try folder.write("labels.txt", lines("mini_labels.txt").joined(separator: "\n"))
    for line in train + test {
      let image = String(line.split(separator: " ")[0])
      let target = "\(folder.path)/\(image)"
      try FileManager.default.createDirectory(
        atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data(Fixtures.bytes("mini/\(image)")).write(to: URL(fileURLWithPath: target))
    }
    try writeLists()
    _ = try folder.write(
      "tiny.json",
      """
      {"name": "tiny", "train": "train.txt", "test": "test.txt", "labels": "labels.txt",
       "captions": "captions.txt"}
      """)
  }

  /// Writes the lists, changed ones if wanted.
  func writeLists(train: [String]? = nil, captions: [String]? = nil, test: [String]? = nil) throws {
    _ = try folder.write("train.txt", (train ?? self.train).joined(separator: "\n"))
    _ = try folder.write("captions.txt", (captions ?? self.captions).joined(separator: "\n"))
    _ = try folder.write("test.txt", (test ?? self.test).joined(separator: "\n"))
  }

  /// The path of the picture that a line of a list names.
  func picture(_ line: String) -> String {
    "\(folder.path)/\(line.split(separator: " ")[0])"
  }

  /// The words that name the data set, its weights and its cache.
  var source: [String] {
    [
      "--dataset", "\(folder.path)/tiny.json", "--data", folder.path, "--weights",
      Fixtures.path("mini/clip.safetensors"), "--cache", "\(folder.path)/cache",
    ]
  }

  /// A command line that trains into a folder beside the data.
  func train(_ name: String, _ more: [String]) -> [String] {
    ["train"] + source + ["--out", path(name), "--quiet"] + more
  }

  /// The runs of a sweep's file on this data.
  func plan(_ sweep: String) throws -> SweepPlan {
    var (changes, request) = (SweepPlan.Changes(), RunData.Request())
    changes.dataset = path("tiny.json")
    (request.root, request.cache) = (folder.path, path("cache"))
    request.weights = Fixtures.path("mini/clip.safetensors")
    return try SweepPlan(SweepFile(json: JSON.parse(sweep)), changes, data: request)
  }

  /// A path beside the data.
  func path(_ name: String) -> String { "\(folder.path)/\(name)" }
}

/// What a run folder holds that depends on nothing but the numbers: prompts and scores, bit by bit.
func numbers(of run: String) throws -> [String: [Float]] {
  var result: [String: [Float]] = [:]
  for name in ["prompts", "test_scores"] {
    for tensor in try Safetensors.read("\(run)/\(name).safetensors").tensors {
      result[tensor.name] = tensor.floats()
    }
  }
  return result
}

/// Whether a checkpoint or a cache block is what was written: its checksum is that of the file
/// without the checksum.
func isIntact(_ path: String) -> Bool {
  guard let file = try? Safetensors.read(path) else { return false }
  var metadata = file.metadata
  let declared = metadata.removeValue(forKey: "sha256")
  let arrays = file.tensors.map { NamedArray($0) }
  guard let bytes = try? Safetensors.bytes(of: arrays, metadata: metadata) else { return false }
  return bytes.withUnsafeBytes { SHA256.hexDigest($0) } == declared
}

/// How many epochs a run's checkpoint holds; nil without one.
func epochs(of run: String) throws -> Int? {
  let path = "\(run)/checkpoint.safetensors"
  guard FileManager.default.fileExists(atPath: path) else { return nil }
  let state = try #require(try Safetensors.read(path).metadata["state"])
  return try JSON.parse(state)["epoch"]?.int
}
