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
  /// A file stands where a folder should.
  case isFile
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

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .missing:
      Diagnostic(
        "file.missing", "the file does not exist",
        hint: "check the spelling of the path and the current folder")
    case .unreadable:
      Diagnostic(
        "file.unreadable", "the file may not be read",
        hint: "give yourself read permission, or copy the file")
    case .isFolder:
      Diagnostic("file.is-folder", "this is a folder, not a file", hint: "name a file inside it")
    case .isFile:
      Diagnostic("file.is-file", "this is a file, not a folder", hint: "give the path of a folder")
    case .notRegular:
      Diagnostic(
        "file.not-regular", "this is a pipe or a device, not a file on disk",
        hint: "save the bytes to a file first")
    case .changed:
      Diagnostic(
        "file.changed", "the file changed while it was read",
        hint: "try again when nobody writes to it")
    case .tooLarge(let found, let limit):
      Diagnostic(
        "file.too-large", "the file has \(found) bytes, limit \(limit)",
        hint: "give a picture, a list or a description, not an archive of them")
    case .badPath:
      Diagnostic(
        "file.bad-path", "the path is empty, too long or has a NUL character",
        hint: "give the path of a file")
    case .noFolder:
      Diagnostic(
        "file.no-folder", "the folder that should hold the file does not exist",
        hint: "create the folder first")
    case .unwritable:
      Diagnostic(
        "file.unwritable", "the file may not be written",
        hint: "choose another place or change the folder's permissions")
    case .diskFull:
      Diagnostic(
        "file.disk-full", "no space is left for the file",
        hint: "free some space; the previous file, if any, is untouched")
    case .system(let operation, let number):
      Diagnostic(
        "file.system",
        "\(operation) failed: \(String(cString: strerror(number))) (error \(number))",
        hint: number == ENOMEM
          ? "end other programs, or raise 'ulimit -v'" : "see the system's message")
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
