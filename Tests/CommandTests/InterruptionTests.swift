// InterruptionTests - a program whose parent has blocked the signals that stop it.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct InterruptionTests {
  @Test("started with SIGINT and SIGTERM blocked, a run is stopped by each, its epochs are kept")
  func blocked() throws {
    let data = try TinyData()
    for number in [SIGTERM, SIGINT] {
      let run = "run-\(number)"
      let words = data.train(run, ["--method", "linear-probe", "--epochs", "100000"])
      let errors = data.path("errors-\(number)")
      let id = try startBlocking([SIGINT, SIGTERM], words, errors: errors)
      // It handles signals before it opens its data, so at its first checkpoint it does.
      let hasSaved = try within(60, try epochs(of: data.path(run)) != nil)
      #expect(hasSaved)
      kill(id, number)
      var status: Int32 = 0
      let hasEnded = within(10, waitpid(id, &status, WNOHANG) == id)
      if !hasEnded {
        kill(id, SIGKILL)
        waitpid(id, &status, 0)
      }
      #expect(hasEnded, "signal \(number) did not stop it")
      // Its own exit with code 130, as the lower bits of zero say, and no death by a signal.
      #expect(status == 130 << 8, "signal \(number): status \(status)")
      let told = try String(contentsOfFile: errors, encoding: .utf8)
      #expect(told.split(separator: "\n").count == 1 && told.contains("--resume"), "\(told)")
      #expect(isIntact("\(data.path(run))/checkpoint.safetensors"))
    }
  }

  /// Starts the program with signals blocked; its standard error goes into a file.
  private func startBlocking(
    _ signals: [Int32], _ words: [String], errors: String
  ) throws -> pid_t {
    #if canImport(Darwin)
      var (attributes, actions): (posix_spawnattr_t?, posix_spawn_file_actions_t?)
    #else
      var (attributes, actions) = (posix_spawnattr_t(), posix_spawn_file_actions_t())
    #endif
    posix_spawnattr_init(&attributes)
    posix_spawn_file_actions_init(&actions)
    defer {
      posix_spawnattr_destroy(&attributes)
      posix_spawn_file_actions_destroy(&actions)
    }
    var mask = sigset_t()
    sigemptyset(&mask)
    for number in signals { sigaddset(&mask, number) }
    posix_spawnattr_setsigmask(&attributes, &mask)
    // Not ignored, as they are for what a script starts in its background.
    posix_spawnattr_setsigdefault(&attributes, &mask)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT, 0o600)
    var arguments = ([Program.path] + words).map { strdup($0) } + [nil]
    var variables = Program.variables().map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (arguments + variables).forEach { free($0) } }
    var id: pid_t = 0
    let failed = posix_spawn(&id, Program.path, &actions, &attributes, &arguments, &variables)
    try #require(failed == 0)
    return id
  }

  /// Whether something comes true within so many seconds.
  private func within(_ seconds: Int, _ isTrue: @autoclosure () throws -> Bool) rethrows -> Bool {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    while clock.now < end {
      if try isTrue() { return true }
      usleep(2000)
    }
    return try isTrue()
  }
}
