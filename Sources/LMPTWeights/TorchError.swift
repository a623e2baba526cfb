// TorchError - what can be wrong with a torch archive as a whole.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Why an archive is not an acceptable torch file.
package enum TorchError: DiagnosticError, Equatable {
  /// No `data.pkl` below the archive's one folder.
  case noPickle
  /// The archive's entries lie in several folders, or in none.
  case folders(String, String)
  /// `byteorder` says neither `little` nor `big`.
  case byteOrder(String)
  /// A tensor's bytes are not in the archive.
  case storageMissing(key: String)
  /// A tensor's bytes are not as many as the pickle says.
  case storageSize(key: String, declared: Int, found: Int)
  /// The pickle holds no tensor.
  case noTensors
  /// More tensors than `Limits.tensors`.
  case tooManyTensors(limit: Int)
  /// Two tensors end up with one name.
  case duplicateName(String)
  /// Names share storages so often that the tensors together dwarf the file.
  case expansion(limit: Int)

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .noPickle:
      Diagnostic(
        "torch.no-pickle", "the archive has no data.pkl, which torch.save always writes",
        hint:
          "a torch file must be the archive that torch.save wrote, not unpacked and packed again")
    case .folders(let first, let second):
      Diagnostic(
        "torch.folders",
        "the archive has \(printable(first)) beside \(printable(second)), a torch file has one folder",
        hint:
          "a torch file must be the archive that torch.save wrote, not unpacked and packed again")
    case .byteOrder(let text):
      Diagnostic(
        "torch.byte-order", "the archive's byte order is \(printable(text))", hint: damaged)
    case .storageMissing(let key):
      Diagnostic(
        "torch.storage-missing", "the archive lacks the tensor bytes data/\(key)", hint: damaged)
    case .storageSize(let key, let declared, let found):
      Diagnostic(
        "torch.storage-size",
        "the tensor bytes data/\(key) should be \(declared), they are \(found)", hint: damaged)
    case .noTensors:
      Diagnostic("torch.no-tensors", "the file holds no tensor", hint: "save a state_dict")
    case .tooManyTensors(let limit):
      Diagnostic(
        "torch.too-many-tensors", "the file names more than \(limit) tensors",
        hint: "save a plain state_dict")
    case .duplicateName(let name):
      Diagnostic(
        "torch.duplicate-name", "two tensors are called \(printable(name))",
        hint: "save a plain state_dict")
    case .expansion(let limit):
      Diagnostic(
        "torch.expansion",
        "the tensors together would have more than \(limit) bytes, far beyond the file's own size",
        hint: "save a plain state_dict")
    }
  }
}

private let damaged = "the file is damaged; copy or download it again"
