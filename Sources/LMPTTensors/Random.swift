// Random - the numbers of torch's CPU generator: mt19937, uniform, normal, permutation, multinomial.
// SPDX-License-Identifier: Apache-2.0

import LMPTNumbers

/// A generator that gives the same numbers as `torch.Generator` on the CPU for the same seed, normal
/// ones to within 2 ulp.
///
/// Its state can be saved and restored, so that a resumed run continues the same stream.
public struct Generator: Sendable, Equatable {
  private var state: [UInt32]
  private var next: Int
  /// The second half of a Box-Muller pair that torch keeps for the next small `normal_` call.
  private var spareNormal: Double?

  /// A generator seeded as `torch.manual_seed(seed)` does, of any sign; only the low 32 bits count.
  public init(seed: Int) {
    state = [UInt32](repeating: 0, count: 624)
    state[0] = UInt32(truncatingIfNeeded: seed)
    for i in 1..<624 {
      state[i] = 1_812_433_253 &* (state[i - 1] ^ (state[i - 1] >> 30)) &+ UInt32(i)
    }
    next = 624
  }

  /// 32 uniform random bits (Matsumoto and Nishimura's MT19937).
  public mutating func random() -> UInt32 {
    if next == 624 { refill() }
    var y = state[next]
    next += 1
    y ^= y >> 11
    y ^= (y << 7) & 0x9d2c_5680
    y ^= (y << 15) & 0xefc6_0000
    return y ^ (y >> 18)
  }

  private mutating func refill() {
    for i in 0..<624 {
      let y = (state[i] & 0x8000_0000) | (state[(i + 1) % 624] & 0x7fff_ffff)
      state[i] = state[(i + 397) % 624] ^ (y >> 1) ^ (y & 1 == 0 ? 0 : 0x9908_b0df)
    }
    next = 0
  }

  /// One uniform float in [0, 1), 24 bits, as `torch.rand`.
  public mutating func uniform() -> Float {
    Float(random() & 0xff_ffff) * 0x1p-24
  }

  private mutating func uniformDouble() -> Double {
    let high = UInt64(random())
    let bits = (high << 32 | UInt64(random())) & (1 << 53 - 1)
    return Double(bits) * 0x1p-53
  }

  /// `count` normal floats, as `torch.normal` / `nn.init.normal_` fills a contiguous tensor.
  ///
  /// torch: from 16 elements on it transforms uniforms in blocks of 16, and recomputes the last 16
  /// when the count is no multiple; below 16 it draws Double pairs and keeps the spare one.
  public mutating func normal(count: Int, mean: Float = 0, std: Float = 1) -> [Float] {
    guard count >= 16 else {
      return (0..<count).map { _ in Float(smallNormal() * Double(std) + Double(mean)) }
    }
    var data = (0..<count).map { _ in uniform() }
    for start in stride(from: 0, through: count - 16, by: 16) {
      Generator.boxMuller(&data, at: start, mean: mean, std: std)
    }
    if count % 16 != 0 {
      for i in count - 16..<count { data[i] = uniform() }
      Generator.boxMuller(&data, at: count - 16, mean: mean, std: std)
    }
    return data
  }

  private mutating func smallNormal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    let angle = 2 * Double.pi * uniformDouble()
    let radius = (-2 * log1p(-uniformDouble())).squareRoot()
    spareNormal = radius * sin(angle)
    return radius * cos(angle)
  }

  /// 2 pi rounded to nearest, as torch's constant; `Float.pi` is rounded towards zero.
  private static let twoPi = Float(2 * Double.pi)

  private static func boxMuller(_ data: inout [Float], at start: Int, mean: Float, std: Float) {
    for j in start..<start + 8 {
      let radius = (-2 * Cephes.log(1 - data[j])).squareRoot()
      let (sin, cos) = Cephes.sinAndCos(twoPi * data[j + 8])
      data[j] = radius * cos * std + mean
      data[j + 8] = radius * sin * std + mean
    }
  }

  /// A random order of 0..<count, as `torch.randperm`.
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for i in 0..<max(0, count - 1) {
      order.swapAt(i, i + Int(random()) % (count - i))
    }
    return order
  }

  /// `count` indices, drawn with replacement in proportion to weights, as `torch.multinomial` draws
  /// from weights in Double where it draws more than one.
  ///
  /// - Parameters:
  ///   - weights: 0 or more, one of them above 0.
  ///   - count: how many are drawn.
  /// - Returns: places in `weights`.
  public mutating func multinomial(_ weights: [Double], count: Int) -> [Int] {
    require(
      weights.allSatisfy { $0 >= 0 && $0.isFinite } && weights.contains { $0 > 0 },
      "weights to draw by that are not numbers from 0 with one above")
    var total = 0.0
    var shares = weights.map { weight -> Double in
      total += weight
      return total
    }
    for index in shares.indices { shares[index] /= total }
    shares[shares.count - 1] = 1
    return (0..<count).map { _ in
      let drawn = uniformDouble()
      // The first place whose share of the whole, with all before it, reaches the number.
      var (low, high) = (0, shares.count)
      while low < high {
        let middle = low + (high - low) / 2
        if shares[middle] < drawn { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  /// One whole number from 0 up to, not including, `bound`, as an element of `torch.randint`.
  ///
  /// - Parameter bound: from 1 to 2^28, beyond which torch draws 64 bits.
  /// - Returns: the number.
  public mutating func randint(below bound: Int) -> Int { Int(random()) % bound }
}

extension Generator {
  /// The whole state as integers: 624 words, the position, and the spare normal if there is one.
  package var snapshot: [UInt64] {
    state.map(UInt64.init) + [UInt64(next)] + (spareNormal.map { [$0.bitPattern] } ?? [])
  }

  /// Restores a snapshot; nil when it is not one.
  public init?(snapshot: [UInt64]) {
    guard snapshot.count == 625 || snapshot.count == 626, snapshot[624] <= 624,
      snapshot[..<624].allSatisfy({ $0 <= UInt64(UInt32.max) })
    else { return nil }
    state = snapshot[..<624].map { UInt32($0) }
    next = Int(snapshot[624])
    spareNormal = snapshot.count == 626 ? Double(bitPattern: snapshot[625]) : nil
  }
}
