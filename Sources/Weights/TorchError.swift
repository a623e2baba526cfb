// TorchError - what can be wrong with a torch archive as a whole.
// SPDX-License-Identifier: Apache-2.0

import Bytes

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

  /// Stable identifier.
  package var code: String {
    switch self {
    case .noPickle: "torch.no-pickle"
    case .folders: "torch.folders"
    case .byteOrder: "torch.byte-order"
    case .storageMissing: "torch.storage-missing"
    case .storageSize: "torch.storage-size"
    case .noTensors: "torch.no-tensors"
    case .tooManyTensors: "torch.too-many-tensors"
    case .duplicateName: "torch.duplicate-name"
    case .expansion: "torch.expansion"
    }
  }

  /// What is wrong.
  package var message: String {
    switch self {
    case .noPickle: "the archive has no data.pkl, which torch.save always writes"
    case .folders(let first, let second):
      "the archive has \(printable(first)) beside \(printable(second)), a torch file has one folder"
    case .byteOrder(let text): "the archive's byte order is \(printable(text))"
    case .storageMissing(let key): "the archive lacks the tensor bytes data/\(key)"
    case .storageSize(let key, let declared, let found):
      "the tensor bytes data/\(key) should be \(declared), they are \(found)"
    case .noTensors: "the file holds no tensor"
    case .tooManyTensors(let limit): "the file names more than \(limit) tensors"
    case .duplicateName(let name): "two tensors are called \(printable(name))"
    case .expansion(let limit):
      "the tensors together would have more than \(limit) bytes, far beyond the file's own size"
    }
  }

  /// What to do.
  package var hint: String {
    switch self {
    case .noPickle, .folders:
      "a torch file must be the archive that torch.save wrote, not unpacked and packed again"
    case .noTensors: "save a state_dict"
    case .duplicateName, .expansion, .tooManyTensors: "save a plain state_dict"
    default: "the file is damaged; copy or download it again"
    }
  }
}
