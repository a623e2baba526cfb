// FileAccessError - what can go wrong between a path and its bytes.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why a file could not be read or written.
///
/// The path is attached by `inFile`.
package enum FileAccessError: DiagnosticError, Equatable {
  /// Nothing stands at the path.
  case missing
  /// The file may not be read.
  case unreadable
  /// A folder stands at the path.
  case isFolder
  /// A pipe or a device stands at the path.
  case notRegular
  /// Another process wrote to the file while it was read.
  case changed
  /// The file is larger than anything of its kind.
  case tooLarge(found: Int, limit: Int)
  /// The path itself is impossible: empty, too long, or with a NUL.
  case badPath
  /// The folder that should hold the file does not exist.
  case noFolder
  /// The folder or file may not be written.
  case unwritable
  /// The disk, the quota or the file size limit is used up.
  case diskFull
  /// Anything else that the operating system reports.
  case system(operation: String, number: Int32)

  /// Stable identifier.
  package var code: String {
    switch self {
    case .missing: "file.missing"
    case .unreadable: "file.unreadable"
    case .isFolder: "file.is-folder"
    case .notRegular: "file.not-regular"
    case .changed: "file.changed"
    case .tooLarge: "file.too-large"
    case .badPath: "file.bad-path"
    case .noFolder: "file.no-folder"
    case .unwritable: "file.unwritable"
    case .diskFull: "file.disk-full"
    case .system: "file.system"
    }
  }

  /// What is wrong.
  package var message: String {
    switch self {
    case .missing: "the file does not exist"
    case .unreadable: "the file may not be read"
    case .isFolder: "this is a folder, not a file"
    case .notRegular: "this is a pipe or a device, not a file on disk"
    case .changed: "the file changed while it was read"
    case .tooLarge(let found, let limit): "the file has \(found) bytes, limit \(limit)"
    case .badPath: "the path is empty, too long or has a NUL character"
    case .noFolder: "the folder that should hold the file does not exist"
    case .unwritable: "the file may not be written"
    case .diskFull: "no space is left for the file"
    case .system(let operation, let number):
      "\(operation) failed: \(String(cString: strerror(number))) (error \(number))"
    }
  }

  /// What to do.
  package var hint: String {
    switch self {
    case .missing: "check the spelling of the path and the current folder"
    case .unreadable: "give yourself read permission, or copy the file"
    case .isFolder: "name a file inside it"
    case .notRegular: "save the bytes to a file first"
    case .changed: "try again when nobody writes to it"
    case .tooLarge: "give a picture, a list or a description, not an archive of them"
    case .badPath: "give the path of a file"
    case .noFolder: "create the folder first"
    case .unwritable: "choose another place or change the folder's permissions"
    case .diskFull: "free some space; the previous file, if any, is untouched"
    case .system: "see the system's message"
    }
  }

  /// The case for the error number of a failed call that opens or reads.
  package static func reading(_ operation: String, _ number: Int32) -> Self {
    switch number {
    case ENOENT, ENOTDIR: .missing
    case EACCES, EPERM: .unreadable
    case EISDIR: .isFolder
    case ENAMETOOLONG, EINVAL: .badPath
    case ENXIO, ENODEV: .notRegular
    default: .system(operation: operation, number: number)
    }
  }

  /// The case for the error number of a failed call that creates or writes.
  package static func writing(_ operation: String, _ number: Int32) -> Self {
    switch number {
    case ENOENT, ENOTDIR: .noFolder
    case EACCES, EPERM, EROFS: .unwritable
    case EISDIR: .isFolder
    case ENAMETOOLONG, EINVAL: .badPath
    case ENOSPC, EDQUOT, EFBIG: .diskFull
    default: .system(operation: operation, number: number)
    }
  }
}
