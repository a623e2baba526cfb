// StandardStreams - standard input, output and error, whatever the caller made of them.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  @preconcurrency import Darwin
#endif

/// The three streams of the process: full disks, closed ends and folders in their place are errors,
/// never traps, and no result is lost without a word.
enum StandardStreams {
  /// Occupies the descriptors 0, 1 and 2 where the caller closed them.
  ///
  /// Otherwise the next file that is opened gets such a number, and a message meant for the terminal
  /// would be written into it. What stands in for standard output cannot be written, so that a
  /// result without a reader is told.
  static func secure() {
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) == -1 {
      // The lowest free descriptor is taken, which is this one.
      _ = open("/dev/null", descriptor == 1 ? O_RDONLY : O_RDWR)
    }
    // The C library gives up on a full pipe that does not block; whoever made it so shares it with
    // others, and its own reads of it are not changed by the writer's end.
    let flags = fcntl(1, F_GETFL)
    if flags >= 0, flags & O_NONBLOCK != 0 { _ = fcntl(1, F_SETFL, flags & ~O_NONBLOCK) }
  }

  /// Waits until a descriptor that does not block can be used again.
  private static func wait(for descriptor: Int32, _ events: Int32) {
    var asked = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    _ = poll(&asked, 1, 1000)
  }

  /// Makes sure that everything printed has arrived.
  ///
  /// - Throws: `FileError` around `FileAccessError`, for instance when the disk is full.
  static func flush() throws {
    let before = errno  // of a write that failed while printing
    errno = 0
    guard fflush(stdout) != 0 || ferror(stdout) != 0 else { return }
    let number = errno != 0 ? errno : before
    clearerr(stdout)
    throw FileError(file: "standard output", cause: FileAccessError.writing("write", number))
  }

  /// Writes a text to standard error; what cannot be written there is dropped.
  static func tell(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      if written < 0, errno == EAGAIN {  // a pipe that does not block, and is full
        wait(for: 2, POLLOUT)
        continue
      }
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
    }
  }

  /// All bytes of standard input.
  ///
  /// - Throws: `FileError` around `FileAccessError`, for instance when it is a folder.
  static func readAll() throws -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = buffer.withUnsafeMutableBytes { read(0, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN {
        wait(for: 0, POLLIN)
        continue
      }
      guard count >= 0 else {
        throw FileError(file: "standard input", cause: FileAccessError.reading("read", errno))
      }
      guard count > 0 else { return bytes }
      bytes += buffer.prefix(count)
    }
  }
}
