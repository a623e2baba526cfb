// SafetensorsError - what can be wrong with a safetensors file.
// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Why a file is not acceptable safetensors.
package enum SafetensorsError: DiagnosticError, Equatable {
  /// Not even the eight bytes of the header's length.
  case tooShort(found: Int)
  /// The declared header length exceeds the file or the limit.
  case headerLength(declared: UInt64, limit: Int)
  /// The header does not begin with `{`.
  case headerStart(found: UInt8)
  /// The header is not JSON.
  case headerJSON(JSONError)
  /// More tensors than `Limits.tensors`.
  case tooManyTensors(found: Int, limit: Int)
  /// `__metadata__` is not an object of strings.
  case metadata
  /// A tensor's entry lacks a key or has one of the wrong kind.
  case entry(name: String, key: String)
  /// A number format that is not supported, or does not exist.
  case dtype(name: String, found: String)
  /// The offsets are reversed or reach past the file.
  case offsets(name: String, begin: Int, end: Int, data: Int)
  /// The offsets do not span shape times element size.
  case size(name: String, declared: Int, found: Int)
  /// The tensors leave a hole, overlap, or bytes follow the last one.
  case layout(name: String, expected: Int, found: Int)
  /// Two arrays to be written have one name, or one is called `__metadata__`.
  case duplicateName(String)

  /// Stable identifier.
  package var code: String {
    switch self {
    case .tooShort: "safetensors.too-short"
    case .headerLength: "safetensors.header-length"
    case .headerStart: "safetensors.header-start"
    case .headerJSON: "safetensors.header-json"
    case .tooManyTensors: "safetensors.too-many-tensors"
    case .metadata: "safetensors.metadata"
    case .entry: "safetensors.entry"
    case .dtype: "safetensors.dtype"
    case .offsets: "safetensors.offsets"
    case .size: "safetensors.size"
    case .layout: "safetensors.layout"
    case .duplicateName: "safetensors.duplicate-name"
    }
  }

  /// What is wrong and where.
  package var message: String {
    switch self {
    case .tooShort(let found):
      "a safetensors file has at least 8 bytes, this one has \(found)"
    case .headerLength(let declared, let limit):
      "the safetensors header claims \(declared) bytes, at most \(limit) are possible (offset 0)"
    case .headerStart(let found):
      "the safetensors header begins with \(printable(found)), not with '{' (offset 8)"
    case .headerJSON(let error): "in the safetensors header (from offset 8): \(error.message)"
    case .tooManyTensors(let found, let limit):
      "the safetensors header lists \(found) tensors, limit \(limit)"
    case .metadata: "__metadata__ in the safetensors header is not an object of strings"
    case .entry(let name, let key):
      "tensor \(printable(name)) has no valid \(printable(key)) in the safetensors header"
    case .dtype(let name, let found):
      "tensor \(printable(name)) has the unsupported number format \(printable(found))"
    case .offsets(let name, let begin, let end, let data):
      "tensor \(printable(name)) lies at [\(begin), \(end)] of \(data) data bytes"
    case .size(let name, let declared, let found):
      "tensor \(printable(name)) needs \(declared) bytes by its shape, its offsets span \(found)"
    case .layout(let name, let expected, let found):
      "the data of \(printable(name)) begins at \(found), the previous ends at \(expected)"
    case .duplicateName(let name): "two arrays are called \(printable(name))"
    }
  }

  /// What to do.
  package var hint: String {
    switch self {
    case .dtype: "supported are F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL; convert the tensor"
    case .duplicateName: "give every array its own name"
    case .tooShort, .headerLength, .offsets:
      "the file is truncated or no safetensors file; copy or download it again"
    default: "the file is damaged; copy or download it again"
    }
  }
}
