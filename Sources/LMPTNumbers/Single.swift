// Single - the functions for numbers of single precision.
// SPDX-License-Identifier: Apache-2.0

// Each as the one of double precision, rounded: the nearest number of single precision, unless the
// exact result lies within 2^-28 of a last place of the middle between two.

/// e^x.
package func exp(_ x: Float) -> Float { Float(exp(Double(x))) }

/// e^x - 1, exact near zero.
package func expm1(_ x: Float) -> Float { Float(expm1(Double(x))) }

/// The natural logarithm.
package func log(_ x: Float) -> Float { Float(log(Double(x))) }

/// log(1 + x), exact near zero.
package func log1p(_ x: Float) -> Float { Float(log1p(Double(x))) }

/// x^y for x >= 0.
package func pow(_ x: Float, _ y: Float) -> Float { Float(pow(Double(x), Double(y))) }
