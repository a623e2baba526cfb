// CommandWords - the words of the command line, also where /proc is not mounted.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  @preconcurrency import Darwin
#endif

/// The words that the program was started with.
///
/// On Linux the runtime reads them from /proc, and has none where that is not mounted. They stand on
/// the first thread's stack all the same, below the environment: their number, the words, a nil,
/// the environment.
enum CommandWords {
  /// The words as the system passed them, the program's name first.
  ///
  /// To be asked for before anything else, because the environment moves when it is changed.
  // safety: made once, and nobody writes to the words.
  nonisolated(unsafe) static let pointers: [UnsafeMutablePointer<CChar>] = {
    let known = (0..<Int(CommandLine.argc)).compactMap { CommandLine.unsafeArgv[$0] }
    return known.isEmpty ? onStack : known
  }()

  /// The words as text.
  static var all: [String] { pointers.map { String(cString: $0) } }

  private static var onStack: [UnsafeMutablePointer<CChar>] {
    #if os(Linux)
      var place = environ - 1
      guard place.pointee == nil else { return [] }
      // No pointer is as small a number as a count of words, so the first that is one is theirs.
      for count in 0..<1 << 20 {
        place -= 1
        if UInt(bitPattern: place.pointee) == UInt(count) {
          return (0..<count).compactMap { place[1 + $0] }
        }
      }
    #endif
    return []
  }
}
