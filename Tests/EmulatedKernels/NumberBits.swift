// NumberBits - one number for all bits of LMPTNumbers' functions on fixed arguments.
// SPDX-License-Identifier: Apache-2.0
//
// NumbersTests compute it here, .ci/arm64 on an emulated processor. Fixtures/arithmetic/numbers.txt
// has what all must give. Those are our own bits: they show that processors agree; that the numbers
// are right is shown by mpmath's.

import LMPTNumbers

/// FNV-1a over the bits of every function's results.
func numberBits() -> UInt64 {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  func add(_ x: Double) {
    var bits = x.isNaN ? 0x7ff8_0000_0000_0000 : x.bitPattern
    for _ in 0..<8 {
      hash = (hash ^ (bits & 0xff)) &* 0x100_0000_01b3
      bits >>= 8
    }
  }
  var state: UInt64 = 1
  func uniform() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) * 0x1p-53
  }
  for step in 0..<24_000 {
    var scale = 2.0
    switch step % 8 {
    case 0: scale = 1e-9
    case 1: scale = 0.5
    case 2: scale = 60
    case 3: scale = 1500
    case 4: scale = 2e6
    case 5: scale = 1e300
    default: break
    }
    let x = (uniform() - 0.5) * scale
    let (size, power) = (x.magnitude, (uniform() - 0.5) * 40)
    add(exp(x))
    add(expm1(x))
    add(log(size))
    add(log10(size))
    add(log1p(x))
    add(sin(x))
    add(cos(x))
    add(pow(size, power))
  }
  return hash
}
