// AppendFile - adds to the end of a file, for logs that grow while a job goes on.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Appends bytes to a file, which is made when there is none.
///
/// Unlike `AtomicFile`, a crash may leave a part of the bytes; whoever reads such a file again has
/// to know what should be in it.
///
/// - Parameters:
///   - bytes: what to add.
///   - path: the file.
/// - Throws: `FileError` around `FileAccessError`, for instance `diskFull`.
package func appendToFile(_ bytes: [UInt8], at path: String) throws {
  try inFile(path) {
    // Not blocking, because a pipe without a reader would hold the program for ever.
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK
    let descriptor = path.withPath { open($0, flags, 0o666) }
    guard descriptor >= 0 else {
      throw errno == ENXIO ? FileAccessError.notRegular : FileAccessError.writing("open", errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw FileAccessError.notRegular
    }
    var sink = AtomicFile.Sink(descriptor: descriptor)
    try sink.write(bytes)
  }
}
