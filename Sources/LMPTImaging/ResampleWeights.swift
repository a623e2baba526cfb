// ResampleWeights - which source pixels count how much for each output pixel.
// SPDX-License-Identifier: Apache-2.0

import LMPTNumbers

extension Interpolation {
  /// Half-width of the filter at scale 1.
  var support: Double {
    switch self {
    case .box: 0.5
    case .bilinear: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The filter's value at distance `x`.
  func weight(_ x: Double) -> Double {
    switch self {
    case .box:
      return x > -0.5 && x <= 0.5 ? 1 : 0
    case .bilinear:
      let distance = abs(x)
      return distance < 1 ? 1 - distance : 0
    case .bicubic:
      let a = -0.5
      let distance = abs(x)
      if distance < 1 {
        return ((a + 2) * distance - (a + 3)) * distance * distance + 1
      }
      return distance < 2 ? (((distance - 5) * distance + 8) * distance - 4) * a : 0
    case .lanczos:
      return -3 <= x && x < 3 ? sinc(x) * sinc(x / 3) : 0
    }
  }

  private func sinc(_ x: Double) -> Double {
    if x == 0 { return 1 }
    let angle = x * Double.pi
    return sin(angle) / angle
  }
}

/// The weights of one pass, in units of 2^-22.
struct ResampleWeights {
  /// The source pixels of one output pixel.
  struct Span {
    let start: Int
    let count: Int
  }

  static let precision: Int32 = 22
  /// One half, for rounding.
  static let half: Int32 = 1 << 21

  let spans: [Span]
  /// Room for weights per output pixel.
  let taps: Int
  let values: [Int32]

  /// Output pixels.
  var count: Int { spans.count }
  /// First source pixel that any output pixel uses.
  var firstUsed: Int { spans.first?.start ?? 0 }
  /// One past the last.
  var endUsed: Int { spans.last.map { $0.start + $0.count } ?? 0 }

  /// Weights for the pixels `window` of the `output` pixels that `input` pixels become.
  init(
    from input: Int, to output: Int, window: Range<Int>, _ interpolation: Interpolation
  ) {
    let scale = Double(input) / Double(output)
    let filterScale = max(scale, 1)
    let support = interpolation.support * filterScale
    let inverse = 1 / filterScale
    let taps = Int(support.rounded(.up)) * 2 + 1
    var spans: [Span] = []
    var values = [Int32](repeating: 0, count: window.count * taps)
    var weights: [Double] = []
    for x in window {
      let center = (Double(x) + 0.5) * scale
      let start = max(Int(center - support + 0.5), 0)
      let end = min(Int(center + support + 0.5), input)
      weights.removeAll(keepingCapacity: true)
      var total = 0.0
      for index in start..<end {
        let weight = interpolation.weight((Double(index) - center + 0.5) * inverse)
        weights.append(weight)
        total += weight
      }
      for (index, weight) in weights.enumerated() {
        let share = total != 0 ? weight / total : weight
        let scaled = share * Double(1 << ResampleWeights.precision)
        let place = (x - window.lowerBound) * taps + index
        values[place] = Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
      }
      spans.append(Span(start: start, count: end - start))
    }
    self.spans = spans
    self.taps = taps
    self.values = values
  }

  /// Rounds a sum to 8 bits.
  @inline(__always)
  static func clip(_ sum: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: max(0, min(255, sum &>> precision)))
  }
}
