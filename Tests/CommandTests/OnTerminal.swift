// OnTerminal - runs a command whose standard output is a terminal.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Standard output of a command whose standard output is a terminal.
func onTerminal(_ words: [String], _ environment: [String: String] = [:]) throws -> String {
  var (main, other): (Int32, Int32) = (0, 0)
  try #require(openpty(&main, &other, nil, nil, nil) == 0)
  let process = Process()
  process.executableURL = URL(fileURLWithPath: Program.path)
  process.arguments = words
  process.environment = ["PATH": "/usr/bin:/bin", "HOME": NSTemporaryDirectory()]
    .merging(environment) { _, new in new }
  process.standardOutput = FileHandle(fileDescriptor: other)
  process.standardError = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  // What is printed here is far less than a terminal's buffer holds.
  _ = fcntl(main, F_SETFL, fcntl(main, F_GETFL) | O_NONBLOCK)
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  let count = read(main, &buffer, buffer.count)
  close(other)
  close(main)
  return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
}
