// AtomicFileTests - full disks and folders that may not be written: told, nothing harmed.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@Suite("outputs that cannot be written", .serialized)
struct AtomicFileTests {
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
