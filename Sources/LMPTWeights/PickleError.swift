// PickleError - what can be wrong with a pickle.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Why a pickle is not acceptable.
///
/// Every case carries the offset in the pickle.
package enum PickleError: DiagnosticError, Equatable {
  /// The pickle ends before its STOP.
  case endOfData(offset: Int)
  /// The pickle does not begin with a protocol between 2 and 5.
  case version(found: Int)
  /// An opcode outside the closed set.
  case opcode(UInt8, offset: Int)
  /// A global outside the closed list: something that only Python could run.
  case global(String, offset: Int)
  /// A class or function used in a way that its meaning does not allow.
  case call(String, offset: Int, problem: String)
  /// An opcode takes more values than there are, or finds no mark.
  case stack(offset: Int)
  /// A value of the wrong kind.
  case kind(offset: Int, expected: String)
  /// A memo slot that was never filled, or beyond `Limits.pickleStack`.
  case memo(index: Int, offset: Int)
  /// A string that is not valid UTF-8.
  case text(offset: Int)
  /// More opcodes, values or visits than the limits allow, or values nested too deep.
  case tooLarge(what: String, limit: Int)
  /// Bytes follow STOP.
  case trailingBytes(offset: Int)

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .endOfData(let offset):
      Diagnostic(
        "pickle.end-of-data", "the pickle ends early (offset \(offset))",
        hint: "the file is truncated; copy or download it again")
    case .version(let found):
      Diagnostic(
        "pickle.version", "the pickle has protocol \(found), supported are 2 to 5 (offset 0)",
        hint: "save the tensors again with a current torch.save")
    case .opcode(let byte, let offset):
      Diagnostic(
        "pickle.opcode",
        "the pickle has the opcode \(printable(byte)), which is not accepted (offset \(offset))",
        hint: "save the tensors again with a current torch.save")
    case .global(let name, let offset):
      Diagnostic(
        "pickle.global",
        "the pickle names \(printable(name)), which is not accepted (offset \(offset))",
        hint: "only tensors in plain containers are read and nothing is ever run;"
          + " in Python save model.state_dict() instead of the model")
    case .call(let name, let offset, let problem):
      Diagnostic(
        "pickle.call", "the pickle uses \(printable(name)) with \(problem) (offset \(offset))",
        hint: misleading)
    case .stack(let offset):
      Diagnostic(
        "pickle.stack", "the pickle takes a value that is not there (offset \(offset))",
        hint: misleading)
    case .kind(let offset, let expected):
      Diagnostic(
        "pickle.kind", "the pickle has a value where \(expected) must be (offset \(offset))",
        hint: misleading)
    case .memo(let index, let offset):
      Diagnostic(
        "pickle.memo",
        "the pickle uses memo slot \(index), which is not available (offset \(offset))",
        hint: misleading)
    case .text(let offset):
      Diagnostic(
        "pickle.text", "the pickle has a string that is not UTF-8 (offset \(offset))",
        hint: misleading)
    case .tooLarge(let what, let limit):
      Diagnostic("pickle.too-large", "the pickle has more than \(limit) \(what)", hint: misleading)
    case .trailingBytes(let offset):
      Diagnostic(
        "pickle.trailing-bytes", "the pickle goes on after its end (offset \(offset))",
        hint: misleading)
    }
  }
}

private let misleading = "the file is damaged or was made to mislead; get it again from its source"
