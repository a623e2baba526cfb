// ElementaryTests - the functions of LMPTNumbers against mpmath, in units of the last place.
// SPDX-License-Identifier: Apache-2.0

import LMPTNumbers
import LMPTSupport
import Testing

/// A function with the error that its comment states.
struct Elementary: Sendable, CustomTestStringConvertible {
  let name: String
  let bound: Double
  let function: @Sendable (Double, Double) -> Double

  var testDescription: String { name }

  static let all: [Elementary] = [
    .init(name: "exp", bound: 0.8) { x, _ in exp(x) },
    .init(name: "expm1", bound: 1.1) { x, _ in expm1(x) },
    .init(name: "log", bound: 0.6) { x, _ in log(x) },
    .init(name: "log10", bound: 0.6) { x, _ in log10(x) },
    .init(name: "log1p", bound: 0.7) { x, _ in log1p(x) },
    .init(name: "sin", bound: 0.9) { x, _ in sin(x) },
    .init(name: "cos", bound: 0.9) { x, _ in cos(x) },
    .init(name: "pow", bound: 1.3) { pow($0, $1) },
  ]
}

@Suite("elementary functions")
struct ElementaryTests {
  @Test(
    "errors are below what is stated, and most results are the nearest",
    arguments: Elementary.all)
  func errors(of one: Elementary) throws {
    let stored = try FixtureTensors("numbers/elementary.safetensors")
    let x = try stored.doubles("\(one.name)/x")
    let y = stored.has("\(one.name)/y") ? try stored.doubles("\(one.name)/y") : x
    let (high, low) = (
      try stored.doubles("\(one.name)/high"), try stored.doubles("\(one.name)/low")
    )
    var nearest = 0
    for i in x.indices {
      let found = one.function(x[i], y[i])
      let error = abs((found - high[i]) - low[i]) / high[i].ulp
      #expect(error <= one.bound, "\(one.name)(\(x[i]), \(y[i])) = \(found), not \(high[i])")
      nearest += found == high[i] ? 1 : 0
    }
    #expect(x.count == 500 && nearest > 450, "\(nearest)")
  }

  @Test("ends and zeros")
  func ends() {
    #expect(exp(0.0) == 1 && exp(710.0) == .infinity && exp(-800.0) == 0)
    #expect(exp(-Double.infinity) == 0 && exp(Double.infinity) == .infinity)
    #expect(exp(Double.nan).isNaN)
    #expect(exp(-745.0) > 0 && exp(709.5) < .infinity)
    #expect(expm1(-0.0).sign == .minus && expm1(1e-300) == 1e-300 && expm1(-800.0) == -1)
    #expect(expm1(Double.infinity) == .infinity && expm1(Double.nan).isNaN)
    #expect(log(1.0) == 0 && log(0.0) == -.infinity && log(-1.0).isNaN && log(Double.nan).isNaN)
    #expect(log(Double.infinity) == .infinity && log(Double.leastNonzeroMagnitude) < -744)
    #expect(log1p(-0.0).sign == .minus && log1p(-1.0) == -.infinity && log1p(-2.0).isNaN)
    #expect(log1p(Double.infinity) == .infinity && log1p(Double.nan).isNaN)
    #expect(sin(-0.0).sign == .minus && cos(0.0) == 1 && sin(1e300).isNaN && cos(Double.nan).isNaN)
    #expect(pow(0.0, 2) == 0 && pow(0.0, -1) == .infinity && pow(0.0, 0) == 1)
    #expect(pow(Double.nan, 0) == 1 && pow(1.0, Double.nan) == 1)
    #expect(pow(-2.0, 2).isNaN && pow(-2.0, 0) == 1)
    #expect(pow(2.0, Double.infinity) == .infinity && pow(0.5, Double.infinity) == 0)
    #expect(pow(Double.infinity, -1) == 0 && pow(Double.infinity, 0.5) == .infinity)
    #expect(pow(Double.nan, 2).isNaN && pow(2.0, Double.nan).isNaN && pow(Double.infinity, 0) == 1)
    #expect(pow(2.0, -Double.infinity) == 0 && pow(0.5, -Double.infinity) == .infinity)
    #expect(pow(-0.0, -1) == .infinity && pow(-0.0, 3).sign == .plus && pow(-1.0, 1e300).isNaN)
    #expect(pow(-Double.infinity, 2).isNaN)
    #expect(log10(0.0) == -.infinity && log10(-1.0).isNaN && log10(Double.infinity) == .infinity)
    #expect(log10(Double.nan).isNaN && log(-0.0) == -.infinity && log(-Double.infinity).isNaN)
    #expect(expm1(-Double.infinity) == -1 && log1p(-Double.infinity).isNaN)
    for x in [-Double.infinity, .infinity, Double(0x1p20).nextUp] {
      #expect(sin(x).isNaN && cos(x).isNaN)
    }
    #expect(!sin(Double(0x1p20)).isNaN && !cos(Double(0x1p20)).isNaN)
  }

  @Test("single precision has its ends, and numbers below the smallest normal one")
  func singleEnds() {
    let tiny = Float.leastNonzeroMagnitude
    #expect(exp(Float(89)) == .infinity && exp(-Float.infinity) == 0 && exp(Float.nan).isNaN)
    // e^-103 is 1.3 of the smallest number, and 2^-149 is that number.
    #expect(exp(Float(-103)) == tiny && pow(Float(2), -149) == tiny)
    #expect(log1p(tiny) == tiny && expm1(-tiny) == -tiny && log(Float(0)) == -.infinity)
    #expect(pow(Float.nan, 2).isNaN && log(-Float(1)).isNaN)
  }

  @Test("exact results are exact: powers of ten, two and small numbers")
  func exact() {
    var ten = 1.0
    for exponent in 0...22 {
      #expect(log10(ten) == Double(exponent))
      #expect(pow(10.0, Double(exponent)) == ten)
      ten *= 10
    }
    for exponent in stride(from: -1022, through: 1023, by: 31) {
      #expect(pow(2.0, Double(exponent)) == Double(sign: .plus, exponent: exponent, significand: 1))
    }
    // Halves between two numbers of single precision, and squares of such.
    #expect(pow(Float(4097), 2) == 4097 * 4097 && pow(Float(9), 1.5) == 27)
  }

  @Test("the same bits as on every other system")
  func bits() throws {
    let stored = String(decoding: try Fixtures.bytes("arithmetic/numbers.txt"), as: UTF8.self)
    #expect("\(numberBits())\n" == stored)
  }

  @Test("single precision is double precision, rounded once")
  func single() {
    for x in [Float(-87.3), -1e-3, 0.5, 3.25, 88] {
      #expect(exp(x) == Float(exp(Double(x))) && expm1(x) == Float(expm1(Double(x))))
      let size = abs(x)
      #expect(log(size) == Float(log(Double(size))) && log1p(size) == Float(log1p(Double(size))))
      #expect(pow(size, 1.7) == Float(pow(Double(size), Double(Float(1.7)))))
    }
  }
}
