// Leftovers - the temporary files of processes that were killed while they wrote.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Temporary files that killed processes left behind.
///
/// A writer holds `flock` on its temporary file, which the system takes back when it dies: a file
/// that can be locked is nobody's.
enum Leftovers {
  /// What was found in each folder at its first writing: names by what they were to become.
  private static let found = Mutex<[String: [String: [String]]]>([:])

  /// Removes what earlier writers of a file left, when this process writes it for the first time.
  ///
  /// The folder is listed once, so that many files in one folder cost no more than one.
  ///
  /// - Parameters:
  ///   - stem: the beginning of the temporary files' names.
  ///   - folder: where they are.
  static func remove(of stem: String, in folder: String) {
    let names = found.withLock { found in
      if found[folder] == nil { found[folder] = Dictionary(grouping: list(folder), by: stemOf) }
      return found[folder]?.removeValue(forKey: stem) ?? []
    }
    for name in names { removeIfDead("\(folder)\(name)") }
  }

  /// Removes all of a folder, or those alone whose writers are gone.
  static func removeAll(in folder: String, ofDeadWritersOnly: Bool) {
    for name in list(folder) {
      let path = "\(folder)/\(name)"
      if ofDeadWritersOnly { removeIfDead(path) } else { _ = path.withPath { unlink($0) } }
    }
  }

  /// Makes a temporary file this process's own.
  ///
  /// - Returns: false where somebody took it for a leftover in the moment before.
  static func claim(_ descriptor: Int32) -> Bool {
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { return false }
    var status = stat()
    return fstat(descriptor, &status) != 0 || status.st_nlink > 0
  }

  private static func removeIfDead(_ path: String) {
    let flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    let descriptor = path.withPath { open($0, flags) }
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno != EWOULDBLOCK else { return }
      // A file system without locks: a temporary file lives for moments only.
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { return }
      #if canImport(Darwin)
        let modified = status.st_mtimespec.tv_sec
      #else
        let modified = status.st_mtim.tv_sec
      #endif
      guard time(nil) - modified >= 60 else { return }
    }
    _ = path.withPath { unlink($0) }
  }

  /// `.NAME.tmp-PROCESS-NUMBER`, as `AtomicFile` makes them.
  private static func list(_ folder: String) -> [String] {
    folderEntries(folder).filter { name in
      let ending = name.parts(between: ".", omittingEmpty: false).last ?? ""
      let words = ending.parts(between: "-", omittingEmpty: false)
      return name.hasPrefix(".") && words.count == 3 && words[0] == "tmp"
        && words.dropFirst().allSatisfy({ Int($0) != nil })
    }
  }

  /// NAME of `.NAME.tmp-PROCESS-NUMBER`.
  private static func stemOf(_ name: String) -> String {
    name.parts(between: ".", omittingEmpty: false).dropFirst().dropLast().joined(separator: ".")
  }
}
