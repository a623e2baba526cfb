// PickleError - what can be wrong with a pickle.
// SPDX-License-Identifier: Apache-2.0

import Bytes

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

  /// Stable identifier.
  package var code: String {
    switch self {
    case .endOfData: "pickle.end-of-data"
    case .version: "pickle.version"
    case .opcode: "pickle.opcode"
    case .global: "pickle.global"
    case .call: "pickle.call"
    case .stack: "pickle.stack"
    case .kind: "pickle.kind"
    case .memo: "pickle.memo"
    case .text: "pickle.text"
    case .tooLarge: "pickle.too-large"
    case .trailingBytes: "pickle.trailing-bytes"
    }
  }

  /// What is wrong and where.
  package var message: String {
    switch self {
    case .endOfData(let offset): "the pickle ends early (offset \(offset))"
    case .version(let found): "the pickle has protocol \(found), supported are 2 to 5 (offset 0)"
    case .opcode(let byte, let offset):
      "the pickle has the opcode \(printable(byte)), which is not accepted (offset \(offset))"
    case .global(let name, let offset):
      "the pickle names \(printable(name)), which is not accepted (offset \(offset))"
    case .call(let name, let offset, let problem):
      "the pickle uses \(printable(name)) with \(problem) (offset \(offset))"
    case .stack(let offset): "the pickle takes a value that is not there (offset \(offset))"
    case .kind(let offset, let expected):
      "the pickle has a value where \(expected) must be (offset \(offset))"
    case .memo(let index, let offset):
      "the pickle uses memo slot \(index), which is not available (offset \(offset))"
    case .text(let offset): "the pickle has a string that is not UTF-8 (offset \(offset))"
    case .tooLarge(let what, let limit): "the pickle has more than \(limit) \(what)"
    case .trailingBytes(let offset): "the pickle goes on after its end (offset \(offset))"
    }
  }

  /// What to do.
  package var hint: String {
    switch self {
    case .global:
      "only tensors in plain containers are read and nothing is ever run;"
        + " in Python save model.state_dict() instead of the model"
    case .opcode, .version: "save the tensors again with a current torch.save"
    case .endOfData: "the file is truncated; copy or download it again"
    default: "the file is damaged or was made to mislead; get it again from its source"
    }
  }
}
