// Report - the table, and the same as JSON.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTTensors

/// What was measured, on what.
struct Report {
  /// The topic and the peer of a stored part.
  var about: [(key: String, value: JSON)] = []
  /// The libraries that were asked, with their versions.
  var peers: [(name: String, version: String)] = []
  var peaks: [Int: Double] = [:]
  var results: [Measurement] = []

  /// The commit of the checkout, or "unknown".
  static var commit: String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
    process.arguments = ["git", "-C", root, "rev-parse", "--short=12", "HEAD"]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return "unknown" }
    let text = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let commit = text.trimmingCharacters(in: .whitespacesAndNewlines)
    return commit.isEmpty ? "unknown" : commit
  }

  /// The build configuration; the targets with hot loops are optimised in both.
  private var configuration: String {
    #if DEBUG
      "debug build"
    #else
      "release build"
    #endif
  }

  /// Measures the peak of so many threads; a higher one that was measured before stays.
  ///
  /// Two threads that the system has put on one core read one core's peak. So it is measured anew
  /// when a line is above it, and one that is still below a line is none: it is not shown or stored.
  mutating func measurePeak(_ threads: Int) {
    Threads.count = threads
    let measured = max(peaks[threads] ?? 0, KernelSet.current.measurePeak(threads: threads))
    peaks[threads] = measured
    dropPeakBelowLines(threads)
  }

  /// Drops the peak of so many threads when a line is above it.
  mutating func dropPeakBelowLines(_ threads: Int) {
    guard results.contains(where: { $0.threads == threads && (percentOfPeak($0) ?? 0) > 100 })
    else { return }
    peaks[threads] = nil
    tell("bench: the peak of \(threads) threads is not known: a line is above it\n")
  }

  func percentOfPeak(_ m: Measurement) -> Double? {
    guard case .operations(let n) = m.amount, let peak = peaks[m.threads] else { return nil }
    return 100 * n / m.seconds * 1e-9 / peak
  }

  /// How many times as fast as on one thread.
  func overOneThread(_ m: Measurement) -> Double? {
    guard m.threads > 1 else { return nil }
    return results.first { $0.work == m.work && $0.threads == 1 }.map { $0.seconds / m.seconds }
  }

  /// One line of the table.
  func line(_ m: Measurement) -> String {
    func fixed(_ value: Double, _ digits: Int, _ width: Int) -> String {
      let text = String(format: "%.\(digits)f", value)
      return String(repeating: " ", count: max(0, width - text.count)) + text
    }
    var text = m.work.padding(toLength: 58, withPad: " ", startingAt: 0)
    text +=
      fixed(Double(m.threads), 0, 3) + fixed(m.seconds * 1e3, m.seconds < 1 ? 4 : 1, 12) + " ms"
    switch m.amount {
    case .operations(let n): text += fixed(n / m.seconds * 1e-9, 1, 9) + " GFLOP/s"
    case .items(let n): text += fixed(n / m.seconds, 1, 9) + " /s     "
    case .bytes(let n): text += fixed(n / m.seconds * 1e-6, 1, 9) + " MB/s   "
    case .peakBytes(let n): text += fixed(n * 1e-6, 0, 9) + " MB peak"
    }
    text += percentOfPeak(m).map { fixed($0, 0, 5) + " %" } ?? "       "
    if let peer = m.fastest {
      text += fixed(peer.seconds * 1e3, peer.seconds < 1 ? 4 : 1, 12) + " ms"
      text += fixed(peer.ratio, 2, 7) + "x" + (peers.count > 1 ? " \(peer.name)" : "")
    }
    if let factor = overOneThread(m) { text += fixed(factor, 2, 6) + " of one thread" }
    return text
  }

  static let header =
    "work".padding(toLength: 58, withPad: " ", startingAt: 0)
    + "thr           time       speed         peak"

  var json: JSON {
    .object(
      about + [
        ("commit", .string(Self.commit)), ("processor", .string(Processor.name)),
        ("kernel", .string(KernelSet.current.name)),
        ("flags", .string("-O -wmo, \(configuration), kernels \(KernelSet.current.name)")),
        (
          "peak_gflops",
          .object(
            peaks.sorted { $0.key < $1.key }.map { ("\($0.key)", .number(rounded($0.value))) })
        ),
        ("peers", .object(peers.map { ($0.name, .string($0.version)) })),
        ("results", .array(results.map { json($0) })),
      ])
  }

  private func json(_ m: Measurement) -> JSON {
    var members: [(key: String, value: JSON)] = [
      ("work", .string(m.work)), ("threads", .integer(m.threads)),
      ("seconds", .number(rounded(m.seconds))), ("best_seconds", .number(rounded(m.best))),
    ]
    switch m.amount {
    case .operations(let n):
      members.append(("gflops", .number(rounded(n / m.seconds * 1e-9))))
      if let percent = percentOfPeak(m) {
        members.append(("percent_of_peak", .number(rounded(percent))))
      }
    case .items(let n): members.append(("items_per_second", .number(rounded(n / m.seconds))))
    case .bytes(let n): members.append(("mb_per_second", .number(rounded(n / m.seconds * 1e-6))))
    case .peakBytes(let n): members.append(("peak_mb", .number(rounded(n * 1e-6))))
    }
    if let factor = overOneThread(m) {
      members.append(("times_one_thread", .number(rounded(factor))))
    }
    if let peer = m.fastest {
      members.append(("peer", .string(peer.name)))
      members.append(("peer_seconds", .number(rounded(peer.seconds))))
      members.append(("ratio", .number(rounded(peer.ratio))))
      if m.peers.count > 1 {
        members.append(
          ("ratios", .object(m.peers.map { ($0.name, .number(rounded($0.ratio))) })))
      }
    }
    return .object(members)
  }

  /// Four significant digits: the clock has no more.
  private func rounded(_ value: Double) -> Double {
    guard value.isFinite, value != 0 else { return 0 }
    let scale = Foundation.pow(10, 3 - (Foundation.log10(abs(value))).rounded(.down))
    return (value * scale).rounded() / scale
  }
}
