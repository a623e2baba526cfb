// FolderLock - one process at a time in a run folder or a cache.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why a folder cannot be worked in.
package enum LockError: DiagnosticError, Equatable {
  /// Another process holds the folder; its id where the lock file tells it.
  case held(folder: String, process: Int?)

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .held(let folder, let process):
      Diagnostic(
        "folder.locked",
        "another process\(process.map { " (\($0))" } ?? "") is working in \(folder)",
        hint: "wait until it has finished, or choose another folder")
    }
  }
}

/// A lock on a folder that the system takes back when its process ends, however it ends.
///
/// `flock` on the file `.lock` inside the folder, which also holds the owner's process id for the
/// message that a second process gets. Processes that share work (`shared`) do not exclude each
/// other, but they and an `exclusive` one do. File systems without `flock` are not protected.
package final class FolderLock: Sendable {
  /// Who else may hold the lock at the same time.
  package enum Mode: Sendable {
    /// Nobody.
    case exclusive
    /// Others that share the work too.
    case shared
  }

  private let path: String
  private let descriptor = Atomic<Int32>(-1)

  /// Locks a folder that exists.
  ///
  /// - Parameters:
  ///   - folder: the folder.
  ///   - mode: who else may hold it.
  ///   - name: the lock file's name, for several locks in one folder.
  /// - Throws: `FileError` around `LockError.held`, at once, when another process has it, and around
  ///   `FileAccessError` when the lock file cannot be made.
  package init(_ folder: String, _ mode: Mode = .exclusive, name: String = ".lock") throws {
    path = "\(folder)/\(name)"
    var held: Int32 = -1
    let wanted = (mode == .exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB
    for _ in 0..<100 {
      let opened = path.withPath { open($0, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666) }
      guard opened >= 0 else {
        throw FileError(file: folder, cause: FileAccessError.writing("lock", errno))
      }
      if flock(opened, wanted) != 0, errno == EWOULDBLOCK {
        let process = Self.owner(opened)
        close(opened)
        throw FileError(file: folder, cause: LockError.held(folder: folder, process: process))
      }
      // The owner before may have removed the file between our open and our lock.
      var (mine, current) = (stat(), stat())
      if fstat(opened, &mine) == 0, path.withPath({ stat($0, &current) }) == 0,
        mine.st_ino == current.st_ino, mine.st_dev == current.st_dev
      {
        held = opened
        break
      }
      close(opened)
    }
    guard held >= 0 else {
      throw FileError(file: folder, cause: LockError.held(folder: folder, process: nil))
    }
    let text = Array("\(getpid())\n".utf8)
    ftruncate(held, 0)
    _ = text.withUnsafeBytes { pwrite(held, $0.baseAddress, $0.count, 0) }
    descriptor.store(held, ordering: .relaxed)
  }

  /// Gives the folder back; done by itself when the lock goes away.
  package func release() {
    let held = descriptor.exchange(-1, ordering: .relaxed)
    guard held >= 0 else { return }
    // Only the last holder removes the file; a shared holder that is not alone leaves it.
    if flock(held, LOCK_EX | LOCK_NB) == 0 { _ = path.withPath { unlink($0) } }
    close(held)
  }

  deinit { release() }

  /// Throws `FileError` around `LockError.held` when another process holds the folder exclusively;
  /// takes nothing.
  package static func check(_ folder: String, name: String = ".lock") throws {
    let opened = "\(folder)/\(name)".withPath { open($0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) }
    guard opened >= 0 else { return }
    defer { close(opened) }
    if flock(opened, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK {
      throw FileError(
        file: folder, cause: LockError.held(folder: folder, process: owner(opened)))
    }
  }

  private static func owner(_ descriptor: Int32) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 20)
    // A lock that is a moment old may not have its owner's id yet.
    for _ in 0..<50 {
      let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
      if count > 0 {
        let digits = bytes.prefix(count).prefix { (0x30...0x39).contains($0) }
        return Int(String(decoding: digits, as: UTF8.self))
      }
      usleep(1000)
    }
    return nil
  }
}
