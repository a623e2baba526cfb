// DType - the number formats that weight files store.
// SPDX-License-Identifier: Apache-2.0

/// A stored number format; the raw value is its safetensors name.
public enum DType: String, Sendable, CaseIterable {
  /// IEEE 754 double precision.
  case f64 = "F64"
  /// IEEE 754 single precision.
  case f32 = "F32"
  /// IEEE 754 half precision.
  case f16 = "F16"
  /// The upper half of single precision.
  case bf16 = "BF16"
  /// 64-bit signed integer.
  case i64 = "I64"
  /// 32-bit signed integer.
  case i32 = "I32"
  /// 16-bit signed integer.
  case i16 = "I16"
  /// 8-bit signed integer.
  case i8 = "I8"
  /// 8-bit unsigned integer.
  case u8 = "U8"
  /// One byte, zero is false.
  case bool = "BOOL"

  /// Bytes of one element.
  package var byteCount: Int {
    switch self {
    case .f64, .i64: 8
    case .f32, .i32: 4
    case .f16, .bf16, .i16: 2
    case .i8, .u8, .bool: 1
    }
  }

  /// Whether values may have a fraction.
  package var isFloatingPoint: Bool {
    switch self {
    case .f64, .f32, .f16, .bf16: true
    default: false
    }
  }
}
