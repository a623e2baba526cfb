// OutputTests - full disks, folders that may not be written, closed ends: told, nothing harmed.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@Suite("outputs that cannot be written", .serialized)
struct OutputTests {
  private static let weights = Fixtures.path("weights/safetensors/every-dtype.safetensors")

  /// Command lines that write one file, each as shell words before the file's name.
  private static let writers: [(words: String, name: String)] = {
    let image = Fixtures.path("mini/images/test/000001.jpg")
    let model = Fixtures.path("mini/clip.safetensors")
    return [
      ("$LMPT convert \(model)", "out.safetensors"), ("$LMPT convert \(model)", "out.pt"),
      ("$LMPT convert \(model)", "out.npz"),
      ("$LMPT pixels \(image) --stage decoded --output", "out.npy"),
      ("$LMPT pixels \(image) --stage input --output", "out.npy"),
      ("$LMPT encode --weights \(model) --image \(image) \(image) \(image) --output", "out.npy"),
    ]
  }()

  /// An earlier result that must survive whatever happens.
  private func earlier(_ folder: TemporaryFolder, _ name: String) throws -> String {
    try folder.write(name, "an earlier result")
  }

  private func expectUntouched(_ folder: TemporaryFolder, _ name: String) throws {
    #expect(try folder.files == [name])
    #expect(
      try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8) == "an earlier result")
  }

  @Test("a file-size limit, as a full disk", arguments: writers.indices)
  func sizeLimit(index: Int) throws {
    let (words, name) = Self.writers[index]
    let folder = try TemporaryFolder()
    let path = try earlier(folder, name)
    // 512 bytes: the smallest limit that a shell can set.
    let outcome = try Program.shell("ulimit -f 1; \(words) \(path)")
    #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains("\(path): no space is left for the file"), "\(outcome.errors)")
    try expectUntouched(folder, name)
  }

  @Test("a folder that is not there", arguments: writers.indices)
  func noFolder(index: Int) throws {
    let (words, name) = Self.writers[index]
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/missing/\(name)"
    let outcome = try Program.shell("\(words) \(path)")
    #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains("\(path): the folder that should hold the file does not exist"))
    #expect(try folder.files.isEmpty)
  }

  @Test("a folder and a device in the file's place")
  func notAFile() throws {
    let folder = try TemporaryFolder()
    let inside = "\(folder.path)/out.safetensors"
    try FileManager.default.createDirectory(atPath: inside, withIntermediateDirectories: true)
    let first = try Program.shell("$LMPT convert \(Self.weights) \(inside)")
    #expect(first.code == 3 && first.errors.contains("this is a folder, not a file"))
    let second = try Program.shell(
      "ln -s /dev/full \(folder.path)/full.npz; $LMPT convert \(Self.weights) \(folder.path)/full.npz"
    )
    #expect(second.code == 3 && second.errors.contains("not a file on disk"), "\(second.errors)")
  }

  @Test("a folder without write permission, for a user that is not the system's")
  func permission() throws {
    let folder = try TemporaryFolder()
    let path = try earlier(folder, "out.npz")
    // The system's user may write anywhere, so the line is run as another where that is possible.
    let isRoot = geteuid() == 0
    let user = "setpriv --reuid=65534 --regid=65534 --clear-groups"
    if isRoot, try Program.shell("\(user) $LMPT --version").code != 0 { return }
    let prefix = isRoot ? "\(user) " : ""
    let source = "\(NSTemporaryDirectory())lmpt-readable-\(UUID().uuidString).safetensors"
    try FileManager.default.copyItem(atPath: Self.weights, toPath: source)
    defer { try? FileManager.default.removeItem(atPath: source) }

    chmod(folder.path, 0o555)
    chmod(path, 0o444)
    defer { chmod(folder.path, 0o755) }
    for target in ["out.npz", "new.npz"] {
      let outcome = try Program.shell(
        "cd /; \(prefix)$LMPT convert \(source) \(folder.path)/\(target)")
      #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains("the file may not be written"), "\(outcome.errors)")
    }
    let run = try Program.shell(
      "cd /; \(prefix)$LMPT train --dataset mini --out \(folder.path)/run --epochs 1 --quiet")
    #expect(run.code == 3 && run.errors.contains("the folder cannot be made"), "\(run.errors)")
    try expectUntouched(folder, "out.npz")

    chmod(source, 0o000)
    let unreadable = try Program.shell("cd /; \(prefix)$LMPT inspect \(source)")
    #expect(unreadable.code == 3)
    #expect(unreadable.errors.contains("the file may not be read"), "\(unreadable.errors)")
  }

  @Test("a file system that is read-only")
  func readOnly() throws {
    // /sys takes no files from anybody; a machine without it has nothing to test here.
    guard FileManager.default.fileExists(atPath: "/sys") else { return }
    let file = try Program.shell("$LMPT convert \(Self.weights) /sys/out.npz")
    #expect(file.code == 3 && file.errorLines.count == 1, "\(file.errors)")
    #expect(file.errors.contains("/sys/out.npz: the file may not be written"), "\(file.errors)")
    let run = try Program.shell("$LMPT train --dataset mini --out /sys/run --epochs 1 --quiet")
    #expect(run.code == 3 && run.errors.contains("/sys/run"), "\(run.errors)")
  }

  @Test("a training run whose disk fills up keeps its last checkpoint")
  func training() throws {
    let data = try TinyData()
    #expect(try Program.run(["features"] + data.source + ["--quiet"]).code == 0)
    // Adam's checkpoint is larger than the first one would be allowed to be: a limit of 64 KiB
    // lets the configuration through and stops the checkpoint.
    let words = data.train("run", ["--epochs", "2", "--optimizer", "adam", "--json"])
    let line = words.map { "'\($0)'" }.joined(separator: " ")
    let full = try Program.shell("ulimit -f 128; $LMPT \(line)")
    #expect(full.code == 3 && full.errorLines.count == 1, "\(full.errors)")
    #expect(full.errors.contains("checkpoint.safetensors: no space is left"), "\(full.errors)")
    #expect(try full.json["error"]?["code"]?.string == "file.disk-full")
    #expect(!FileManager.default.fileExists(atPath: data.path("run")), "half a run was left")

    // The same after an epoch that was saved: the checkpoint stays, and the run can go on.
    let first = try RunningProgram(
      data.train("run", ["--epochs", "200", "--optimizer", "adam"]))
    while first.isRunning, (try epochs(of: data.path("run")) ?? 0) < 1 { usleep(500) }
    first.send(SIGINT)
    #expect(first.wait().code == 130)
    let checkpoint = data.path("run/checkpoint.safetensors")
    let saved = try Data(contentsOf: URL(fileURLWithPath: checkpoint))
    let again = data.train("run", ["--epochs", "200", "--optimizer", "adam", "--resume"])
    let second = try Program.shell(
      "ulimit -f 128; $LMPT " + again.map { "'\($0)'" }.joined(separator: " "))
    #expect(second.code == 3 && second.errors.contains("no space is left"), "\(second.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: checkpoint)) == saved)
    #expect(isIntact(checkpoint))
  }

  @Test("a cache whose disk fills up keeps its blocks")
  func cache() throws {
    let data = try TinyData()
    let line = (["features"] + data.source + ["--quiet"]).map { "'\($0)'" }.joined(separator: " ")
    let full = try Program.shell("ulimit -f 8; $LMPT \(line)")
    #expect(full.code == 3 && full.errorLines.count == 1, "\(full.errors)")
    #expect(full.errors.contains("no space is left"), "\(full.errors)")
    let left = (FileManager.default.subpaths(atPath: data.path("cache")) ?? [])
      .filter { $0.contains(".safetensors") || $0.contains(".lock") }
    #expect(left.isEmpty, "\(left)")
    #expect(try Program.shell("$LMPT \(line)").code == 0)
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

  @Test("SIGKILL in the middle of writing leaves the earlier file or the new one")
  func killedWriters() throws {
    let folder = try TemporaryFolder()
    let model = Fixtures.path("mini/clip.safetensors")
    let path = "\(folder.path)/out.pt"
    #expect(try Program.run(["convert", model, path]).code == 0)
    let new = try Data(contentsOf: URL(fileURLWithPath: path))
    let old = Data("an earlier result".utf8)
    var dice = Dice(state: 3)
    for _ in 0..<20 {
      try old.write(to: URL(fileURLWithPath: path))
      let program = try RunningProgram(["convert", model, path])
      usleep(UInt32(dice.next(250) * 1000))
      program.send(SIGKILL)
      _ = program.wait()
      let found = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(found == old || found == new, "\(found.count) bytes")
    }
  }
}
