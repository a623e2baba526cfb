// DetachedThread - starts a thread that nobody waits for, on every C library.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A closure that a C function can carry.
private final class Carried {
  let body: () -> Void

  init(_ body: @escaping () -> Void) { self.body = body }
}

/// Runs `body` on a thread of its own.
///
/// `.ci/portability` compiles this file against musl's declarations.
///
/// - Returns: false where the system has no thread to give; `body` does not run then.
package func startDetachedThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  let argument = Unmanaged.passRetained(Carried(body)).toOpaque()
  // The thread is a number in glibc, a pointer in musl and on Darwin.
  #if canImport(Glibc) && !canImport(Musl)
    var thread = pthread_t()
  #else
    var thread: pthread_t?
  #endif
  #if canImport(Musl) || canImport(Glibc)
    let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
      if let raw = $0 { Unmanaged<Carried>.fromOpaque(raw).takeRetainedValue().body() }
      return nil
    }
  #else
    let entry: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = {
      Unmanaged<Carried>.fromOpaque($0).takeRetainedValue().body()
      return nil
    }
  #endif
  guard pthread_create(&thread, nil, entry, argument) == 0 else {
    Unmanaged<Carried>.fromOpaque(argument).release()
    return false
  }
  #if canImport(Glibc) && !canImport(Musl)
    pthread_detach(thread)
  #else
    if let thread { pthread_detach(thread) }
  #endif
  return true
}
