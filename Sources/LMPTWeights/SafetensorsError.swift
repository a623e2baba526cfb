// SafetensorsError - what can be wrong with a safetensors file.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

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
  /// More entries of metadata than `Limits.metadata`.
  case tooMuchMetadata(found: Int, limit: Int)
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

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .tooShort(let found):
      Diagnostic(
        "safetensors.too-short", "a safetensors file has at least 8 bytes, this one has \(found)",
        hint: "the file is truncated or no safetensors file; copy or download it again")
    case .headerLength(let declared, let limit):
      Diagnostic(
        "safetensors.header-length",
        "the safetensors header claims \(declared) bytes, at most \(limit) are possible (offset 0)",
        hint: "the file is truncated or no safetensors file; copy or download it again")
    case .headerStart(let found):
      Diagnostic(
        "safetensors.header-start",
        "the safetensors header begins with \(printable(found)), not with '{' (offset 8)",
        hint: damaged)
    case .headerJSON(let error):
      Diagnostic(
        "safetensors.header-json", "in the safetensors header (from offset 8): \(error.message)",
        hint: damaged)
    case .tooManyTensors(let found, let limit):
      Diagnostic(
        "safetensors.too-many-tensors",
        "the safetensors header lists \(found) tensors, limit \(limit)", hint: damaged)
    case .metadata:
      Diagnostic(
        "safetensors.metadata",
        "__metadata__ in the safetensors header is not an object of strings", hint: damaged)
    case .tooMuchMetadata(let found, let limit):
      Diagnostic(
        "safetensors.too-much-metadata", "the metadata have \(found) entries, limit \(limit)",
        hint: damaged)
    case .entry(let name, let key):
      Diagnostic(
        "safetensors.entry",
        "tensor \(printable(name)) has no valid \(printable(key)) in the safetensors header",
        hint: damaged)
    case .dtype(let name, let found):
      Diagnostic(
        "safetensors.dtype",
        "tensor \(printable(name)) has the unsupported number format \(printable(found))",
        hint: "supported are F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL; convert the tensor")
    case .offsets(let name, let begin, let end, let data):
      Diagnostic(
        "safetensors.offsets",
        "tensor \(printable(name)) lies at [\(begin), \(end)] of \(data) data bytes",
        hint: "the file is truncated or no safetensors file; copy or download it again")
    case .size(let name, let declared, let found):
      Diagnostic(
        "safetensors.size",
        "tensor \(printable(name)) needs \(declared) bytes by its shape, its offsets span \(found)",
        hint: damaged)
    case .layout(let name, let expected, let found):
      Diagnostic(
        "safetensors.layout",
        "the data of \(printable(name)) begins at \(found), the previous ends at \(expected)",
        hint: damaged)
    case .duplicateName(let name):
      Diagnostic(
        "safetensors.duplicate-name", "two arrays are called \(printable(name))",
        hint: "give every array its own name")
    }
  }
}

extension SafetensorsError {
  /// Refuses metadata of more entries than anybody writes.
  static func check(metadata: JSON.Object, _ limits: Limits) throws(SafetensorsError) {
    let found = metadata.members.count
    guard found <= limits.metadata else {
      throw .tooMuchMetadata(found: found, limit: limits.metadata)
    }
  }
}

private let damaged = "the file is damaged; copy or download it again"
