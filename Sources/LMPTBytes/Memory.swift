// Memory - whether there is as much as a file asks for.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// There is less memory than the work needs.
package enum MemoryError: DiagnosticError, Equatable {
  /// The system gives no such block.
  case short(bytes: Int)

  /// Code, what is wrong and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .short(let bytes):
      Diagnostic(
        "memory.short", "the system does not give the \(bytes) bytes of memory that this takes",
        hint: "end other programs, raise the limit on memory ('ulimit -v'), or use fewer threads")
    }
  }
}

/// Throws unless the system has a block of so many bytes to give.
///
/// An array that gets no memory ends the program with the runtime's message. Where a file decides how
/// large one becomes, this is asked first.
///
/// - Parameter bytes: the size; small ones are taken for granted.
/// - Throws: `MemoryError.short`.
package func requireMemory(_ bytes: Int) throws(MemoryError) {
  guard bytes >= 1 << 20 else { return }
  // Not malloc and free, a pair that the optimiser takes out.
  let block = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
  guard let block, block != MAP_FAILED else { throw .short(bytes: bytes) }
  munmap(block, bytes)
}
