// ProgressLineTests - what a person sees on a terminal while a run goes on.
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

@Suite("progress on a terminal")
struct ProgressLineTests {
  /// What the program writes to a terminal, piece by piece: each piece takes the line's place.
  private func screen(
    _ words: [String], columns: Int, terminal: String = "xterm"
  ) throws -> [String] {
    var (master, slave): (Int32, Int32) = (0, 0)
    try #require(openpty(&master, &slave, nil, nil, nil) == 0)
    defer { close(master) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Program.path)
    process.arguments = words
    process.environment = Program.variables(["COLUMNS": "\(columns)", "TERM": terminal])
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(fileDescriptor: slave)
    try process.run()
    close(slave)
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    // Reading fails when the last writer is gone.
    while case let count = read(master, &buffer, buffer.count), count > 0 {
      bytes += buffer.prefix(count)
    }
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    // The terminal makes two characters of a line's end.
    return String(decoding: bytes.filter { $0 != 0x0D }, as: UTF8.self).components(
      separatedBy: "\u{1b}[2K")
  }

  @Test(
    "every step says the time left, however narrow; losses go first; every epoch keeps its line",
    arguments: [120, 60, 40])
  func training(columns: Int) throws {
    let data = try TinyData()
    let words = ["train"] + data.source + ["--out", data.path("run"), "--epochs", "3"]
    let pieces = try screen(words, columns: columns)
    let steps = pieces.filter { $0.contains(" left") && !$0.contains("\n") }
    #expect(!steps.isEmpty)
    for step in steps {
      #expect(step.hasSuffix(" left") && step.count < columns, "\(step)")
      #expect(step.contains("(cls ") == (columns == 120), "\(step)")
    }
    let epochs = pieces.filter { $0.contains("  lr ") }
    #expect(epochs.count == 3)
    var seen: [Double] = []
    for (index, line) in epochs.enumerated() {
      #expect(line.hasPrefix("epoch \(index + 1)/3  loss ") && line.hasSuffix("\n"), "\(line)")
      #expect(line.split(separator: "\n").allSatisfy { $0.count < columns }, "\(line)")
      func number(after name: String) throws -> Double {
        let rest = try #require(line.components(separatedBy: "  \(name) ").dropFirst().first)
        return try #require(Double(rest.prefix { $0.isNumber || $0 == "." }))
      }
      seen.append(try number(after: "validation mAP"))
      #expect(try number(after: "best") == seen.max(), "\(line)")
      let kept = try #require(line.split(separator: " ").last.flatMap { Int($0.dropLast()) })
      #expect(seen[kept - 1] == seen.max(), "\(line)")
    }
  }

  @Test("a sweep says when all of it will be done, and every epoch of every run keeps its line")
  func sweep() throws {
    let data = try TinyData()
    let file = try data.folder.write(
      "s.json",
      #"""
      {"name":"x","options":{"epochs":2,"n-ctx":4,"cseloss":"none"},"seeds":[0,1],
       "arms":[{"name":"a"}]}
      """#)
    let words = ["sweep", file, "--out", data.path("out")] + data.source
    let pieces = try screen(words, columns: 100)
    let steps = pieces.filter { $0.contains(" left") && !$0.contains("\n") }
    #expect(!steps.isEmpty)
    for step in steps { #expect(step.hasSuffix(" left in all") && step.count < 100, "\(step)") }
    let lines = pieces.filter { $0.contains("  lr ") }.flatMap { $0.split(separator: "\n") }
    let beginnings = [
      "[1/2] a", "epoch 1/2  ", "epoch 2/2  ", "[2/2] a", "epoch 1/2  ", "epoch 2/2  ",
    ]
    #expect(lines.count == beginnings.count)
    for (line, beginning) in zip(lines, beginnings) {
      #expect(line.hasPrefix(beginning), "\(line)")
    }
  }

  @Test("tuning keeps the lines of trials and of final runs")
  func tune() throws {
    let data = try TinyData()
    let words =
      ["tune", "--methods", "linear-probe", "--trials", "1", "--splits", "1", "--seeds", "1"]
      + ["--set", "epochs=1", "--out", data.path("out")] + data.source
    let lines = try screen(words, columns: 100).filter { $0.contains("  lr ") }
    #expect(lines.count == 2)
    for (line, name) in zip(lines, ["[trial 1/1] ", "[run 1/1] "]) {
      #expect(line.hasPrefix(name) && line.contains("\nepoch 1/1  loss "), "\(line)")
    }
  }

  @Test("in a pipe and on a terminal without a cursor no line is rewritten, and no epoch kept")
  func elsewhere() throws {
    let data = try TinyData()
    let words = ["train"] + data.source + ["--epochs", "3", "--out"]
    let clock = ContinuousClock()
    let begin = clock.now
    let piped = try Program.run(words + [data.path("piped")])
    #expect(piped.code == 0, "\(piped.errors)")
    let pieces = try screen(words + [data.path("dumb")], columns: 80, terminal: "dumb")
    // A line comes after ten seconds, which these runs take on a busy machine only.
    let most = Int((clock.now - begin) / .seconds(10))
    #expect(pieces.count == 1)
    for text in [piped.errors, pieces.joined()] {
      #expect(!text.contains("\u{1b}") && !text.contains("  lr "), "\(text)")
      #expect(text.split(separator: "\n").count <= most, "\(text)")
    }
  }

  @Test("nothing is kept with --quiet or with --json", arguments: ["--quiet", "--json"])
  func silence(option: String) throws {
    let data = try TinyData()
    let words = ["train"] + data.source + ["--epochs", "1", "--out", data.path("run"), option]
    #expect(try screen(words, columns: 80).joined().isEmpty)
  }
}
