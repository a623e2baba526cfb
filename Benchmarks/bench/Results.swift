// Results - stored measurements: saving them, drawing them, and noticing that things got slower.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTTensors

enum Results {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Results")

  /// One file per processor, kernel set, topic and peer.
  private static func file(_ topic: String, _ peer: String?, _ suffix: String) -> URL {
    let name = "\(Processor.name) \(KernelSet.current.name) \(topic) \(peer ?? "")"
    let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }
    return folder.appendingPathComponent(words.joined(separator: "-") + suffix)
  }

  /// Writes the report of a topic, and its chart.
  static func save(_ report: Report, topic: String, peer: String?) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var stored = report
    stored.about = [("topic", .string(topic)), ("peer", peer.map { .string($0) } ?? .null)]
    try Data((stored.json.text(pretty: true) + "\n").utf8).write(to: file(topic, peer, ".json"))
    if let chart = Chart.svg(report, title: topic) {
      try Data(chart.utf8).write(to: file(topic, peer, ".svg"))
    }
    try Data(try ResultsPage.text(folder).utf8).write(
      to: folder.appendingPathComponent("README.md"))
    if topic == "ladder" { try Data(Ladder.page(report).utf8).write(to: file(topic, peer, ".md")) }
  }

  /// The lines that fell more than a quarter below the stored ratio to the peer, or, without a
  /// peer, below the stored share of the peak.
  static func regressions(_ report: Report, topic: String, peer: String?) throws -> [String] {
    let url = file(topic, peer, ".json")
    guard let text = try? String(contentsOf: url, encoding: .utf8) else {
      throw PeerError(
        message: "nothing to check against: \(url.lastPathComponent) is not stored (--save)")
    }
    let stored = try JSON.parse(text)["results"]?.array ?? []
    return report.results.compactMap { found in
      guard
        let before = stored.first(where: {
          $0["work"]?.string == found.work && $0["threads"]?.int == found.threads
        })
      else { return nil }
      let ratio = found.fastest?.ratio
      let now = ratio ?? report.percentOfPeak(found)
      let then = (ratio == nil ? before["percent_of_peak"] : before["ratio"])?.double
      guard let now, let then, now < 0.75 * then else { return nil }
      return "\(found.work), \(found.threads) threads: \(now), stored \(then)"
    }
  }
}
