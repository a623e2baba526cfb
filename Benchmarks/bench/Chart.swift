// Chart - bars of GFLOP/s under the processor's peak, as SVG.
// SPDX-License-Identifier: Apache-2.0

enum Chart {
  /// A chart of the one-thread results that count operations; nil if there are none.
  ///
  /// The top of
  /// the axis is the measured peak, so a bar's height is what the processor gave of its all.
  static func svg(_ report: Report, title: String) -> String? {
    guard let threads = report.peaks.keys.min(), let peak = report.peaks[threads] else {
      return nil
    }
    let bars: [(name: String, ours: Double, peer: Double?)] = report.results.compactMap { result in
      guard result.threads == threads, case .operations(let n) = result.amount else { return nil }
      return (
        result.work, n / result.seconds * 1e-9,
        result.fastest.map { n / $0.seconds * 1e-9 }
      )
    }
    guard !bars.isEmpty else { return nil }
    let (left, top, height, step) = (60, 40, 300, 34)
    let width = max(560, left + bars.count * step + 60)  // room for the title and the last name
    func y(_ value: Double) -> Int { top + height - Int(Double(height) * min(value / peak, 1)) }
    var out = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(top + height + 190)" \
      font-family="sans-serif" font-size="11">
      <rect width="100%" height="100%" fill="white"/>
      <text x="\(left)" y="20" font-size="14">\(title): GFLOP/s, \(threads) thread; \
      the top is the measured peak, \(Int(peak.rounded()))</text>

      """
    for quarter in 0...4 {
      let value = peak * Double(quarter) / 4
      out += "<line x1=\"\(left)\" x2=\"\(width - 10)\" y1=\"\(y(value))\" y2=\"\(y(value))\" "
      out += "stroke=\"#ccc\"/><text x=\"\(left - 6)\" y=\"\(y(value) + 4)\" "
      out += "text-anchor=\"end\">\(Int(value.rounded()))</text>\n"
    }
    for (index, bar) in bars.enumerated() {
      let x = left + 6 + index * step
      out += "<rect x=\"\(x)\" y=\"\(y(bar.ours))\" width=\"12\" "
      out += "height=\"\(top + height - y(bar.ours))\" fill=\"#1f77b4\"/>"
      if let peer = bar.peer {
        out += "<rect x=\"\(x + 13)\" y=\"\(y(peer))\" width=\"12\" "
        out += "height=\"\(top + height - y(peer))\" fill=\"#bbb\"/>"
      }
      out += "<text transform=\"translate(\(x + 10) \(top + height + 8)) rotate(60)\">"
      out += "\(bar.name)</text>\n"
    }
    let names = Set(report.results.compactMap(\.fastest?.name))
    let peer =
      names.count > 1 ? "the fastest of \(names.sorted().joined(separator: ", "))" : names.first
    out += "<text x=\"\(left)\" y=\"34\" fill=\"#1f77b4\">this program</text>"
    if let peer { out += "<text x=\"\(left + 90)\" y=\"34\" fill=\"#888\">\(peer)</text>" }
    return out + "\n</svg>\n"
  }
}
