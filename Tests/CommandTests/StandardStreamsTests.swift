// StandardStreamsTests - a reader that goes away, and streams that are full, closed or a folder.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@Suite("standard streams", .serialized)
struct StandardStreamsTests {
  private static let weights = Fixtures.path("weights/safetensors/every-dtype.safetensors")

  @Test("a closed pipe ends the program quietly")
  func closedPipe() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", "'\(Program.path)' man | head -n 1"]
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    process.waitUntilExit()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    #expect(String(decoding: text, as: UTF8.self).split(separator: "\n").count == 1)
    #expect(errors.fileHandleForReading.readDataToEndOfFile().isEmpty)
  }

  @Test("standard output on a full disk or closed is told; a closed pipe ends quietly")
  func standardOutput() throws {
    for words in ["tokenize 'a dog'", "inspect \(Self.weights)", "tokenize 'a dog' --json"] {
      let full = try Program.shell("$LMPT \(words) > /dev/full")
      #expect(full.code == 3 && full.errorLines.count == 1, "\(words): \(full.errors)")
      #expect(full.errors.contains("standard output: no space is left"), "\(full.errors)")
      let closed = try Program.shell("$LMPT \(words) >&-")
      #expect(closed.code == 3 && closed.errorLines.count == 1, "\(words): \(closed.errors)")
      #expect(closed.errors.contains("standard output"), "\(closed.errors)")
      let quiet = try Program.shell("{ $LMPT \(words); echo $? >&2; } | true")
      #expect(quiet.errors == "141\n" || quiet.errors == "0\n", "\(quiet.errors)")
    }
    // What is printed never lands in a file that got the number of a closed stream.
    let folder = try TemporaryFolder()
    let plain = "\(folder.path)/plain.npz"
    let other = "\(folder.path)/other.npz"
    #expect(try Program.shell("$LMPT convert \(Self.weights) \(plain) --json").code == 0)
    _ = try Program.shell("$LMPT convert \(Self.weights) \(other) --json <&- >&- 2>&-")
    let contents = try [plain, other].map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    #expect(contents[0] == contents[1])
  }

  @Test("standard error closed or full stops no work; standard input may be closed or a folder")
  func otherStreams() throws {
    for redirection in ["2>&-", "2>/dev/full"] {
      let outcome = try Program.shell(
        "$LMPT zeroshot --dataset mini --json \(redirection)")
      #expect(outcome.code == 0 && outcome.output.contains("\"map\""))
    }
    let closed = try Program.shell("$LMPT tokenize --lines - --json <&-")
    #expect(closed.code == 0 && closed.output.isEmpty, "\(closed.errors)")
    let folder = try Program.shell("$LMPT tokenize --lines - --json < /tmp")
    #expect(folder.code == 3 && folder.errors.contains("standard input: this is a folder"))
  }

  @Test("an interrupted command prints the error object with --json, and one line in any case")
  func interrupted() throws {
    for (words, object) in [
      (["--json"], #"{"error":{"code":"run.interrupted","message":"interrupted"}}"# + "\n"),
      ([], ""),
    ] {
      // It waits for its texts until it is interrupted.
      let texts = Pipe()
      let program = try RunningProgram(["tokenize", "--lines", "-"] + words, input: texts)
      usleep(2_000_000)
      program.send(SIGINT)
      let outcome = withExtendedLifetime(texts) { program.wait() }
      #expect(outcome.code == 130 && outcome.errors == "lmpt: interrupted\n", "\(outcome.code)")
      #expect(outcome.output == object)
    }
  }
}
