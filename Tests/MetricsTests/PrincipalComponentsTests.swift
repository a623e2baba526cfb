// PrincipalComponentsTests - directions of points whose answer is known.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics
import LMPTTensors
import Testing

@Suite("principal components")
struct PrincipalComponentsTests {
  @Test("worked example: a stretched cross in a turned plane")
  func workedExample() {
    // Around (1, 2, 3): 4 along (3, 4, 0) / 5, 1 along (-4, 3, 0) / 5, nothing along z.
    let points = Tensor(
      [
        1 + 2.4, 2 + 3.2, 3, 1 - 2.4, 2 - 3.2, 3, 1 - 0.8, 2 + 0.6, 3, 1 + 0.8, 2 - 0.6, 3,
      ], shape: [4, 3])
    let found = PrincipalComponents(points)
    let expected: [Float] = [0.6, 0.8, 0, 0.8, -0.6, 0]
    for (a, b) in zip(found.directions.values, expected) { #expect(abs(a - b) < 1e-5) }
    // Variances 16 and 1 of 17 in all.
    #expect(abs(found.shares[0] - 16.0 / 17) < 1e-6 && abs(found.shares[1] - 1.0 / 17) < 1e-6)
    let places = found.project(points).values
    for (a, b) in zip(places, [4, 0, -4, 0, 0, -1, 0, 1] as [Float]) { #expect(abs(a - b) < 1e-5) }
  }

  @Test("directions are orthonormal, and no other pair holds more variance")
  func properties() {
    var generator = Generator(seed: 3)
    let points = Tensor(generator.normal(count: 60 * 24, mean: 0, std: 1), shape: [60, 24])
    let found = PrincipalComponents(points)
    let gram = matmul(found.directions, found.directions, .none, .transposed).values
    for (a, b) in zip(gram, [1, 0, 0, 1] as [Float]) { #expect(abs(a - b) < 1e-5) }
    func variance(_ directions: Tensor) -> Float {
      let places = matmul(points - found.mean, directions, .none, .transposed)
      return sum(places * places).item
    }
    let held = variance(found.directions)
    for axis in 0..<23 {
      var other = [Float](repeating: 0, count: 48)
      (other[axis], other[24 + axis + 1]) = (1, 1)
      #expect(variance(Tensor(other, shape: [2, 24])) < held)
    }
    #expect(found.shares[0] >= found.shares[1] && found.shares[0] + found.shares[1] < 1)
  }

  @Test("shares are of all variance, not of the directions that were computed")
  func shares() {
    // Twice one step along each of 24 axes: every direction has a 24th.
    var points = [Float](repeating: 0, count: 48 * 24)
    for row in 0..<48 { points[row * 24 + row / 2] = row % 2 == 0 ? 1 : -1 }
    let found = PrincipalComponents(Tensor(points, shape: [48, 24]))
    // Sums of a few exact numbers in double precision.
    for share in found.shares { #expect(abs(share - 1.0 / 24) < 1e-12) }
  }

  @Test("points that do not vary give shares of 0 and finite places")
  func constant() {
    let found = PrincipalComponents(.ones([5, 3]))
    #expect(found.shares == [0, 0])
    #expect(found.project(.ones([5, 3])).isFinite)
  }

  @Test("the largest entry of a direction is positive; any point can be the origin of the map")
  func conventions() {
    for seed in 0..<12 {
      var generator = Generator(seed: seed)
      let points = Tensor(generator.normal(count: 30 * 6, mean: 0, std: 1), shape: [30, 6])
      let found = PrincipalComponents(points)
      for row in 0..<2 {
        let direction = found.directions.slice(row..<row + 1).values
        #expect((direction.max { abs($0) < abs($1) } ?? 0) > 0, "seed \(seed)")
      }
      // Around a point of one's own that point is at 0, and the mean is where it was but for that.
      let centre = points.slice(3..<4).reshaped([6])
      #expect(found.project(points.slice(3..<4), centre: centre).values == [0, 0])
      let shift = found.project(centre.reshaped([1, 6])).values
      for (a, b) in zip(found.project(found.mean.reshaped([1, 6]), centre: centre).values, shift) {
        #expect(abs(a + b) < 1e-5)
      }
    }
  }
}
