// Requirement - preconditions that say what was wrong in optimised builds, too.
// SPDX-License-Identifier: Apache-2.0

/// Ends the program with a message unless the condition holds.
///
/// The standard library's `precondition` drops its message where code is optimised, and these
/// libraries are in every configuration. For mistakes in a program; what comes from files and users
/// is an error that is thrown.
@inlinable @inline(__always)
package func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  if !condition { fatalError(message(), file: file, line: line) }
}
