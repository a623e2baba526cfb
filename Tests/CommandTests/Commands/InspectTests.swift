// InspectTests - `lmpt inspect`, and files that are not what they seem or are made to be slow.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@Suite struct InspectTests {
  @Test("the tensors of the embedded weights are listed")
  func tensors() throws {
    let outcome = try Program.run(["inspect", Fixtures.path("mini/clip.safetensors"), "--json"])
    let tensors = try #require(try outcome.json["tensors"]?.array)
    let proj = try #require(tensors.first { $0["name"]?.string == "visual.proj" })
    #expect(proj["shape"] == [128, 128])
    let elements = tensors.reduce(0) { sum, tensor in
      sum + (tensor["shape"]?.array ?? []).compactMap(\.int).reduce(1, *)
    }
    let text = try Program.run(["inspect", Fixtures.path("mini/clip.safetensors")]).output
    #expect(
      text.contains("\n\(tensors.count) tensors, \(elements) elements, safetensors\n"), "\(text)")
  }

  @Test("a file of another kind is refused by its name")
  func wrongFile() throws {
    let folder = try TemporaryFolder()
    let garbage = try folder.write("garbage.jpg", "this is not a picture")
    let outcome = try Program.run(["inspect", garbage])
    #expect(outcome.code == 3, "\(outcome.errors)")
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains("garbage.jpg"))
  }

  /// First bytes of files that are no weights, and a word of the refusal.
  private static let files: [(bytes: [UInt8], word: String)] = [
    (
      [8, 7, 0x12, 7] + Array("pytorch".utf8) + [0x1A, 5] + Array("1.9.0".utf8) + [0x3A, 0], "ONNX"
    ),
    ([8, 10, 0x3A, 4, 0x0A, 2, 0x0A, 0], "ONNX"), ([8, 8, 0x42, 2, 0x10, 17], "ONNX"),
    ([8, 1, 0x12, 9, 0x0A, 7, 0x12, 5] + Array("serve".utf8), "TensorFlow SavedModel"),
    (
      [0x0A, 0x14, 0x0A, 5] + Array("input".utf8) + [0x12, 11] + Array("Placeholder".utf8),
      "TensorFlow"
    ),
    ([0, 0, 0, 0, 1, 0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB], "TensorFlow"),
    ([0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A], "TensorFlow"),
    ([0x1C, 0, 0, 0] + Array("TFL3".utf8) + [0x14, 0], "TensorFlow Lite"),
    ([0x85, 0xAB] + Array("logit_scale".utf8) + [0xC7, 4, 1], "Flax"),
    ([0x81, 0xA6] + Array("params".utf8) + [0x82], "Flax"),
    (Array("GGUF".utf8) + [3, 0, 0, 0, 0, 0, 0, 0], "GGUF"),
    (Array("lmgg".utf8) + [1, 0, 0, 0], "ggml"), (Array("tjgg".utf8) + [3, 0, 0, 0], "ggml"),
    (
      Array("version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 605157884\n".utf8),
      "Git LFS"
    ),
    (Array("<!doctype html>\n<html lang=\"en\"><head>".utf8), "HTML"),
    (Array("\n <HTML><body>Sign in</body></HTML>".utf8), "HTML"),
    (Array("<?xml version=\"1.0\"?><html xmlns=\"x\"></html>".utf8), "HTML"),
    (Array("Entry not found".utf8), "Entry not found"),
    (Array("Invalid username or password.".utf8), "Invalid username"),
    (Array("{\"error\":\"Repository not found\"}".utf8), "Repository not found"),
    (Array("404: Not Found".utf8), "404"), ([0xFF, 0xD8, 0xFF, 0xE0], "JPEG"),
  ]

  @Test(
    "formats of others, pointers and pages are named, as weights and as arrays", arguments: files)
  func formats(file: (bytes: [UInt8], word: String)) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/model.safetensors"
    try Data(file.bytes).write(to: URL(fileURLWithPath: path))
    try expectRefused(["encode", "--weights", path, "--text", "a cat"], file.word, in: folder)
    let seen = try Program.run(["inspect", path, "--json"])
    #expect(seen.code == 3 && seen.errors.contains(file.word) && seen.errorLines.count == 1)
  }

  @Test("pointers and pages among pictures, arrays and shards")
  func standIns() throws {
    let folder = try TemporaryFolder()
    let pointer = try folder.write(
      "a.jpg", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 70000\n")
    try expectRefused(["pixels", pointer], "Git LFS", in: folder)
    try expectRefused(
      ["encode", "--weights", Fixtures.path("mini/clip.safetensors"), "--image", pointer],
      "70000 bytes", in: folder)
    let page = try folder.write("b.png", "<html><title>Not here</title></html>")
    try expectRefused(["pixels", page], "HTML", in: folder)
    let scores = try Program.run(["metrics", "--scores", pointer, "--labels", pointer])
    #expect(scores.code == 3 && scores.errors.contains("Git LFS"), "\(scores.errors)")
    _ = try folder.write(
      "model-00001-of-00001.safetensors",
      "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 70000\n")
    let index = try folder.write(
      "model.safetensors.index.json",
      #"{"weight_map": {"visual.proj": "model-00001-of-00001.safetensors"}}"#)
    let shards = try Program.run(["inspect", index])
    #expect(shards.code == 3 && shards.errors.contains("Git LFS"), "\(shards.errors)")
  }

  @Test(
    "a hostile file is told of in one line with exit code 3", arguments: ["pickles", "tensors"])
  func hostile(kind: String) throws {
    for file in HostileFile.of(kind).filter({ $0.code != nil }).prefix(8) {
      let path = file.path
      let outcome = try Program.run(["inspect", path, "--json"])
      #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(outcome.errors.hasPrefix("lmpt: \(path): "))
      #expect(try outcome.json["error"]?["code"]?.string == file.code)
    }
  }

  #if os(Linux)
    @Test(
      "a file made to be slow ends soon and small, with tensors or an error", .serialized,
      arguments: SlowFile.all)
    func slow(file: SlowFile) throws {
      let folder = try TemporaryFolder()
      let path = "\(folder.path)/slow"
      try Data(file.make()).write(to: URL(fileURLWithPath: path))
      let process = Process()
      process.executableURL = URL(fileURLWithPath: Program.path)
      process.arguments = ["inspect", path, "--json"]
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      let clock = ContinuousClock()
      let start = clock.now
      try process.run()
      var peak = 0
      // The processor's time would not see a wait; the machine's load would show in the clock, so
      // the limit is far above what the files take (under a second each).
      while process.isRunning {
        peak = max(peak, residentPeak(process.processIdentifier))
        if clock.now - start > .seconds(file.seconds) {
          kill(process.processIdentifier, SIGKILL)
          Issue.record("\(file.name) takes more than \(file.seconds) s")
          break
        }
        usleep(5000)
      }
      process.waitUntilExit()
      let code = process.terminationStatus
      #expect(process.terminationReason == .exit && (code == 0 || code == 3), "\(code)")
      #expect(peak < file.bytes, "\(file.name) takes \(peak >> 20) MiB")
      #expect(peak > 1 << 20, "the memory was not measured")
    }

    /// The most memory that a process has had so far, as the kernel counts it.
    private func residentPeak(_ process: Int32) -> Int {
      let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
      let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      return (line?.split { !$0.isNumber }.first.flatMap { Int($0) } ?? 0) * 1024
    }
  #endif
}
