// Doctor - `lmpt doctor`: what this machine has, what was found, what is missing.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import Foundation
import LMPTTuning
import LMPTTensors

extension Command {
  static let doctor = Command(
    name: "doctor",
    summary: "processor, kernel, memory, weights and data sets: what is there, what is missing",
    options: [
      .value("weights", "FILE", "a weight file to recognise; otherwise the usual places"),
      dataFolder.option,
    ],
    examples: ["lmpt doctor", "lmpt doctor --weights ViT-B-16.pt --json"],
    run: runDoctor)
}

private let dataFolder = DefaultOption("data", "DIR", "data", "the folder with the data sets")

/// One line of the report.
private struct Finding {
  let topic: String
  let isFine: Bool
  let text: String
  var advice: String?
}

private func runDoctor(_ arguments: Arguments) throws -> Output {
  try arguments.expectNoOperands()
  let findings =
    [processor(), speed(), memory(), fixtures()] + weights(arguments.string("weights"))
    + dataSets(try arguments[dataFolder])
  let list = findings.map { finding in
    JSON.object([
      ("topic", .string(finding.topic)), ("ok", .bool(finding.isFine)),
      ("text", .string(finding.text)), ("advice", finding.advice.map(JSON.string) ?? .null),
    ])
  }
  let lines = findings.flatMap { finding in
    let mark = finding.isFine ? "ok  " : "--  "
    return ["\(mark)\(finding.topic.padded(to: 10)) \(Terminal.shown(finding.text))"]
      + (finding.advice.map { [String(repeating: " ", count: 15) + $0] } ?? [])
  }
  return Output(
    json: JSON.object([
      ("kernel", .string(KernelSet.current.name)), ("processor", .string(Processor.name)),
      ("findings", .array(list)),
    ]), text: lines.map { $0 + "\n" }.joined())
}

private func processor() -> Finding {
  let features = Processor.features.joined(separator: " ")
  return Finding(
    topic: "processor", isFine: true,
    text:
      "\(Processor.name), \(Threads.count) threads, \(features.isEmpty ? "no wide units" : features);"
      + " kernel \(KernelSet.current.name)")
}

/// Times a product, which also finds a kernel that fell back to scalar code.
private func speed() -> Finding {
  let a = Tensor.full([384, 384], 0.5)
  _ = matmul(a, a)
  let clock = ContinuousClock()
  let fastest = (0..<5).map { _ in clock.measure { _ = matmul(a, a) } }.min() ?? .seconds(1)
  let seconds = Double(fastest.components.attoseconds) * 1e-18 + Double(fastest.components.seconds)
  let gflops = 2 * 384.0 * 384 * 384 / seconds * 1e-9
  return Finding(
    topic: "speed", isFine: gflops > 2,
    text: "\(fixed(gflops, 1)) GFLOP/s in a matrix product of 384",
    advice: gflops > 2 ? nil : "far below any processor's rate: was the program built with -O?")
}

private func memory() -> Finding {
  let gib = Double(ProcessInfo.processInfo.physicalMemory) / Double(1 << 30)
  return Finding(
    topic: "memory", isFine: gib >= 2, text: "\(fixed(gib, 1)) GiB",
    advice: gib >= 2 ? nil : "ViT-B/16 wants about 1.5 GiB, ViT-L/14 about 4")
}

/// The mini benchmark and the fixtures, which `demo` and `selftest` want.
private func fixtures() -> Finding {
  do {
    return Finding(topic: "fixtures", isFine: true, text: try Installed.fixtures())
  } catch {
    let told = ToldError(error, of: .doctor)
    return Finding(topic: "fixtures", isFine: false, text: told.line)
  }
}

/// The given file, or every published one in the usual places.
private func weights(_ given: String?) -> [Finding] {
  let home = FileManager.default.homeDirectoryForCurrentUser.path
  let places = ["\(home)/.cache/clip", ".", "weights"]
  let paths =
    given.map { [$0] }
    ?? places.flatMap { place in PublishedWeights.all.map { "\(place)/\($0.file)" } }
    .filter { FileManager.default.fileExists(atPath: $0) }
  guard !paths.isEmpty else {
    let b16 = PublishedWeights.all.first { $0.name == "ViT-B/16" }
    return [
      Finding(
        topic: "weights", isFine: false, text: "none in \(places.joined(separator: ", "))",
        advice: "download \(b16?.url ?? "ViT-B-16.pt"); 'lmpt demo' needs none")
    ]
  }
  return paths.map { path in
    do {
      let hash = try PublishedWeights.sha256(ofFile: path)
      if let known = PublishedWeights.matching(hash) {
        return Finding(topic: "weights", isFine: true, text: "\(path): OpenAI's \(known.name)")
      }
      let model = try CLIPModel.load(path: path)
      let kind =
        model.architecture.name.map { "a \($0)" }
        ?? "a CLIP of \(model.architecture.imageSize) pixels"
      return Finding(
        topic: "weights", isFine: true,
        text: "\(path): \(kind), \(model.tensors.layout.rawValue) names, not a file of OpenAI's"
          + " (sha256 \(hash.prefix(8)))")
    } catch {
      return Finding(topic: "weights", isFine: false, text: ToldError(error, of: .doctor).line)
    }
  }
}

/// The list files of the published data sets, and their pictures.
private func dataSets(_ folder: String) -> [Finding] {
  KnownDataset.published.map { set in
    let candidates = ["\(folder)/\(set.word)", folder]
    let lists = candidates.first {
      FileManager.default.fileExists(atPath: "\($0)/\(set.spec.train)")
    }
    guard let lists else {
      return Finding(
        topic: set.name, isFine: false,
        text: "\(set.spec.train) is not in \(candidates.joined(separator: " or "))",
        advice: "copy data/\(set.word) of github.com/richard-peng-xia/LMPT, or give --data DIR")
    }
    let pictures = "\(lists)/\(set.pictures)"
    let hasPictures = FileManager.default.fileExists(atPath: pictures)
    return Finding(
      topic: set.name, isFine: true,
      text: "lists in \(lists), pictures \(hasPictures ? "in \(pictures)" : "not beside them")",
      advice: hasPictures
        ? nil : "'lmpt data check --dataset \(set.name) --data DIR' says what is missing")
  }
}
