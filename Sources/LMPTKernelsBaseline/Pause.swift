// Pause - a moment's rest for a thread that waits in a loop.
// SPDX-License-Identifier: Apache-2.0

#if SANITIZED
  // Nothing rests in the build of the thread sanitizer.
#elseif arch(x86_64)
  @_silgen_name("llvm.x86.sse2.pause")
  private func restInstruction()
#elseif arch(arm64)
  /// Hint 1 is `yield`.
  @_silgen_name("llvm.aarch64.hint")
  private func hint(_ number: Int32)
#endif

/// The processor's instruction for waiting loops: the core's other thread gets its units, power is
/// saved, and leaving the loop costs no restart of what was guessed ahead.
///
/// `.ci/kernels` and `.ci/arm64` look for the instruction.
@inline(never)
public func rest() {
  #if SANITIZED
    return
  #elseif arch(x86_64)
    restInstruction()
  #elseif arch(arm64)
    hint(1)
  #endif
}
