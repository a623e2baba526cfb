// TensorError - what can be wrong with one tensor of a file.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Why a tensor's description does not fit its bytes, or its values not the request.
public enum TensorError: DiagnosticError, Equatable {
  /// More dimensions than `Limits.rank`.
  case rank(name: String, found: Int, limit: Int)
  /// A dimension, stride or offset below zero.
  case negative(name: String, value: Int)
  /// The number of elements or bytes does not fit a 64-bit integer.
  case overflow(name: String)
  /// The description reaches past the stored bytes.
  case outOfBounds(name: String, needed: Int, stored: Int)
  /// A small storage described as an enormous tensor.
  case expansion(name: String, elements: Int, limit: Int)
  /// A value that is no whole number, or does not fit `Int`, where integers were asked for.
  case notAnInteger(name: String, index: Int)

  /// Code, what is wrong and where, and what to do.
  public var diagnostic: Diagnostic {
    switch self {
    case .rank(let name, let found, let limit):
      Diagnostic(
        "tensor.rank",
        "tensor \(printable(name)) has \(found) dimensions, at most \(limit) are supported",
        hint: "store the tensor reshaped and contiguous")
    case .negative(let name, let value):
      Diagnostic(
        "tensor.negative",
        "tensor \(printable(name)) has a negative size, stride or offset \(value)", hint: damaged)
    case .overflow(let name):
      Diagnostic(
        "tensor.overflow", "the size of tensor \(printable(name)) overflows 64 bits", hint: damaged)
    case .outOfBounds(let name, let needed, let stored):
      Diagnostic(
        "tensor.out-of-bounds",
        "tensor \(printable(name)) needs \(needed) stored bytes, \(stored) are there", hint: damaged
      )
    case .expansion(let name, let elements, let limit):
      Diagnostic(
        "tensor.expansion",
        "tensor \(printable(name)) repeats its storage to \(elements) elements, limit \(limit)",
        hint: "store the tensor reshaped and contiguous")
    case .notAnInteger(let name, let index):
      Diagnostic(
        "tensor.not-an-integer",
        "element \(index) of tensor \(printable(name)) is not a whole number",
        hint: "store the values as integers")
    }
  }
}

private let damaged = "the file is damaged; copy or download it again"

/// The product of non-negative sizes, or `nil` if one is negative or the product overflows.
func checkedProduct(_ sizes: [Int], times factor: Int = 1) -> Int? {
  var product = factor
  // because [0, 2^62, 2^62] is a legal empty shape, whose product must not be called an overflow
  // in one order and fine in another.
  if sizes.contains(0) { return sizes.allSatisfy { $0 >= 0 } ? 0 : nil }
  for size in sizes {
    let (next, overflow) = product.multipliedReportingOverflow(by: size)
    guard size >= 0, !overflow else { return nil }
    product = next
  }
  return product
}
