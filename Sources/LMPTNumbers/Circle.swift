// Circle - sine and cosine.
// SPDX-License-Identifier: Apache-2.0

/// The sine, with an error below 0.9 of the last place for |x| up to 2^20; not-a-number beyond.
package func sin(_ x: Double) -> Double {
  guard x.magnitude >= 0x1p-27 else { return x }  // 0 with its sign, and NaN
  guard let (quarter, r) = reduced(x) else { return .nan }
  let value = quarter & 1 == 0 ? sine(r) : cosine(r)
  return quarter & 2 == 0 ? value : -value
}

/// The cosine, likewise.
package func cos(_ x: Double) -> Double {
  guard let (quarter, r) = reduced(x) else { return .nan }
  let value = quarter & 1 == 0 ? cosine(r) : sine(r)
  return (quarter + 1) & 2 == 0 ? value : -value
}

/// x as a number of quarter turns and what is left, at most half a quarter.
@inline(__always)
private func reduced(_ x: Double) -> (quarter: Int, r: TwoParts)? {
  guard x.magnitude <= 0x1p20 else { return nil }
  let turns = nearest(x * 0x1.45f306dc9c883p-1)
  // Half of pi in four parts. Multiples of the first two, of at most 33 bits, are exact.
  let near = x - turns * 0x1.921fb544p+0
  let first = TwoParts.sum(near, -turns * 0x1.0b4611a6p-34)
  let second = TwoParts.product(turns, 0x1.3198a2e037073p-69)
  let r = TwoParts.sum(first.high, first.low - second.high)
  return (Int(turns), TwoParts(r.high, r.low - (second.low + turns * 0x1.129024e088a68p-123)))
}

/// Of an angle of at most pi / 4.
@inline(__always)
private func sine(_ r: TwoParts) -> Double {
  let z = r.high * r.high
  var sum = 1.0 / 51_090_942_171_709_440_000  // 1 / 21!
  sum = sum * z - 1.0 / 121_645_100_408_832_000
  sum = sum * z + 1.0 / 355_687_428_096_000
  sum = sum * z - 1.0 / 1_307_674_368_000
  sum = sum * z + 1.0 / 6_227_020_800
  sum = sum * z - 1.0 / 39_916_800
  sum = sum * z + 1.0 / 362_880
  sum = sum * z - 1.0 / 5_040
  sum = sum * z + 1.0 / 120
  sum = sum * z - 1.0 / 6
  return r.high + (r.high * z * sum + r.low * (1 - 0.5 * z))
}

/// Of an angle of at most pi / 4.
@inline(__always)
private func cosine(_ r: TwoParts) -> Double {
  let z = r.high * r.high
  var sum = 1.0 / 2_432_902_008_176_640_000  // 1 / 20!
  sum = sum * z - 1.0 / 6_402_373_705_728_000
  sum = sum * z + 1.0 / 20_922_789_888_000
  sum = sum * z - 1.0 / 87_178_291_200
  sum = sum * z + 1.0 / 479_001_600
  sum = sum * z - 1.0 / 3_628_800
  sum = sum * z + 1.0 / 40_320
  sum = sum * z - 1.0 / 720
  sum = sum * z + 1.0 / 24
  let half = 0.5 * z
  let main = TwoParts.ordered(1, -half)
  return main.high + (main.low + (z * z * sum - r.high * r.low))
}
