// GrowingFile - a file that a long job adds to, cut back to what was noted when the job goes on.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that grows at its end.
///
/// A killed job may leave a part of its last addition. Whoever opens the file again says how many bytes
/// count, as noted elsewhere after `flush`; what stands behind them is cut off.
package final class GrowingFile {
  /// The file.
  package let path: String
  /// Bytes so far.
  package private(set) var count: Int
  private let descriptor: Int32

  /// Opens or makes a file.
  ///
  /// - Parameters:
  ///   - path: where it is.
  ///   - kept: how many of its bytes count; 0 begins it anew.
  /// - Throws: `FileError` around `FileAccessError`: `missing` when it has fewer bytes.
  package init(_ path: String, keeping kept: Int = 0) throws {
    self.path = path
    count = kept
    descriptor = try inFile(path) {
      let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK
      let descriptor = path.withPath { open($0, flags, 0o666) }
      guard descriptor >= 0 else { throw FileAccessError.writing("open", errno) }
      do {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
          throw FileAccessError.notRegular
        }
        guard status.st_size >= off_t(kept) else { throw FileAccessError.changed }
        guard ftruncate(descriptor, off_t(kept)) == 0 else {
          throw FileAccessError.writing("truncate", errno)
        }
        guard lseek(descriptor, off_t(kept), SEEK_SET) == off_t(kept) else {
          throw FileAccessError.writing("seek", errno)
        }
      } catch {
        close(descriptor)
        throw error
      }
      return descriptor
    }
  }

  deinit { close(descriptor) }

  /// Adds bytes.
  package func append(_ bytes: UnsafeRawBufferPointer) throws {
    try inFile(path) {
      var sink = AtomicFile.Sink(descriptor: descriptor)
      try sink.write(bytes)
    }
    count += bytes.count
  }

  /// Adds bytes.
  package func append(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try append($0) } }

  /// Writes over the first bytes.
  ///
  /// - Parameter bytes: no more than there are.
  /// - Throws: `FileError` around `FileAccessError`.
  package func overwriteStart(_ bytes: [UInt8]) throws {
    try inFile(path) {
      var done = 0
      while done < bytes.count {
        let written = bytes.withUnsafeBytes {
          pwrite(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done, off_t(done))
        }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { throw FileAccessError.writing("write", errno) }
        done += written
      }
    }
  }

  /// Returns when all bytes are on the disk.
  package func flush() throws {
    try inFile(path) {
      guard fsync(descriptor) == 0 else { throw FileAccessError.writing("fsync", errno) }
    }
  }
}
