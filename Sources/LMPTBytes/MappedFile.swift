// MappedFile - a file's bytes without copying them.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A read-only, private memory mapping of a whole file.
///
/// Pages are read when they are touched, so opening costs the same for any size. The mapping lives
/// as long as the object; whoever keeps a pointer into `bytes` must keep the object. To use the
/// bytes only once, `withBytes` does that: `MappedFile(path: p).bytes` on its own would be unmapped
/// before it is read.
///
/// For weights alone. Not promised: a file that another process shortens while it is mapped ends
/// this process (`SIGBUS`), as with every memory-mapped reader. Our own writer renames, so it never
/// does that; what can be read whole is (``FileBytes``).
package final class MappedFile: @unchecked Sendable {
  /// The file's bytes; empty for an empty file.
  package let bytes: UnsafeRawBufferPointer
  /// The path as it was given.
  package let path: String

  /// Maps a file.
  ///
  /// - Parameter path: a regular file, or a symbolic link to one.
  /// - Throws: `FileError` around `FileAccessError` when the file is missing, unreadable, a folder,
  ///   a pipe or a device.
  package init(path: String) throws {
    self.path = path
    do {
      bytes = try MappedFile.map(path)
    } catch {
      throw FileError(file: path, cause: error)
    }
  }

  /// Calls `body` with the bytes while the mapping is certain to live.
  package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try withExtendedLifetime(self) { try body(bytes) }
  }

  /// Gives the physical memory of some of the bytes back to the system; the next read of them comes
  /// from the file again.
  ///
  /// - Parameter part: bytes inside ``bytes``; only whole pages of it are given back.
  package func giveBack(_ part: UnsafeRawBufferPointer) {
    guard let start = part.baseAddress, let first = bytes.baseAddress, start >= first,
      start + part.count <= first + bytes.count
    else { return }
    let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
    let from = (UInt(bitPattern: start) + page - 1) / page * page
    let to = (UInt(bitPattern: start) + UInt(part.count)) / page * page
    guard to > from, let address = UnsafeMutableRawPointer(bitPattern: from) else { return }
    // safety: a read-only private mapping has no changes that could be lost.
    madvise(address, Int(to - from), Int32(MADV_DONTNEED))
  }

  private static func map(_ path: String) throws(FileAccessError) -> UnsafeRawBufferPointer {
    let (descriptor, status) = try openRegular(path)
    defer { close(descriptor) }
    let count = Int(status.st_size)
    guard count > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address, address != MAP_FAILED else { throw .reading("mmap", errno) }
    return UnsafeRawBufferPointer(start: address, count: count)
  }

  deinit {
    // safety: exactly the range that `map` returned; nobody may hold `bytes` beyond this object.
    if let start = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }
}
