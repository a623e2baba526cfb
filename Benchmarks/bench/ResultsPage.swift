// ResultsPage - the stored results as one page, for reading.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation

enum ResultsPage {
  /// The page of a folder of stored results.
  static func text(_ folder: URL) throws -> String {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      .filter { $0.hasSuffix(".json") }
    let stored = try files.map { try StoredResult(folder.appendingPathComponent($0)) }
    var lines = [
      "# Stored results", "",
      "Made by `swift run bench --save`; the JSON files are the measurements, this page shows them.",
      "Times are medians; a ratio is the other program's time divided by ours.", "",
      "## Targets", "",
      "The worst of the lines that a target is about, at every number of threads unless it says. What",
      "misses its target is set in brackets.", "",
    ]
    let machines = Dictionary(grouping: stored, by: \.machine).sorted { $0.key < $1.key }
    lines += [
      "| | target | " + machines.map(\.key).joined(separator: " | ") + " |",
      "|---|---|" + String(repeating: "---:|", count: machines.count),
    ]
    lines += Target.all.map { $0.row(machines.map(\.value)) }
    for result in stored { lines += section(result, folder) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func section(_ result: StoredResult, _ folder: URL) -> [String] {
    let json = result.json
    let against = result.peer.map { " against \($0)" } ?? ""
    let peaks = (json["peak_gflops"]?.object?.members ?? []).map { "\($0.key): \(show($0.value))" }
    var lines = [
      "", "## \(result.topic)\(against)", "",
      "\(json["processor"]?.string ?? ""), kernels \(json["kernel"]?.string ?? ""), commit "
        + "\(json["commit"]?.string ?? ""), \(json["flags"]?.string ?? ""). "
        + "Peak GFLOP/s by threads: \(peaks.joined(separator: ", ")).", "",
    ]
    let command = result.peer.map { " --against \($0)" } ?? ""
    lines += ["`swift run bench \(result.topic)\(command)`", ""]
    if FileManager.default.fileExists(
      atPath: folder.appendingPathComponent("\(result.name).svg").path)
    {
      lines += ["![GFLOP/s under the measured peak](\(result.name).svg)", ""]
    }
    lines += [
      "| work | threads | ms | speed | of the peak | times one thread | other ms | ratio |",
      "|---|---|---|---|---|---|---|---|",
    ]
    lines += result.lines.map { line in
      let cells = [
        line.work, "\(line.threads)", show(line.number("seconds").map { $0 * 1e3 }), speed(line),
        line.number("percent_of_peak").map { show($0) + " %" } ?? "",
        show(line.number("times_one_thread")), show(line.number("peer_seconds").map { $0 * 1e3 }),
        show(line.number("ratio")),
      ]
      return "| " + cells.joined(separator: " | ") + " |"
    }
    return lines
  }

  private static func speed(_ line: StoredLine) -> String {
    for (field, unit) in [
      ("gflops", "GFLOP/s"), ("items_per_second", "/s"), ("mb_per_second", "MB/s"),
      ("peak_mb", "MB"),
    ] {
      if let value = line.number(field) { return "\(show(value)) \(unit)" }
    }
    return ""
  }

  private static func show(_ value: JSON) -> String { show(value.double) }

  /// Three digits, or all before the point.
  private static func show(_ value: Double?) -> String {
    guard let value else { return "" }
    if value == 0 || abs(value) >= 100 { return String(format: "%.0f", value) }
    return String(format: "%.3g", value)
  }
}
