// CommandWordsTests - a system without /proc.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTSupport
import Testing

@Suite struct CommandWordsTests {
  private static let model = Fixtures.path("mini/clip.safetensors")
  private static let image = Fixtures.path("mini/images/test/000001.jpg")

  /// Runs a line of the shell where /proc is an empty folder; nil where that cannot be made here.
  private func withoutProc(_ line: String) throws -> Outcome? {
    let empty = "unshare -m sh -c 'mount -t tmpfs none /proc && test ! -e /proc/self && \(line)'"
    guard try Program.shell("unshare -m mount -t tmpfs none /proc").code == 0 else { return nil }
    return try Program.shell(empty)
  }

  @Test("without /proc the words of the command line are there, and their bytes")
  func words() throws {
    let folder = try TemporaryFolder()
    let lines = [
      "$LMPT --version", "$LMPT tokenize \"a dog\" \"\" --json",
      "$LMPT pixels \(Self.image) --stage decoded --output \(folder.path)/x.npy",
      "env -i $LMPT inspect \(Self.model) --json",
      // Found through PATH, as a shell finds it; the fixtures stand above the program then.
      "cd / && env -u LMPT_FIXTURES PATH=${LMPT%/*}:$PATH lmpt data stats --dataset mini --json",
    ]
    for line in lines {
      let plain = try Program.shell(line)
      guard let bare = try withoutProc(line) else { return }
      #expect(plain.code == 0 && bare.code == 0, "\(line): \(bare.errors)")
      #expect(bare.output == plain.output, "\(line)")
    }
    // Also in what a run keeps of its command line.
    let data = try TinyData()
    let words = data.train("run", ["--epochs", "1", "--cseloss", "none"]) + ["--n-ctx", "4"]
    let run = try #require(try withoutProc("$LMPT " + words.joined(separator: " ")))
    #expect(run.code == 0, "\(run.errors)")
    let kept = try JSON.read(data.path("run/environment.json"))["command"]?.array
    #expect(kept?.compactMap(\.string) == ["lmpt"] + words)
  }
}
