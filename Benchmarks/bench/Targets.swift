// Targets - what the program wants to reach, and what the stored results say about it.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation

/// One line of a stored result.
struct StoredLine {
  let work: String
  let threads: Int
  let json: JSON

  /// A number of the line, such as "ratio".
  func number(_ name: String) -> Double? { json[name]?.double }
}

/// A stored result file.
struct StoredResult {
  let name: String
  let topic: String
  let peer: String?
  let json: JSON
  let lines: [StoredLine]

  /// The processor and the kernels: what other results may be compared with.
  var machine: String { "\(json["processor"]?.string ?? ""), \(json["kernel"]?.string ?? "")" }

  /// Reads a file of Benchmarks/Results.
  init(_ url: URL) throws {
    name = url.deletingPathExtension().lastPathComponent
    json = try JSON.parse(try String(contentsOf: url, encoding: .utf8))
    topic = json["topic"]?.string ?? ""
    peer = json["peer"]?.string
    lines = (json["results"]?.array ?? []).compactMap { line in
      guard let work = line["work"]?.string, let threads = line["threads"]?.int else { return nil }
      return StoredLine(work: work, threads: threads, json: line)
    }
  }
}

/// A wish: the worst line, or the geometric mean, of some lines against a bound.
struct Target {
  /// How the lines become one number.
  enum Summary { case smallest, largest, geometricMean }

  let wish: String
  let topic: String
  let peer: String?
  let field: String
  let bound: Double
  var summary = Summary.smallest
  /// Which lines it is about.
  var lines: @Sendable (StoredLine) -> Bool = { _ in true }

  /// All targets: the first set, as it was before anything was measured, then the second.
  static let all: [Target] =
    [
      Target(
        wish: "matrix products on one thread, share of the peak of the 1576-row shapes",
        topic: "gemm", peer: "openblas", field: "percent_of_peak", bound: 85,
        lines: { $0.threads == 1 && $0.work.contains(" 1576x") }),
      Target(
        wish: "matrix products on one thread, geometric mean against OpenBLAS", topic: "gemm",
        peer: "openblas", field: "ratio", bound: 1, summary: .geometricMean,
        lines: { $0.threads == 1 }),
      Target(
        wish: "matrix products on one thread, worst shape against OpenBLAS", topic: "gemm",
        peer: "openblas", field: "ratio", bound: 0.9, lines: { $0.threads == 1 }),
      Target(
        wish: "matrix products on one thread, geometric mean against PyTorch", topic: "gemm",
        peer: "pytorch", field: "ratio", bound: 1.1, summary: .geometricMean,
        lines: { $0.threads == 1 }),
      Target(
        wish: "ViT-B/16 images against PyTorch", topic: "encoder", peer: "pytorch", field: "ratio",
        bound: 1.5, lines: { $0.work.contains("ViT-B/16 batch") }),
      Target(
        wish: "ViT-B/16 images against OpenVINO", topic: "encoder", peer: "openvino",
        field: "ratio", bound: 1, lines: { $0.work.contains("ViT-B/16 batch") }),
      Target(
        wish: "RN50 images against PyTorch", topic: "encoder", peer: "pytorch", field: "ratio",
        bound: 1, lines: { $0.work.contains("RN50 batch") }),
      Target(
        wish: "text step, 20 classes, against PyTorch as released", topic: "text-step",
        peer: "pytorch", field: "ratio", bound: 4.5,
        lines: { $0.work.contains(" 20 classes") && $0.work.hasSuffix("at 77") }),
      Target(
        wish: "text step, 80 classes, against PyTorch as released", topic: "text-step",
        peer: "pytorch", field: "ratio", bound: 6,
        lines: { $0.work.contains(" 80 classes") && $0.work.hasSuffix("at 77") }),
      Target(
        wish: "text step against PyTorch at the same length", topic: "text-step", peer: "pytorch",
        field: "ratio", bound: 1.2, lines: { !$0.work.hasSuffix("at 77") }),
      Target(
        wish: "training step against the released loop", topic: "train-step", peer: "pytorch",
        field: "ratio", bound: 40),
      Target(
        wish: "attention against PyTorch", topic: "attention", peer: "pytorch", field: "ratio",
        bound: 1.2),
      Target(
        wish: "LayerNorm, softmax, QuickGELU against PyTorch", topic: "elementwise",
        peer: "pytorch", field: "ratio", bound: 1.2,
        lines: { !$0.work.contains(" GELU") }),
      Target(
        wish: "loading a model against PyTorch", topic: "load", peer: "pytorch", field: "ratio",
        bound: 1),
      Target(
        wish: "memory of tuning, MB", topic: "memory", peer: "pytorch", field: "peak_mb",
        bound: 1500, summary: .largest),
      Target(
        wish: "two threads against one, ViT-B/16 images", topic: "encoder", peer: "pytorch",
        field: "times_one_thread", bound: 1.8,
        lines: { $0.work.contains("ViT-B/16 batch") && $0.threads == 2 }),
    ] + ahead

