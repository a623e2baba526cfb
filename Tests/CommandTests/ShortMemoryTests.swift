// ShortMemoryTests - a system that gives little memory.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTShapes
import LMPTSupport
import Testing

@Suite struct ShortMemoryTests {
  /// A file that begins with a text and goes on with a hole, which takes no room on the disk.
  private func hollow(
    _ folder: TemporaryFolder, _ name: String, _ text: String, _ holes: Int
  ) throws -> String {
    let path = try folder.write(name, text)
    let size = UInt64(text.utf8.count + holes)
    try FileHandle(forUpdating: URL(fileURLWithPath: path)).truncate(atOffset: size)
    return path
  }

  /// A safetensors file whose tensors are all zero.
  private func zeros(
    _ folder: TemporaryFolder, _ name: String, _ tensors: [String], rows: Int
  ) throws -> String {
    let bytes = rows * 10 * 4
    let members = tensors.enumerated().map {
      "\"\($1)\":{\"dtype\":\"F32\",\"shape\":[\(rows),10],"
        + "\"data_offsets\":[\($0 * bytes),\(($0 + 1) * bytes)]}"
    }
    var header = "{\(members.joined(separator: ","))}"
    header += String(repeating: " ", count: 248 - header.utf8.count)
    // Eight bytes of length, here 248, which is no character of its own in UTF-8.
    let path = try hollow(folder, name, "????????" + header, tensors.count * bytes)
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    handle.write(Data([248, 0, 0, 0, 0, 0, 0, 0]))
    return path
  }

  @Test("what gets no memory is one line and exit code 3: file, picture, tensor, inflated array")
  func shortMemory() throws {
    let folder = try TemporaryFolder()
    let mapped = try zeros(folder, "mapped.safetensors", ["a", "b"], rows: 20_000_000)
    let picture = try hollow(folder, "large.pgm", "P5\n12000 12000\n255\n", 144_000_000)
    let logits = try zeros(folder, "logits.safetensors", ["logits", "labels"], rows: 5_000_000)
    // Seven hundred megabytes of zeros in one of seven hundred kilobytes, below what one may inflate to.
    let inflated = "\(folder.path)/inflated.npz"
    try AtomicFile.write(
      RawZip([SlowFile.zeros("a.npy", count: 700_000_000)]).bytes, to: inflated)
    let lines = [
      (words: "inspect \(mapped)", code: "file.system", file: "\(mapped): "),
      (
        "pixels \(picture) --stage decoded --output \(folder.path)/x.npy", "memory.short",
        "\(picture): "
      ),
      (
        "equation binary-cross-entropy --input \(logits) --output \(folder.path)/y.npz",
        "memory.short",
        ""
      ),
      ("convert \(inflated) \(folder.path)/z.safetensors", "memory.short", "\(inflated): "),
    ]
    for (words, code, file) in lines {
      // More than the program and the files take, and less than the work. In kibibytes.
      let outcome = try Program.shell("ulimit -v 600000; $LMPT \(words) --json --threads 1")
      #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(words): \(outcome.errors)")
      #expect(outcome.errors.hasPrefix("lmpt: \(file)"), "\(outcome.errors)")
      #expect(try outcome.json["error"]?["code"]?.string == code)
    }
    #expect(try Program.shell("ulimit -v 600000; $LMPT inspect \(logits)").code == 0)
  }
}
