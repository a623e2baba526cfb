// SVGScale - from numbers to positions, with readable ticks.
// SPDX-License-Identifier: Apache-2.0

import LMPTNumbers

/// An axis: a range of numbers laid over a range of positions.
package struct SVGScale {
  package enum Kind { case linear, logarithmic }

  package let kind: Kind
  package let low: Double
  package let high: Double
  package let start: Double
  package let end: Double
  /// Distance of the ticks; nil where the axis has no preference.
  private var tickStep: Double?

  /// A linear axis from `low` to `high`.
  package init(linear low: Double, _ high: Double, start: Double, end: Double) {
    kind = .linear
    self.low = low
    self.high = high > low ? high : low + 1
    self.start = start
    self.end = end
  }

  /// A logarithmic axis over whole powers of ten that hold all positive values.
  package init(logarithmic values: [Double], start: Double, end: Double) {
    kind = .logarithmic
    let logs = values.filter { $0 > 0 && $0.isFinite }.map(log10)
    low = (logs.min() ?? 0).rounded(.down)
    high = max(low + 1, (logs.max() ?? 1).rounded(.up))
    self.start = start
    self.end = end
  }

  /// A linear axis whose ends are ticks and that holds all values; `zero` makes it start at 0.
  package init(fitting values: [Double], zero: Bool = false, start: Double, end: Double) {
    let finite = values.filter(\.isFinite)
    var low = finite.min() ?? 0
    var high = finite.max() ?? 1
    if zero { low = min(0, low) }
    if high - low < 1e-12 * max(1, abs(high)) {
      let pad = high == 0 ? 1 : abs(high) / 10
      (low, high) = (zero && low == 0 ? 0 : low - pad, high + pad)
    }
    let step = SVGScale.step(for: high - low)
    self.init(
      linear: (low / step).rounded(.down) * step, (high / step).rounded(.up) * step,
      start: start, end: end)
    tickStep = step
  }

  /// The position of a value; a value that a logarithmic axis cannot show stands at its start.
  package func position(_ value: Double) -> Double {
    let mapped = kind == .linear ? value : (value > 0 ? log10(value) : low)
    return start + (min(max(mapped, low), high) - low) / (high - low) * (end - start)
  }

  /// Tick values with their labels.
  package func ticks(_ wanted: Int = 5) -> [(value: Double, label: String)] {
    switch kind {
    case .linear:
      let step = tickStep ?? SVGScale.step(for: high - low, wanted)
      let first = (low / step - 1e-9).rounded(.up)
      let last = (high / step + 1e-9).rounded(.down)
      guard last - first < 100 else { return [] }
      return stride(from: first, through: last, by: 1).map { index in
        let value = index * step
        return (value, value == 0 ? "0" : NumberText.significant(value, 6))
      }
    case .logarithmic:
      return stride(from: low, through: high, by: 1).map { exponent in
        let value = pow(10, exponent)
        let isShort = (0...6).contains(exponent)
        return (value, isShort ? NumberText.count(Int(value)) : NumberText.significant(value))
      }
    }
  }

  /// 1, 2 or 5 times a power of ten, so that about `wanted` steps fill the range.
  private static func step(for range: Double, _ wanted: Int = 5) -> Double {
    let raw = range / Double(max(1, wanted))
    guard raw > 0, raw.isFinite else { return 1 }
    let power = pow(10, log10(raw).rounded(.down))
    let factor = raw / power
    return (factor < 1.5 ? 1 : factor < 3.5 ? 2 : factor < 7.5 ? 5 : 10) * power
  }
}