  /// The second set, from when the first had been measured: images and texts against the fastest of
  /// all libraries in one run, and higher bounds against the library of the first set.
  private static let ahead: [Target] = [
    Target(
      wish: "residual networks, images, against the fastest", topic: "encoder", peer: "best",
      field: "ratio", bound: 1.2,
      lines: { $0.work.hasPrefix("encoder RN") && !$0.work.contains("texts") }),
    Target(
      wish: "vision transformers, images, against the fastest", topic: "encoder", peer: "best",
      field: "ratio", bound: 1.25,
      lines: { $0.work.hasPrefix("encoder ViT") && !$0.work.contains("texts") }),
    Target(
      wish: "text towers against the fastest", topic: "encoder", peer: "best", field: "ratio",
      bound: 1.25, lines: { $0.work.contains("texts") }),
    Target(
      wish: "exact GELU against PyTorch", topic: "elementwise", peer: "pytorch", field: "ratio",
      bound: 1.3, lines: { $0.work.contains(" GELU") }),
    Target(
      wish: "attention against PyTorch, second aim", topic: "attention", peer: "pytorch",
      field: "ratio", bound: 1.5),
    Target(
      wish: "attention at 197 tokens, share of the peak", topic: "attention", peer: "pytorch",
      field: "percent_of_peak", bound: 60, lines: { $0.work.contains("x197") }),
    Target(
      wish: "matrix products on one thread, geometric mean against OpenBLAS, second aim",
      topic: "gemm", peer: "openblas", field: "ratio", bound: 1.15, summary: .geometricMean,
      lines: { $0.threads == 1 }),
    Target(
      wish: "matrix products on one thread, worst shape against OpenBLAS, second aim",
      topic: "gemm", peer: "openblas", field: "ratio", bound: 0.95, lines: { $0.threads == 1 }),
    Target(
      wish: "text step against PyTorch at the same length, second aim", topic: "text-step",
      peer: "pytorch", field: "ratio", bound: 1.6, lines: { !$0.work.hasSuffix("at 77") }),
    Target(
      wish: "JPEG, PNG and resizing against Pillow", topic: "images", peer: "pytorch",
      field: "ratio", bound: 1.2),
  ]

  /// What the stored results say; nil when none is about it.
  func measured(_ stored: [StoredResult]) -> Double? {
    let values = stored.filter { $0.topic == topic && $0.peer == peer }.flatMap(\.lines)
      .filter(lines).compactMap { $0.number(field) }
    guard !values.isEmpty else { return nil }
    switch summary {
    case .smallest: return values.min()
    case .largest: return values.max()
    case .geometricMean:
      return Foundation.exp(values.map { Foundation.log($0) }.reduce(0, +) / Double(values.count))
    }
  }

  /// The line of the page, a cell for the results of each machine.
  func row(_ machines: [[StoredResult]]) -> String {
    let cells = machines.map { stored -> String in
      guard let value = measured(stored) else { return "" }
      let met = summary == .largest ? value <= bound : value >= bound
      let shown = String(format: value < 100 ? "%.2f" : "%.0f", value)
      return met ? shown : "(\(shown))"
    }
    return "| \(wish) | \(sign) \(bound) | \(cells.joined(separator: " | ")) |"
  }

  private var sign: String { summary == .largest ? "at most" : "at least" }
}
