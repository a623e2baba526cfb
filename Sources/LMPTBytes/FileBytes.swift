// FileBytes - a small file's bytes, read into memory.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// All bytes of a file, read at once: pictures, lists, annotations, descriptions.
///
/// Unlike a mapping they cannot be taken away: a file that another process shortens or rewrites
/// while it is read is the whole file or an error, never a signal. Weights, which are large and used
/// in part, are mapped (``MappedFile``).
package final class FileBytes: @unchecked Sendable {
  /// The file's bytes; empty for an empty file.
  package let bytes: UnsafeRawBufferPointer
  /// The path as it was given.
  package let path: String

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: a regular file, or a symbolic link to one.
  ///   - limits: `readBytes` applies.
  /// - Throws: `FileError` around `FileAccessError` when the file is missing, unreadable, a folder,
  ///   a pipe or a device, too large to be read whole, or changed while it was read.
  package init(path: String, limits: Limits = .default) throws {
    self.path = path
    do {
      bytes = try FileBytes.read(path, limit: limits.readBytes)
    } catch {
      throw FileError(file: path, cause: error)
    }
  }

  /// The first bytes of a file, `count` of them or as many as it has: enough to tell what it is.
  ///
  /// - Throws: as `init(path:limits:)`.
  package static func head(_ path: String, _ count: Int) throws -> [UInt8] {
    try inFile(path) {
      let (descriptor, _) = try openRegular(path)
      defer { close(descriptor) }
      var failed: Int32?
      let head = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        let got = pread(descriptor, buffer.baseAddress, count, 0)
        if got < 0 { failed = errno }
        filled = max(got, 0)
      }
      if let failed { throw FileAccessError.reading("read", failed) }
      return head
    }
  }

  /// Calls `body` with the bytes while they are certain to live.
  package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try withExtendedLifetime(self) { try body(bytes) }
  }

  private static func read(
    _ path: String, limit: Int
  ) throws(FileAccessError) -> UnsafeRawBufferPointer {
    let (descriptor, before) = try openRegular(path)
    defer { close(descriptor) }
    let count = Int(before.st_size)
    guard count <= limit else { throw .tooLarge(found: count, limit: limit) }
    // One byte more than there should be, to see that the file ends there.
    guard let target = malloc(count + 1) else { throw .system(operation: "read", number: ENOMEM) }
    var filled = 0
    var failure: FileAccessError?
    while failure == nil {
      #if canImport(Darwin)
        let got = Darwin.read(descriptor, target + filled, count + 1 - filled)
      #elseif canImport(Musl)
        let got = Musl.read(descriptor, target + filled, count + 1 - filled)
      #else
        let got = Glibc.read(descriptor, target + filled, count + 1 - filled)
      #endif
      if got < 0, errno == EINTR { continue }
      if got < 0 { failure = .reading("read", errno) }
      if got == 0 || filled + got > count { break }
      filled += got
    }
    var after = stat()
    if failure == nil, fstat(descriptor, &after) != 0 { failure = .reading("stat", errno) }
    if failure == nil, filled != count || !isSame(before, after) { failure = .changed }
    if let failure {
      free(target)
      throw failure
    }
    return UnsafeRawBufferPointer(start: target, count: count)
  }

  /// Whether nobody wrote between two looks at a file, as far as the file system tells.
  private static func isSame(_ a: stat, _ b: stat) -> Bool {
    #if canImport(Darwin)
      let (x, y) = (a.st_mtimespec, b.st_mtimespec)
    #else
      let (x, y) = (a.st_mtim, b.st_mtim)
    #endif
    return a.st_size == b.st_size && x.tv_sec == y.tv_sec && x.tv_nsec == y.tv_nsec
  }

  deinit {
    // safety: what `read` allocated; nobody may hold `bytes` beyond this object.
    free(UnsafeMutableRawPointer(mutating: bytes.baseAddress))
  }
}

/// Opens a regular file for reading.
///
/// - Returns: the descriptor, which the caller closes, and what is known of the file.
func openRegular(_ path: String) throws(FileAccessError) -> (Int32, stat) {
  guard !path.isEmpty, !path.utf8.contains(0) else { throw .badPath }
  // because opening a pipe without O_NONBLOCK would wait for a writer.
  let descriptor = path.withPath { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
  guard descriptor >= 0 else { throw .reading("open", errno) }
  var status = stat()
  var failure: FileAccessError?
  if fstat(descriptor, &status) != 0 { failure = .reading("stat", errno) }
  switch status.st_mode & S_IFMT {
  case S_IFREG: break
  case S_IFDIR: failure = failure ?? .isFolder
  default: failure = failure ?? .notRegular
  }
  if let failure {
    close(descriptor)
    throw failure
  }
  return (descriptor, status)
}
