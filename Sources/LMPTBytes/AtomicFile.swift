// AtomicFile - a file appears whole or not at all.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes files so that a reader, or a crash at any moment, sees the old file or the new one.
///
/// The bytes go to a temporary file in the same folder, which is flushed to the disk, renamed over
/// the target, and the folder is flushed too. On any error the temporary file is removed and the
/// old file stays. A symbolic link at the target is followed, so the link survives. What a killed
/// process left of an earlier try is removed by the next.
package enum AtomicFile {
  /// Where the body of `write(to:_:)` puts its bytes, in order.
  package struct Sink: ~Copyable {
    fileprivate let descriptor: Int32
    /// Bytes written so far.
    package private(set) var count = 0

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Appends bytes.
    ///
    /// - Parameter bytes: what to append; only borrowed.
    /// - Throws: `FileAccessError`, for instance `diskFull`.
    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileAccessError) {
      var done = 0
      while done < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
        #if canImport(Darwin)
          let written = Darwin.write(descriptor, rest.baseAddress, min(rest.count, 1 << 30))
        #elseif canImport(Musl)
          let written = Musl.write(descriptor, rest.baseAddress, min(rest.count, 1 << 30))
        #else
          let written = Glibc.write(descriptor, rest.baseAddress, min(rest.count, 1 << 30))
        #endif
        if written < 0 {
          if errno == EINTR { continue }
          throw .writing("write", errno)
        }
        done += written
      }
      count += bytes.count
    }

    /// Appends an array of bytes.
    package mutating func write(_ bytes: [UInt8]) throws {
      try bytes.withUnsafeBytes { try write($0) }
    }
  }

  /// Writes bytes to a file, atomically.
  package static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws {
    try write(to: path) { sink in try sink.write(bytes) }
  }

  /// Writes an array of bytes to a file, atomically.
  package static func write(_ bytes: [UInt8], to path: String) throws {
    try write(to: path) { sink in try sink.write(bytes) }
  }

  /// Writes a string to a file as UTF-8, atomically.
  package static func write(_ text: String, to path: String) throws {
    try write(Array(text.utf8), to: path)
  }

  /// Writes a file piece by piece, atomically, so that large files need no buffer of their size.
  ///
  /// - Parameters:
  ///   - path: the target; it is replaced if it exists and is a regular file.
  ///   - body: writes everything to the sink; if it throws, nothing changes on the disk.
  /// - Throws: what `body` throws, or `FileError` around `FileAccessError`.
  package static func write(to path: String, _ body: (inout Sink) throws -> Void) throws {
    try inFile(path) {
      let target = try resolve(path)
      let (descriptor, temporary) = try createTemporary(beside: target)
      var isOpen = true
      do {
        var sink = Sink(descriptor: descriptor)
        try body(&sink)
        if let mode = target.mode { fchmod(descriptor, mode) }
        guard fsync(descriptor) == 0 else { throw FileAccessError.writing("fsync", errno) }
        isOpen = false
        guard close(descriptor) == 0 else { throw FileAccessError.writing("close", errno) }
        let renamed = temporary.withPath { from in target.path.withPath { rename(from, $0) } }
        guard renamed == 0 else {
          throw FileAccessError.writing("rename", errno)
        }
      } catch {
        if isOpen { close(descriptor) }
        _ = temporary.withPath { unlink($0) }
        throw error
      }
      try flushFolder(target.folder)
    }
  }

  /// Removes the temporary files that killed processes left in a folder.
  ///
  /// - Parameters:
  ///   - folder: the folder.
  ///   - shared: whether other processes may be at work there, whose files stay; otherwise the
  ///     caller holds the folder alone (`FolderLock`).
  package static func removeLeftovers(in folder: String, shared: Bool = false) {
    Leftovers.removeAll(in: folder, ofDeadWritersOnly: shared)
  }

  private struct Target {
    var path: String
    var folder: String
    var name: String
    /// Permissions of the file that is replaced.
    var mode: mode_t?
  }

  private static func resolve(_ path: String) throws(FileAccessError) -> Target {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw .badPath }
    var resolved = path
    var mode: mode_t?
    var status = stat()
    if path.withPath({ stat($0, &status) }) == 0 {
      switch status.st_mode & S_IFMT {
      case S_IFREG: mode = status.st_mode & 0o777
      case S_IFDIR: throw .isFolder
      default: throw .notRegular
      }
      guard path.withPath({ access($0, W_OK) }) == 0 else { throw .unwritable }
    }
    // Not by realpath, because a link's target need not be there yet.
    var links = 0
    while let target = linkTarget(resolved) {
      links += 1
      guard links <= 40 else { throw .system(operation: "open", number: ELOOP) }
      resolved = target.hasPrefix("/") ? target : resolved.folderPrefix + target
    }
    let folder = resolved.folderPrefix
    let name = String(resolved.unicodeScalars.dropFirst(folder.unicodeScalars.count))
    guard !name.isEmpty else { throw .isFolder }
    return Target(path: resolved, folder: folder.isEmpty ? "./" : folder, name: name, mode: mode)
  }

  /// Where a symbolic link points; nil for anything else.
  private static func linkTarget(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = path.withPath { readlink($0, &buffer, Int(PATH_MAX)) }
    return count > 0
      ? String(pathBytes: buffer[..<count].map(UInt8.init(bitPattern:))) : nil
  }

  private static let serial = Atomic<Int>(0)

  private static func createTemporary(
    beside target: Target
  ) throws(FileAccessError) -> (Int32, String) {
    // because a name near the system's limit of 255 bytes must not grow beyond it.
    let stem = String(decoding: target.name.utf8.prefix(60), as: UTF8.self)
    Leftovers.remove(of: stem, in: target.folder)
    for _ in 0..<100 {
      let number = serial.add(1, ordering: .relaxed).newValue
      let path = "\(target.folder).\(stem).tmp-\(getpid())-\(number)"
      let descriptor = path.withPath {
        open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
      }
      if descriptor >= 0, Leftovers.claim(descriptor) { return (descriptor, path) }
      if descriptor >= 0 {
        close(descriptor)
        continue
      }
      if errno != EEXIST { throw .writing("create", errno) }
    }
    throw .system(operation: "create", number: EEXIST)
  }

  /// Makes the rename itself durable.
  ///
  /// A folder that may not be read, and a file system that cannot do this, are no errors: the file is
  /// there, and nothing more is to be had. A disk that fails is one.
  package static func flushFolder(_ folder: String) throws(FileAccessError) {
    let descriptor = folder.withPath { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 || [EINVAL, ENOTSUP, EROFS, EBADF].contains(errno) else {
      throw .writing("fsync of the folder", errno)
    }
  }
}
