// MannersTests - completions, manual page, colours, dry runs: all from one option table.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Support
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite("manners")
struct MannersTests {
  /// What `--help` says: each command with its options, as a reader sees them.
  private func helpTable() throws -> [(command: String, options: [String])] {
    let overview = try Program.run(["--help"]).output
    let commands = overview.split(separator: "\n")
      .drop { !$0.hasPrefix("Commands:") }.dropFirst().prefix { $0.hasPrefix("  ") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
    return try commands.map { command in
      let page = try Program.run([command, "--help"]).output
      let options = page.split(separator: "\n").filter { $0.hasPrefix("  --") }.flatMap { line in
        line.split(separator: " ").map { $0.hasSuffix(",") ? $0.dropLast() : $0 }
          .prefix { $0.hasPrefix("--") }.map(String.init)
      }
      #expect(options.contains("--threads") && options.contains("--json"))
      return (command, options)
    }
  }

  @Test("completions and the manual have every command and option of --help, and no others")
  func oneTable() throws {
    let table = try helpTable()
    let man = try Program.run(["man"]).output.replacingOccurrences(of: "\\-", with: "-")
    let sections = man.components(separatedBy: ".SS \"lmpt ").dropFirst()
    #expect(sections.map { String($0.prefix { $0 != " " }) } == table.map(\.command))
    let scripts = try ["bash", "zsh", "fish"].map { shell in
      (shell, try Program.run(["completions", shell]).output)
    }
    let bash = scripts[0].1.split(separator: "\n")
    let zsh = scripts[1].1
    let fish = scripts[2].1.split(separator: "\n")
    let common: Set = ["--threads", "--json", "--quiet", "--help"]
    for ((command, options), section) in zip(table, sections) {
      let own = section.components(separatedBy: ".SH ")[0]
      for option in options {
        #expect(
          (common.contains(option) ? man : own).contains("\\fB\(option)\\fR"), "man: \(command)")
      }
      let line = bash.last { $0.contains(" \(command)) COMPREPLY=") }
      let words = line?.split(separator: "\"")[1].split(separator: " ").map(String.init) ?? []
      #expect(words.filter { $0.hasPrefix("--") } == options, "bash: \(command)")
      let part = zsh.components(separatedBy: "\n    \(command)) _arguments")
      #expect(part.count == 2, "zsh: \(command)")
      let names = part[1].components(separatedBy: ";;")[0].components(separatedBy: "\n      '--")
        .dropFirst().map { "--" + $0.prefix { $0 != "[" } }
      #expect(names == options, "zsh: \(command)")
      let long = fish.filter { $0.contains("__fish_seen_subcommand_from \(command)'") }
        .compactMap { $0.components(separatedBy: " -l ").dropFirst().first }
        .map { "--" + $0.prefix { $0 != " " } }
      #expect(long == options, "fish: \(command)")
    }
  }

  @Test("the bash script completes commands, options and values")
  func bash() throws {
    let script = try Program.run(["completions", "bash"]).output
    func replies(_ words: [String]) throws -> [String] {
      let list = words.map { "'\($0)'" }.joined(separator: " ")
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = [
        "--norc", "-c",
        "\(script)\nCOMP_WORDS=(\(list)); COMP_CWORD=\(words.count - 1); _lmpt\n"
          + "printf '%s\\n' \"${COMPREPLY[@]}\"",
      ]
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let text = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }
    #expect(try replies(["lmpt", "tra"]) == ["train"])
    #expect(try replies(["lmpt", "train", "--optimizer", ""]) == ["sgd", "adam", "adamw"])
    #expect(try replies(["lmpt", "train", "--see"]) == ["--seed"])
    #expect(try replies(["lmpt", "data", "st"]) == ["stats"])
    #expect(try replies(["lmpt", "help", "zero"]) == ["zeroshot"])
  }

  @Test("zsh and fish read their scripts, where they are installed", arguments: ["zsh", "fish"])
  func syntax(shell: String) throws {
    let path = "/usr/bin/\(shell)"
    guard FileManager.default.isExecutableFile(atPath: path) else { return }
    let folder = try TemporaryFolder()
    let script = try folder.write("script", try Program.run(["completions", shell]).output)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = ["-n", script]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(try folder.files == ["script"])
  }

  @Test("--dry-run says what to expect and writes nothing")
  func dryRun() throws {
    let folder = try TemporaryFolder()
    let cache = "\(folder.path)/cache"
    let words = ["--dataset", "mini", "--dry-run", "--cache", cache]
    let train = try Program.run(
      ["train", "--epochs", "7", "--out", "\(folder.path)/run", "--json"] + words)
    #expect(train.code == 0, "\(train.errors)")
    let json = try train.json
    // 1,142 training pictures twice and 1,500 test pictures; a fifth is held out.
    #expect(json["views_to_encode"]?.int == 2 * 1142 + 1500)
    let trained = try #require(json["trained_images"]?.int)
    #expect(trained > 850 && trained < 950)
    #expect(json["steps_per_epoch"]?.int == (trained + 63) / 64 && json["epochs"]?.int == 7)
    for key in ["seconds_encoding", "seconds_training", "memory_bytes"] {
      #expect((json[key]?.double ?? 0) > 0, "\(key)")
    }
    let features = try Program.run(["features"] + words)
    #expect(features.code == 0 && features.output.contains("3784 of 3784 views to encode"))
    #expect(try folder.files == [])
  }

  @Test("predict: bars, JSON and a page with the picture; colours only where they are wanted")
  func predict() throws {
    let folder = try TemporaryFolder()
    let words = [
      "predict", Fixtures.path("mini/images/test/000001.jpg"), "--weights",
      Fixtures.path("mini/clip.safetensors"), "--classes", "cat, dog, red bus", "--top", "2",
    ]
    let page = "\(folder.path)/page.html"
    let plain = try Program.run(words + ["--html", page], environment: ["LC_ALL": "C"])
    #expect(plain.code == 0, "\(plain.errors)")
    #expect(!plain.output.contains("\u{1B}") && plain.output.contains("#"))
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("data:image/jpeg;base64,") && html.contains(">Predictions<"))
    let json = try Program.run(words + ["--json"]).json
    let scores = try #require(json["images"]?[0]?["scores"]?.array)
    #expect(scores.count == 2)
    for score in scores {
      let name = try #require(score["class"]?.string)
      #expect(["cat", "dog", "red bus"].contains(name) && plain.output.contains(name))
    }
    let colored = try onTerminal(words, ["TERM": "xterm", "LC_ALL": "C.UTF-8"])
    #expect(colored.contains("\u{1B}[36m") && colored.contains("\u{2588}"), "\(colored)")
    let refused = try onTerminal(words, ["TERM": "xterm", "NO_COLOR": "1"])
    #expect(!refused.contains("\u{1B}[3"), "\(refused)")
  }

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
}

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
